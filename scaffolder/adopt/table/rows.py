"""The rows of a table that count, with questions to DuckDB about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH = 2_000  # rows


@dataclass(frozen=True)
class Rows:
    """The rows of the table `source` for which the SQL of `where` is true, in the order of `rowid`.

    All SQL is made of places of columns (c0, c1, …), patterns and literals: never of an owner's name as it is.
    """

    connection: DuckDBPyConnection
    where: str = "true"
    source: str = "cells"

    def one(self, select: str) -> tuple[Any, ...]:
        """The one row of a query of aggregates."""
        return self.all(select)[0]

    def all(self, select: str, after: str = "") -> list[tuple[Any, ...]]:
        """All rows of a query that has few."""
        return self.connection.execute(self._query(select, after)).fetchall()

    def each(self, select: str, order: str = "rowid") -> Iterator[tuple[Any, ...]]:
        """The rows of a query in their order, a few at a time in memory."""
        found = self.connection.execute(self._query(select, f"ORDER BY {order}"))
        while batch := found.fetchmany(_BATCH):
            yield from batch

    def count(self) -> int:
        """How many rows there are."""
        return int(self.one("count(*)")[0])

    def only(self, where: str) -> Rows:
        """Those of the rows for which `where` is true, too."""
        return replace(self, where=f"{self.where} AND {where}")

    def stored(self, name: str, kind: str, select: str) -> str:
        """SQL of what `select` gives for each row, computed once and kept as a column of that name and kind."""
        self.connection.execute(f"ALTER TABLE {self.source} ADD COLUMN IF NOT EXISTS {name} {kind}")
        self.connection.execute(f"UPDATE {self.source} SET {name} = {select}")  # noqa: S608 - see above
        return name

    def drawn(self, most: int) -> Rows:
        """At most so many of the rows, always the same ones; `each` gives them in an order of chance."""
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE drawn AS FROM {self.source} WHERE {self.where}"
            f" ORDER BY md5(rowid::VARCHAR) LIMIT {most}"
        )
        return Rows(self.connection, source="drawn")

    def relation(self) -> str:
        """The rows as a table in a query."""
        return f"(SELECT rowid, * FROM {self.source} WHERE {self.where})"  # noqa: S608 - see above

    def _query(self, select: str, after: str = "") -> str:
        return f"SELECT {select} FROM {self.source} WHERE {self.where} {after}"  # noqa: S608 - see above
