"""Ask the questions in `sql/` of the answers and outcomes in `var/service.db`."""

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

SQL = Path("sql")

Row = dict[str, Any]


class MonitoringError(ValueError):
    """A monitoring question cannot be answered; the message says why and what to do."""


def ask(connection: sqlite3.Connection, question: str, **parameters: object) -> list[Row]:
    """The rows that answer `sql/<question>.sql`, with the parameters that the file explains.

    Raises:
        MonitoringError: the file is missing, or the database cannot be read.
    """
    path = SQL / f"{question}.sql"
    try:
        cursor = connection.execute(path.read_text(encoding="utf-8"), parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]
    except FileNotFoundError:
        raise MonitoringError(f"{path} does not exist; run from the repository's root") from None
    except sqlite3.Error as error:
        raise MonitoringError(f"{path}: {error}; is var/service.db written by this version of the code?") from None


def performance(connection: sqlite3.Connection, day: date, days: int, version: str | None = None) -> Row:
    """Scores of the answers whose outcome became known in the `days` days before `day`; None where there are none.

    The answers stay in the temporary table `judged`, which `slices` reads.
    """
    connection.execute("DROP TABLE IF EXISTS temp.judged")
    ask(connection, "window", day=day.isoformat(), days=days, version=version)
    return ask(connection, "performance")[0]


def champion(connection: sqlite3.Connection, day: date) -> str | None:
    """The version that answered last before that day; None if nothing was asked yet."""
    found = ask(connection, "champion", day=day.isoformat())
    return str(found[0]["version"]) if found else None
