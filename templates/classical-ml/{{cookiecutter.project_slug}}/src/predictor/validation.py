"""The rules in `settings.toml` as a pandera schema, and messages about rows that break them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from .settings import Feature, Settings


class DataError(ValueError):
    """The data cannot be used; the message is one sentence that says what is wrong and where."""


def schema(settings: Settings) -> pa.DataFrameSchema:
    """The schema of the table: which columns it has, of which kind, and within which bounds."""
    columns = {feature.name: _feature_column(feature) for feature in settings.features}
    columns[settings.problem.target] = _target_column(settings)
    columns |= {name: pa.Column(None, nullable=True) for name in settings.data.ignored}
    if settings.data.time:
        columns[settings.data.time] = pa.Column("datetime64[ns]", coerce=True)
    return pa.DataFrameSchema(columns, strict=True)


def validate(frame: pd.DataFrame, settings: Settings, reports: Path) -> pd.DataFrame:
    """Check the table and convert its columns to their types.

    Raises:
        DataError: columns differ from the declared ones, or values break rules. `invalid_rows.csv` in the folder
            `reports` then lists every such value.
    """
    listing = reports / "invalid_rows.csv"
    listing.unlink(missing_ok=True)
    try:
        checked: pd.DataFrame = schema(settings).validate(frame, lazy=True)
    except SchemaErrors as error:
        failures = error.failure_cases
    else:
        return checked
    _refuse_other_columns(failures, settings)
    cases = _failing_cells(failures)
    reports.mkdir(parents=True, exist_ok=True)
    cases.to_csv(listing, index=False)
    first = cases.iloc[0]
    raise DataError(
        f"{cases['row'].nunique():,} of {len(frame):,} rows break a rule, first row {first['row']}: "
        f"{first['column']} {first['value']!r} {first['rule']}; all of them are listed in {listing}"
    )


def _refuse_other_columns(failures: pd.DataFrame, settings: Settings) -> None:
    absent = failures[failures["check"] == "column_in_dataframe"]["failure_case"]
    undeclared = failures[failures["check"] == "column_in_schema"]["failure_case"]
    if len(absent):
        raise DataError(f"{settings.data.file} has no column {_join(absent)}, which settings.toml declares")
    if len(undeclared):
        raise DataError(
            f"{settings.data.file} has a column {_join(undeclared)} that settings.toml does not declare; "
            "describe it in a [[features]] table or name it in data.ignored"
        )


def _feature_column(feature: Feature) -> pa.Column:
    if feature.kind == "categorical":
        known = pa.Check.isin(feature.choices, error=f"is not among: {', '.join(feature.choices)}")
        return pa.Column(str, known, nullable=feature.nullable)
    checks = [_finite()]
    if feature.min is not None:
        checks.append(pa.Check.ge(feature.min, error=f"is below {feature.min:g}"))
    if feature.max is not None:
        checks.append(pa.Check.le(feature.max, error=f"is above {feature.max:g}"))
    return pa.Column(float, checks, nullable=feature.nullable, coerce=True)


def _target_column(settings: Settings) -> pa.Column:
    positive = settings.problem.positive
    if positive is None:
        return pa.Column(float, _finite(), coerce=True)
    two = pa.Check(lambda labels: labels.isin(_two_labels(labels, positive)), error="is a third label")
    return pa.Column(str, two)


def _finite() -> pa.Check:
    return pa.Check(lambda values: np.isfinite(values), error="is not finite")


def _two_labels(labels: pd.Series, positive: str) -> list[str]:
    others = labels[labels != positive]
    return [positive, *others.mode()[:1]]


def _failing_cells(failures: pd.DataFrame) -> pd.DataFrame:
    """The row, column, value and broken rule of each failing cell, in the order of the file."""
    cells = failures.dropna(subset=["index"]).drop_duplicates(["index", "column"])
    absent = cells["check"] == "not_nullable"
    return pd.DataFrame(
        {
            "row": cells["index"].astype(int),
            "column": cells["column"],
            "value": cells["failure_case"].astype(object).mask(absent, ""),
            "rule": cells["check"].map(_wording),
        }
    ).sort_values(["row", "column"])


def _wording(check: str) -> str:
    if check == "not_nullable":
        return "is missing"
    if check.startswith("coerce_dtype"):
        return "is not a date" if "datetime" in check else "is not a number"
    return check


def _join(names: Any) -> str:
    return ", ".join(sorted(map(str, names)))
