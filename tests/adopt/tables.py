"""Small tables for the tests of own data: in DuckDB, or as a file."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from scaffolder.adopt.kind import Options
from scaffolder.adopt.table import columns, proposal
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.proposal import Proposal, Uses
from scaffolder.adopt.table.rows import Rows

Cells = Mapping[str, Sequence[str]]
ROWS = 60
PLAIN = Uses()


@cache
def database() -> DuckDBPyConnection:
    """One database for all tables: to open one takes fifty times as long as to fill a table."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.execute(columns.MACROS.replace("TEMP MACRO", "MACRO"))  # for all connections
    return connection


def opened(cells: Cells) -> Rows:
    """The rows of a table with these columns, which only this connection sees."""
    connection = database().cursor()
    names = ", ".join(f"c{place} VARCHAR" for place in range(len(cells)))
    connection.execute(f"CREATE TEMP TABLE cells ({names})")
    values = [[cell or None for cell in column] for column in cells.values()]
    connection.execute(f"INSERT INTO cells SELECT {', '.join(['unnest(?::VARCHAR[])'] * len(cells))}", values)
    return Rows(connection)


def column_of(*values: str, commas: bool = False) -> Column:
    """What a column with these cells holds."""
    rows = opened({"c": values})
    return columns.read(rows, "c", "c0", columns.survey(rows, "c0"), commas=commas)


def texts(rows: Rows, cells: str) -> list[str]:
    """The cells as the data file will have them."""
    return [cell or "" for (cell,) in rows.each(cells)]


def base(rows: int = ROWS) -> dict[str, list[str]]:
    """An input `x` and a target `y`, which has nothing to do with it."""
    draw = random.Random(0)
    answers = ["yes", "no", "no", "yes", "no"] * (rows // 5)
    draw.shuffle(answers)
    return {"x": [f"{draw.random():.3f}" for _ in answers], "y": answers}


def proposed(cells: Cells, uses: Uses = PLAIN, *, semicolons: bool = False, **options: Any) -> Proposal:
    """What is proposed for a table with these columns."""
    chosen = Options(**{"target": "y", **options})
    return proposal.propose(opened(cells), list(cells), chosen, uses, semicolons=semicolons)


def put(path: Path, cells: Cells) -> Path:
    """The table as a file of CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(cells)
        writer.writerows(zip(*cells.values(), strict=True))
    return path
