"""Read the cases, check them against `settings.toml`, and divide them into training, validation and test cases."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from .reporting.metrics import REPORTS, write_json
from .settings import Settings

FEWEST_ROWS = 50


class DataError(ValueError):
    """The data cannot be used; the message is one sentence that says what is wrong and where."""


@dataclass(frozen=True)
class Cases:
    """Cases with their right answers. The index of both is the id of a case."""

    frame: pd.DataFrame
    outcomes: pd.Series

    def __len__(self) -> int:
        return len(self.frame)

    def some(self, chosen: Any) -> Self:
        return type(self)(self.frame.loc[chosen], self.outcomes.loc[chosen])


@dataclass(frozen=True)
class Dataset:
    train: Cases
    validation: Cases
    test: Cases
    facts: dict[str, Any]  # the content of reports/data.json


def load(settings: Settings, root: Path = Path()) -> Dataset:
    """Read, check and divide the data of the repository at `root`. The same seed gives the same splits.

    Raises:
        DataError: the file is missing or damaged, a case breaks a rule, or a split has too few cases.
    """
    frame = _validated(_parsed(_read(settings, root), settings), settings)
    target = settings.problem.target
    outcomes = frame[target] if target else pd.Series(np.nan, frame.index)
    parts = {name: Cases(frame, outcomes).some(chosen) for name, chosen in divide(frame, settings).items()}
    for name, part in parts.items():
        if len(part) < 2 or (target and part.outcomes.nunique() < 2):
            raise DataError(f"the {name} split has too few cases or only one {target or 'case'}; change the shares")
    return Dataset(**parts, facts=_facts(frame, parts, settings))


def check(settings: Settings) -> dict[str, Any]:
    """Do what `load` does, and write the facts to `reports/data.json`."""
    facts = load(settings).facts
    write_json(REPORTS / "data.json", facts)
    return facts


def divide(frame: pd.DataFrame, settings: Settings) -> dict[str, pd.Index]:
    """The latest cases test and those before them validate; without a time, groups are drawn at random."""
    data, random = settings.data, np.random.default_rng(settings.training.seed)
    if data.time:
        order = frame[data.time].rank(method="dense").astype(int)
    else:
        groups = frame[data.group] if data.group else frame.groupby(list(settings.columns), dropna=False).ngroup()
        codes, _ = pd.factorize(groups)
        order = pd.Series(random.permutation(codes.max() + 1)[codes], frame.index)  # repeats stay together
    place = order.map(order.value_counts().sort_index().cumsum().shift(fill_value=0)) / len(frame)
    test, validation = place >= 1 - data.test_share, place >= 1 - data.test_share - data.validation_share
    return {"train": frame.index[~validation], "validation": frame.index[validation & ~test], "test": frame.index[test]}


def _read(settings: Settings, root: Path) -> bytes:
    try:
        content = (root / settings.data.file).read_bytes()
    except OSError as error:
        raise DataError(f"{settings.data.file} cannot be read: {error.strerror}") from None
    if (found := hashlib.sha256(content).hexdigest()) != settings.data.sha256:
        raise DataError(
            f"{settings.data.file} is not the file that settings.toml describes: its SHA-256 is {found}, "
            f"not {settings.data.sha256}; if you changed it on purpose, write this one into settings.toml"
        )
    return content


def _parsed(content: bytes, settings: Settings) -> pd.DataFrame:
    """Read a gzipped CSV file. Only an empty cell counts as missing."""
    file = settings.data.file
    try:
        frame = pd.read_csv(BytesIO(gzip.decompress(content)), dtype=str, keep_default_na=False, na_values=[""])
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DataError(f"{file} is not a complete gzip file") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise DataError(f"{file} is not a table: {str(error).strip()}") from None
    if len(frame) < FEWEST_ROWS:
        raise DataError(f"{file} has {len(frame)} rows; fewer than {FEWEST_ROWS} cannot be divided")
    named = [settings.data.id, settings.problem.target, settings.data.time, settings.data.group]
    wanted = [*filter(None, named), *settings.columns, *settings.slices.columns]
    if absent := [name for name in dict.fromkeys(wanted) if name not in frame]:
        raise DataError(f"{file} has no column {', '.join(absent)}, which the settings name")
    return frame


def _validated(frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Numbers in place of their text, the id as index; all broken rules are told at once."""
    parsed = frame[numbers(settings)].apply(pd.to_numeric, errors="coerce").astype(float)
    table = frame.drop(columns=parsed.columns).join(parsed)[list(frame)]
    broken = [
        f"{name} {wrong} in {rows.sum():,} rows, first in line {rows.argmax() + 2}"
        for name, rows, wrong in _rules(frame, table, settings)
        if rows.any()
    ]
    if broken:
        raise DataError(f"{settings.data.file}: {'; '.join(broken)}")
    return table.set_index(settings.data.id)


def _rules(frame: pd.DataFrame, table: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, pd.Series, str]]:
    # For each rule: the column, which rows break it, and what is wrong with them.
    id, target, time = settings.data.id, settings.problem.target, settings.data.time
    for name in filter(None, (id, target, time, settings.data.group, *settings.names("text"))):
        yield name, frame[name].isna(), "is missing"
    yield id, frame[id].duplicated(), "is repeated"
    if time:
        yield time, pd.to_datetime(frame[time], errors="coerce", format="ISO8601").isna(), "is not a date"
    if settings.problem.options:
        yield target, ~frame[target].isin(settings.problem.options), "is not among problem.options"
    for name in numbers(settings):
        wrong = table[name].isna() & frame[name].notna() | np.isinf(table[name])
        yield name, wrong, "is not a finite number"
    for name, column in settings.columns.items():
        for bound, worse, word in ((column.min, pd.Series.lt, "below"), (column.max, pd.Series.gt, "above")):
            if bound is not None:
                yield name, worse(table[name], bound), f"is {word} {bound:g}"


def numbers(settings: Settings) -> list[str]:
    number = [settings.problem.target] if settings.problem.unit else []
    return [*settings.names("numeric"), *number]


def _facts(frame: pd.DataFrame, parts: dict[str, Cases], settings: Settings) -> dict[str, Any]:
    missing = frame[list(settings.columns)].isna().sum()
    return {
        "file": settings.data.file,
        "sha256": settings.data.sha256,
        "rows": len(frame),
        "inputs": len(settings.columns),
        "missing": {str(name): int(count) for name, count in missing.items() if count},
        "divided_by": settings.data.time or settings.data.group or "chance",
        "splits": {name: _split(part, settings) for name, part in parts.items()},
    }


def _split(part: Cases, settings: Settings) -> dict[str, Any]:
    times = part.frame[settings.data.time] if settings.data.time else None
    ends = {} if times is None else {"first": times.min(), "last": times.max()}
    shares = part.outcomes.value_counts(normalize=True)
    answers = {option: round(float(shares.get(option, 0)), 4) for option in settings.problem.options}
    return {"rows": len(part), "answers": answers, **ends}
