"""What a column holds, told from its text: numbers, dates, categories, or nothing that a model can use.

A number may have a decimal comma, and marks between its thousands. Which of the two a comma is, the file shows.
"""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..leakage import numbers_rows
from .replacing import DATA, AdoptionError

MARKS = {"na", "n/a", "nan", "null", "none", "?", "-"}  # missing, in a column of numbers or dates
MOST_CATEGORIES = 100
SOME = 0.2  # of the cells: what cannot be read in so few is a mistake in a column of numbers
NUMBERS_ROWS = "has a different whole number in each row, as if it numbered them"
SPACES = " '’\u00a0\u202f"  # some write them between thousands
DATE = re.compile(
    r"(?:(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"|(?P<one>\d{1,2})[-/.](?P<two>\d{1,2})[-/.](?P<last>\d{4}))"
    r"(?P<rest>(?:[T ]+\d{1,2}:\d{2}\S*(?: ?[AaPp][Mm])?)?)",
    re.ASCII,  # other digits than these cannot be computed with
)


def _number(decimal: str, thousands: str) -> re.Pattern[str]:
    whole = rf"(?:0|[1-9]\d*|[1-9]\d?\d?(?:[{thousands}{SPACES}]\d\d\d)+)"  # 007 is a code, not a number
    return re.compile(rf"[+-]?(?:{whole}(?:\{decimal}\d*)?|\{decimal}\d+)(?:[eE][+-]?\d+)?", re.ASCII)


POINT, COMMA = _number(".", ","), _number(",", ".")


@dataclass(frozen=True)
class Column:
    """`cells` are text as the data file will have it: ISO dates, decimal points, "" for a missing value."""

    kind: str  # "numeric", "categorical", "date" or "useless"
    cells: pd.Series
    note: str = ""  # why it is of no use, or what was read as missing
    hint: str = ""  # what the owner should look at before it is written

    @property
    def values(self) -> pd.Series:
        present = self.cells.where(self.cells != "")
        return pd.to_numeric(present) if self.kind == "numeric" else present


def has_decimal_commas(table: pd.DataFrame, *, semicolons: bool) -> bool:
    """Whether a column proves it, or could have them in a file whose columns are divided by semicolons."""
    known = (_known(cells) for _, cells in table.items())
    unclear = [values for values in known if any("," in value for value in values)]
    fits = [tuple(all(map(form.fullmatch, values)) for form in (POINT, COMMA)) for values in unclear]
    return (False, True) in fits or (semicolons and (True, True) in fits and (True, False) not in fits)


def read(cells: pd.Series, *, commas: bool) -> Column:
    """Tell what a column holds; `commas` are decimal marks where they could be either."""
    values = _known(cells)
    if cells.nunique() == 1:
        return Column("useless", cells, "is the same in each row" if cells.iloc[0] else "is empty")
    if values and all(map(DATE.fullmatch, values)):
        return Column("date", _without_marks(cells)[0], "holds dates, which are no inputs by themselves")
    if numbers := read_numbers(cells, commas=commas):
        return Column("useless", cells, NUMBERS_ROWS) if numbers_rows(numbers.values) else numbers
    return _read_words(cells, mistake(cells, commas=commas))


def mistake(cells: pd.Series, *, commas: bool) -> str:
    """Which text stands in a column that mostly has numbers; "" if it has as much of other text."""
    odd = [value for value in _known(cells) if not (COMMA if commas else POINT).fullmatch(value)]
    few = bool(odd) and cells[cells != ""].isin(odd).mean() < SOME
    return f"is text, though most cells are numbers: correct those such as {odd[0]!r}" if few else ""


def _read_words(cells: pd.Series, hint: str) -> Column:
    present = cells[cells != ""]
    distinct = present.nunique()
    if distinct == len(present) or distinct > min(MOST_CATEGORIES, len(cells) // 4):
        return Column("useless", cells, hint or f"has {distinct:,} different texts in {len(present):,} rows")
    return Column("categorical", cells, hint=hint)


def read_numbers(cells: pd.Series, *, commas: bool) -> Column | None:
    """The column as numbers; None if a cell is neither a number nor a mark for a missing one."""
    values = _known(cells)
    for pattern, thousands, decimal in [(COMMA, ".", ","), (POINT, ",", ".")][:: 1 if commas else -1]:
        if values and all(map(pattern.fullmatch, values)):
            present, note = _without_marks(cells)
            plain = present.str.replace(rf"[{thousands}{SPACES}]", "", regex=True).str.replace(decimal, ".")
            changed = present[plain != present]
            example = f"has {changed.iloc[0]!r} read as {plain[changed.index[0]]}" if len(changed) else ""
            found = Column("numeric", plain, note, example)
            if found.values.abs().max() < 3e38:  # what is greater has no place in 32 bits: it is taken for text
                return found
    return None


def read_dates(cells: pd.Series, order: str | None) -> pd.Series:
    """Dates in ISO form, in UTC if they have a time zone. A day after the 12th proves which number is the month.

    Raises:
        AdoptionError: nothing proves it and `order` does not say it, or a date does not exist.
    """
    parts = cells.str.extract(DATE)
    late = {name: parts[name].astype(float).gt(12).any() for name in ("one", "two")}
    if order is None and parts["one"].notna().any() and late["one"] == late["two"]:
        raise AdoptionError(
            f"{cells[parts['one'].notna()].iloc[0]!r} in column {cells.name!r} may begin with the day or the month, "
            "and the other dates do not tell; say it with DATES=day-first or DATES=month-first"
        )
    day_first = late["one"] if order is None else order == "day-first"
    names = {"year": "last", "month": "two" if day_first else "one", "day": "one" if day_first else "two"}
    date = [parts[name].fillna(parts[other]).str.zfill(2) for name, other in names.items()]
    text = date[0] + "-" + date[1] + "-" + date[2] + parts["rest"]
    times = pd.to_datetime(text, format="mixed", errors="coerce", utc=True).dt.tz_localize(None)
    if times.isna().any():
        raise AdoptionError(
            f"{cells[times.isna()].iloc[0]!r} in column {cells.name!r} is no date; correct it, or DATES"
        )
    return times.astype(str)


def _known(cells: pd.Series) -> list[str]:
    return [value for value in cells.unique() if value and value.casefold() not in MARKS]


def _without_marks(cells: pd.Series) -> tuple[pd.Series, str]:
    marked = cells.str.casefold().isin(MARKS)
    shown = ", ".join(sorted(set(cells[marked])))
    return cells.mask(marked, ""), f"has {marked.sum():,} cells ({shown}) read as missing" if shown else ""


def data_file(columns: dict[str, Column], source: Path) -> tuple[Path, bytes]:
    """`data/NAME.csv.gz`, called after the `source`, with these columns."""
    name = re.sub(r"[^a-z0-9]+", "_", source.name.partition(".")[0].lower())[:80].strip("_") or "table"
    table = pd.DataFrame({name: column.cells for name, column in columns.items()}).to_csv(
        index=False,
        lineterminator="\r\n",  # then a lone \r is quoted, too
    )
    return DATA / f"{name}.csv.gz", gzip.compress(table.encode(), mtime=0)
