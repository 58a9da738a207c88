"""The places of a repository that give values of metrics: tables, files, sentences and what notebooks printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.documents import explaining, model_card
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_blocks import Block, Table
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.markup import OUTPUT
from scaffolder.check.readers.metric_names import mentions
from scaffolder.results.finding import Evidence

MOST_FILES = 40
MOST_CHARACTERS = 4_000  # of one paragraph or file in which values are looked for

_STOP = re.compile(r"[.;!?](?:\s|\Z)")
_VALUE = re.compile(r"(?<![\d.,])\d{1,9}(?:[.,]\d{1,9}|\s?%)")
_GOAL = re.compile(
    r"cache|target|goal|at least|threshold|required|minimum|recommend|expected|random|guess|>|≥|aim"
    r"|\b(?:weights?|peso|gewicht|poids)\b|schwellenwert|umbral|limiar|seuil|hedef|recomend|empfohlen|esperado",
    re.IGNORECASE,
)
_RESULTS = tuple(
    f"**/*{word}*.{ending}"
    for word in ("metric", "result", "score", "eval", "experiment", "benchmark", "metadata")
    for ending in ("json", "csv", "txt")
)


def measured_values(repo: Repository) -> Iterator[Evidence]:
    """The places that give values of metrics: tables, files, sentences and what notebooks printed."""
    for page in explaining(repo):
        for block in page.blocks:
            if block.table and not block.measured and (name := _of_table(block.table)):
                yield Evidence(f"a table with values of {name}", page.path, block.line)
    for path in repo.snapshot.first(repo.snapshot.glob(*_RESULTS), MOST_FILES, "files of results"):
        lines = (repo.snapshot.text(path) or "")[:MOST_CHARACTERS].split("\n")
        header, *rows = (tuple(line.split(",")) for line in lines)
        of_columns = _of_table(Table(header, tuple(rows), 1, ())) if path.endswith(".csv") else ""
        if name := of_columns or next(filter(None, map(_of_line, lines)), ""):
            yield Evidence(f"has values of {name}", path)
    card = model_card(repo)
    for page in explaining(repo):
        is_front = page is card or "readme" in page.path.lower()
        results = page if is_front else page.section("results")
        told = page.blocks if page.path.endswith(".ipynb") else results.blocks if results else ()
        yield from (place for block in told for place in _in_words(page, block))


def _in_words(page: Document, block: Block) -> Iterator[Evidence]:
    is_said = block.info == OUTPUT or (block.kind in ("paragraph", "item") and not block.measured)
    for at, line in enumerate(plain(block.text[:MOST_CHARACTERS]).split("\n")):
        if is_said and (name := _of_line(line)):
            yield Evidence(f"a value of {name}: “{' '.join(line.split())[:80]}”", page.path, block.line + at)


def _metric(text: str) -> str:
    """The metric that a short text names; "" if it names none."""
    return next((mention.metric for mention in mentions(plain(text)[:80])), "")


def _of_table(table: Table) -> str:
    """The first metric that a table gives a value of, by the title of a column or a first cell; no goals."""
    for row in table.rows[:200]:
        valued = [
            title
            for title, cell in zip(table.header, row, strict=False)
            if _VALUE.search(plain(cell)[:80]) and not _GOAL.search(f"{title} {cell}")
        ]
        named = map(_metric, valued)
        if name := next(filter(None, named), "") or (_metric(row[0]) if valued else ""):
            return name
    return ""


def _of_line(line: str) -> str:
    """The metric whose name and value stand close together in a line, unless the value is a goal."""
    for mention in mentions(line[:MOST_CHARACTERS]):
        before = line[max(0, mention.start - 40) : mention.start]
        after = _STOP.split(line[mention.end : mention.end + 40])[0]
        value = _VALUE.search(after) or _VALUE.search(before[-12:])
        if value and not _GOAL.search(f"{before} {after}"):
            return mention.metric
    return ""
