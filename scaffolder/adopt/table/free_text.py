"""Which columns of texts are free text, whose words a model can learn from."""

from __future__ import annotations

from dataclasses import replace

from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.rows import Rows

_FEWEST_WORDS = 3.0
_SAMPLED = 2_000  # rows are enough to see it
_FEWEST_ROWS = 10
_WORDS = r"[\p{L}\p{N}_]{2,}"  # DuckDB's patterns take time that is linear in the text
_TELLING = r"""
    WITH words AS (
        SELECT unnest(list_distinct(regexp_extract_all(lower({cells}), '{pattern}'))) AS word FROM {rows}),
    counted AS (SELECT count(*) AS n FROM words GROUP BY word)
    SELECT coalesce(sum(n) FILTER (n BETWEEN {fewest} AND {count} / 2), 0) / {count} FROM counted"""


def as_input(rows: Rows, column: Column) -> Column:
    """A column of texts as an input if it is free text, and otherwise of no use; any other column as it is.

    A model can learn from the words of free text, and not from names, codes and addresses. In free text, words recur. A
    word tells rows apart if at least ten rows have it, and at most half of them. Free text has at least three such
    words in the average cell. A name shares one or two words with other names, an address or a code hardly any; and
    what is written without spaces between its words has none.
    """
    if column.kind != "text":
        return column
    if _telling_words(rows, column) < _FEWEST_WORDS:
        return replace(column, kind="useless")
    return replace(column, note="is free text: does it name people, and may you use it?")


def _telling_words(rows: Rows, column: Column) -> float:
    """How many words that tell rows apart the average cell has."""
    drawn = rows.only(f"{column.cells} IS NOT NULL").drawn(_SAMPLED)
    query = _TELLING.format(
        cells=column.cells, pattern=_WORDS, rows=drawn.relation(), fewest=_FEWEST_ROWS, count=drawn.count()
    )
    [(average,)] = rows.connection.execute(query).fetchall()
    return float(average)
