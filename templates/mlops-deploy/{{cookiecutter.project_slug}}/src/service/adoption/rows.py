"""Read the owner's rows and outcomes, say all that is wrong with them, and tell which columns can be inputs."""

import gzip
import re
import unicodedata
import zlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ..manifest import RESERVED
from .replacing import AdoptionError

FEWEST_ROWS, FEWEST_DAYS, FEWEST_OF_A_CLASS = 500, 28, 50
MOST_BYTES = 200_000_000  # of a file, unpacked
MOST_ERRORS = 20  # that are shown
MOST_CATEGORIES = 50
MARKS = ["na", "n/a", "nan", "null", "none", "?"]  # missing, in a column of numbers
GAP = "missing"  # in place of an empty cell, in a column of categories
TAKEN = {*RESERVED, "row", "actual", "predicted", "arrival"}  # columns of requests and reports
NO_DAY = "is no day such as 2026-12-31"

Rules = Iterator[tuple[pd.Series, pd.Series, str]]  # cells, which of them break it, and what is wrong with those


class Roles(NamedTuple):
    """The columns that are no inputs."""

    id: str
    time: str
    known: str
    target: str


def name(column: str) -> str:
    """A column's name as this code can use it: `Größe (cm)` becomes grosse_cm."""
    plain = unicodedata.normalize("NFKD", column.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50]
    plain = plain if plain[:1].isalpha() else f"x_{plain}"
    return f"{plain}_" if plain in TAKEN else plain


def read(source: Path) -> pd.DataFrame:
    """A CSV file, gzipped or not, as text in which "" is an empty cell; the index is the line.

    Raises:
        AdoptionError: it is no table, or too large.
    """
    with source.open("rb") as file:
        packed = file.peek(2)[:2] == b"\x1f\x8b"
        try:
            content = (gzip.GzipFile(fileobj=file) if packed else file).read(MOST_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise AdoptionError(f"{source} is not a complete gzip file") from None
    if len(content) > MOST_BYTES:
        raise AdoptionError(f"{source} holds more than {MOST_BYTES:,} bytes; adopt a sample of its rows")
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    try:
        table = pd.read_csv(StringIO(text), sep=delimiter, dtype=str, keep_default_na=False, skip_blank_lines=False)
    except ValueError as error:
        raise AdoptionError(f"{source}: {str(error).strip()}; the first line must name the columns") from None
    table.index += 2
    table = table.fillna("").rename(columns=name).apply(lambda cells: cells.str.strip())
    if table.columns.has_duplicates:
        raise AdoptionError(f"{source} has two columns called {table.columns[table.columns.duplicated()][0]}")
    commas = {r"^([+-]?\d+),(\d+)$": r"\1.\2"} if delimiter == ";" else {}  # decimal ones
    return table[(table != "").any(axis=1)].replace(commas, regex=True)


def join(source: Path, outcomes: Path | None, roles: Roles, positive: str | None) -> tuple[pd.DataFrame, int]:
    """The rows that have an outcome, as 1 for `positive` or else 0; and how many rows have none.

    Raises:
        AdoptionError: with all that is wrong, each with its line.
    """
    if len(set(roles)) < len(roles):
        raise AdoptionError("ID, TIME, KNOWN and TARGET must be four columns")
    rows, file = read(source), outcomes or source
    labels = read(outcomes) if outcomes else rows
    for path, table, needed in ((source, rows, roles[:2]), (file, labels, (roles.id, *roles[2:]))):
        if absent := [one for one in needed if one not in table]:
            raise AdoptionError(f"{path} has no column {', '.join(absent)}; it has {', '.join(table)}")
    rows = rows.drop(columns=list(roles[2:]), errors="ignore")
    labels = labels[[roles.id, *roles[2:]]][(labels[list(roles[2:])] != "").any(axis=1)]
    values = _values(labels[roles.target], positive)
    found = [*_broken(_row_rules(rows, roles), source), *_broken(_outcome_rules(labels, rows, roles, values), file)]
    joined = rows.merge(labels, on=roles.id)
    joined[roles.target] = (joined[roles.target] == values[1]).astype(int)
    if problems := [f"{path}:{line}: {wrong}" for path, line, wrong in sorted(set(found))] or _too_few(joined, roles):
        more = [f"and {len(problems) - MOST_ERRORS:,} more"] if len(problems) > MOST_ERRORS else []
        raise AdoptionError("\n".join(problems[:MOST_ERRORS] + more))
    return joined, len(rows) - len(joined)


def inputs(rows: pd.DataFrame, roles: Roles, training: pd.Series) -> tuple[pd.DataFrame, dict[str, str]]:
    """The columns that can be inputs, numbers as numbers; and why each of the others is none."""
    found, dropped = pd.DataFrame(index=rows.index), {}
    for column, cells in rows.drop(columns=list(roles)).items():
        values = pd.to_numeric(cells.mask(cells.str.casefold().isin(MARKS), ""), errors="coerce")
        numeric = (values.notna() | cells.str.casefold().isin([*MARKS, ""])).all() and values.abs().max() < 1e30
        reasons = {
            "is the same in each row of the training period": cells[training].nunique() < 2,
            "holds days, which are no inputs by themselves": _is_day(cells[cells != ""]).all(),
            "numbers the rows": numeric and values.is_unique and (values % 1 == 0).all(),
            "is empty only after the training period": numeric and values[training].notna().all() and values.hasnans,
            f"is text with {cells.nunique():,} different values": not numeric and cells.nunique() > MOST_CATEGORIES,
        }
        if why := next((reason for reason, true in reasons.items() if true), None):
            dropped[str(column)] = why
        else:
            found[column] = values if numeric else cells.mask(cells == "", GAP)
    return found, dropped


def _values(target: pd.Series, positive: str | None) -> list[str]:
    """The values for no and yes. Raises AdoptionError: nobody has said which is which."""
    found = list(target[target != ""].value_counts().index[:2])
    positive = "1" if positive is None and set(found) == {"0", "1"} else positive
    if positive not in found or len(found) < 2:
        raise AdoptionError(f"column {target.name} is {' or '.join(found)}: say which is meant with POSITIVE=value")
    return [one for one in found if one != positive] + [positive]


def _is_day(cells: pd.Series) -> pd.Series:
    """Whether a cell begins with a day in ISO form; a time of day may follow."""
    written = cells.str.fullmatch(r"\d{4}-\d\d-\d\d(?:[T ]\d.*)?").eq(True)
    return written & pd.to_datetime(cells.str[:10], format="%Y-%m-%d", errors="coerce").notna()


def _row_rules(rows: pd.DataFrame, roles: Roles) -> Rules:
    ids = rows[roles.id]
    yield ids, ids == "", "is missing"
    yield ids, ids.duplicated() & (ids != ""), "stands there twice"
    if roles.time in rows:
        yield rows[roles.time], ~_is_day(rows[roles.time]), NO_DAY


def _outcome_rules(labels: pd.DataFrame, rows: pd.DataFrame, roles: Roles, values: list[str]) -> Rules:
    yield from _row_rules(labels, roles)
    ids, known, target = (labels[column] for column in (roles.id, roles.known, roles.target))
    made = ids.map(rows.drop_duplicates(roles.id).set_index(roles.id)[roles.time])
    days = _is_day(known) & _is_day(made.fillna(""))
    yield ids, made.isna(), "is the id of no row"
    yield known, ~_is_day(known), NO_DAY
    yield known, days & (known.str[:10] < made.fillna("").str[:10]), "is before the day of its row"
    yield target, ~target.isin(values), f"is neither {values[0]} nor {values[1]}"


def _broken(rules: Rules, path: Path) -> Iterator[tuple[str, int, str]]:
    for cells, broken, wrong in rules:
        yield from ((path.name, int(line), f"{cells.name} {cell!r} {wrong}") for line, cell in cells[broken].items())


def _too_few(rows: pd.DataFrame, roles: Roles) -> list[str]:
    days = pd.to_datetime(rows[roles.time].str[:10], errors="coerce")
    rarer = rows[roles.target].value_counts().reindex([0, 1], fill_value=0).min()
    found = {
        "rows with an outcome": (len(rows), FEWEST_ROWS),
        "days from the first row to the last": ((days.max() - days.min()).days, FEWEST_DAYS),
        "rows of the rarer outcome": (rarer, FEWEST_OF_A_CLASS),
    }
    return [f"{least} {what} are needed, and {n:.0f} found" for what, (n, least) in found.items() if not n >= least]
