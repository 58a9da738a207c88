"""Read and check the two data files, and join them as they were known on a day.

    rows: what is known when a row is made     outcomes: what became of it, and on which day that is known

Days are ISO text (2027-12-31), which sorts by time, here and in SQL. "Known by a day" means known before it begins:
the outcomes of the day itself come too late for it.
"""

import sqlite3
import zlib
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from .manifest import Day
from .settings import Feature, Settings

TRAINING_ROWS = Path("sql/training_rows.sql")
NAMES = Path("sql/names.sql")  # if it is there: further names of the tables rows and outcomes, as views
FOREVER = date(9999, 12, 31)


class DataError(ValueError):
    """The data cannot be used; the message says what is wrong and where."""


Kind = Any  # what pydantic checks a cell against; an empty cell is None
Text = Annotated[str, Field(min_length=1)]
Outcome = Annotated[int, Field(ge=0, le=1)]


def rows(settings: Settings, root: Path = Path()) -> pd.DataFrame:
    """All rows in the order in which they were made.

    Raises:
        DataError: the file is missing, damaged or another one, or a row breaks a rule of the settings.
    """
    data = settings.data
    inputs = {one.name: _kind(one) for one in settings.features if not one.joined}
    return _read(data.file, settings, root, {data.id: Text, data.time: Day, **inputs}).sort_values(
        [data.time, data.id], kind="stable"
    )


def outcomes(settings: Settings, root: Path = Path()) -> pd.DataFrame:
    """The outcome of each row: id, the day on which it is known, and 1 or 0.

    Raises:
        DataError: as for `rows`.
    """
    data = settings.data
    return _read(data.outcomes, settings, root, {data.id: Text, data.known: Day, data.target: Outcome})


def known_by(settings: Settings, day: date, root: Path = Path()) -> pd.DataFrame:
    """The outcomes that are known when `day` begins."""
    table = outcomes(settings, root)
    return table[table[settings.data.known] < day.isoformat()]


def training_rows(settings: Settings, until: date, sql: Path = TRAINING_ROWS, root: Path = Path()) -> pd.DataFrame:
    """The rows with a known outcome and the joined inputs, as the question in the file `sql` gives them on a day.

    The database holds no row and no outcome of that day or later, so whatever the question asks, nothing later
    than the training day can come in.

    Raises:
        DataError: the data or the question cannot be used.
    """
    try:
        question = (root / sql).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{sql} cannot be read: {getattr(error, 'strerror', 'it is not text')}") from None
    made = rows(settings, root)
    made = made[made[settings.data.time] < until.isoformat()]
    with closing(sqlite3.connect(":memory:")) as connection:
        made.to_sql("rows", connection, index=False)
        known_by(settings, until, root).to_sql("outcomes", connection, index=False)
        try:
            if (root / NAMES).exists():
                connection.executescript((root / NAMES).read_text(encoding="utf-8"))
            found = pd.read_sql_query(question, connection)
        except (pd.errors.DatabaseError, sqlite3.Error) as error:
            raise DataError(f"{sql} does not fit the data: {error}") from None
        except TypeError:  # what pandas raises if the statement gives no rows
            raise DataError(f"{sql} must be one SELECT") from None
    needed = [settings.data.id, settings.data.time, settings.data.known, settings.data.target, *settings.names()]
    if absent := [name for name in needed if name not in found]:
        raise DataError(f"{sql} gives no column {', '.join(absent)}")
    joined = [one.name for one in settings.features if one.kind == "numeric" and one.joined]
    try:
        return found.astype(dict.fromkeys(joined, float))  # a column of nothing but gaps would be text
    except ValueError as error:
        raise DataError(f"{sql} gives what is no number as {' or '.join(joined)}: {error}") from None


def request_rows(settings: Settings, root: Path = Path()) -> pd.DataFrame:
    """Every row as its caller sends it on its day: with the joined inputs, computed correctly.

    The same join as for training, so each value rests on outcomes known before the day on which the row was made. The
    outcome stands in the rows too, for measuring; it is no part of a request.
    """
    return training_rows(settings, FOREVER, root=root)


def sums(contents: Mapping[str, bytes]) -> str:
    """The text of data/SHA256SUMS for files of such contents; its own hash stands in the settings."""
    return "".join(f"{sha256(content).hexdigest()}  {Path(file).name}\n" for file, content in contents.items())


def _contents(settings: Settings, root: Path) -> dict[str, bytes]:
    """Both files, if they are those that the settings describe."""
    files = (settings.data.file, settings.data.outcomes)
    try:
        contents = {file: (root / file).read_bytes() for file in files}
    except OSError as error:
        raise DataError(f"{error.filename} cannot be read: {error.strerror}") from None
    if (found := sha256(sums(contents).encode()).hexdigest()) != settings.data.sha256:
        names = " ".join(Path(file).name for file in files)
        raise DataError(
            f"{' and '.join(files)} are not the files that settings.toml describes; get the old ones back or, if the "
            f"change is meant, write {found} into [data] as sha256, and: cd data && sha256sum {names} > SHA256SUMS"
        )
    return contents


def _read(file: str, settings: Settings, root: Path, kinds: dict[str, Kind]) -> pd.DataFrame:
    """A gzipped CSV file, each cell of its kind, or text; the first of the kinds is that of the rows' names."""
    content, path = _contents(settings, root)[file], root / file
    try:
        frame = pd.read_csv(BytesIO(content), compression="gzip", dtype=str, keep_default_na=False)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise DataError(f"{path} is no complete table in a gzip file: {str(error).strip()}") from None
    if absent := [name for name in kinds if name not in frame]:
        raise DataError(f"{path} has no column {', '.join(absent)}; it has {', '.join(map(str, frame.columns))}")
    if frame.empty:
        raise DataError(f"{path} has no rows")
    table = frame.assign(**{name: _checked(frame[name], kind, path) for name, kind in kinds.items()})
    twice = frame[next(iter(kinds))].duplicated()
    if twice.any():
        raise DataError(f"{path}, line {twice.idxmax() + 2}: this row stands there twice")
    return table


def _kind(feature: Feature) -> Kind:
    if feature.kind == "categorical":
        return Text
    number = Annotated[float, Field(ge=feature.min, le=feature.max, allow_inf_nan=False)]
    return Annotated[number | None, BeforeValidator(lambda cell: cell or None)]


def _checked(cells: pd.Series, kind: Kind, path: Path) -> pd.Series:
    try:
        return pd.Series(TypeAdapter(list[kind]).validate_python(cells.to_numpy().tolist()))
    except ValidationError as error:
        first: Any = error.errors()[0]
        raise DataError(
            f"{path}, line {first['loc'][0] + 2}: {cells.name} {first['input']!r}: {first['msg']}; "
            f"{error.error_count():,} of {len(cells):,} rows are wrong"
        ) from None
