"""Measured values of metrics anywhere in a repository: in tables, sentences and files of numbers."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, islice

from scaffolder.check.documents import documents, model_card, readme
from scaffolder.check.engine.finding import Evidence
from scaffolder.check.engine.patterns import pattern
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_blocks import Block, Table
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.markup import OUTPUT
from scaffolder.check.readers.metric_names import Mention, mentions
from scaffolder.check.readers.numbers import numbers_in
from scaffolder.check.readers.values import objects
from scaffolder.check.readers.vocabulary import vocabulary

MOST_FILES = 40
MOST_CHARACTERS = 4_000  # of one paragraph
MOST_VALUES = 2_000  # in sentences
BEFORE, NEAR = 40, 12  # characters before and after a value in a sentence
_FILES = tuple(
    f"**/*{word}*.{ending}"
    for word in ("metric", "result", "score", "eval", "benchmark", "metadata")
    for ending in ("json", "csv")
)
_VALUE = pattern(r"(?<![\d.,])\d{1,5}(?:[.,]\d{1,9}|\s?%)")
_AFTER = pattern(
    r"[\s:=|~≈*(]*(?:of|is|was|score|at|on test|de|von|em|di)?[\s:=~≈*(]*\d{1,5}(?:[.,]\d+|\s?%)"
    r"|(?! to )[^\d.,;!?\n]{0,30}(?:0[.,]\d{2,}|\d{2}(?:[.,]\d+)?\s?%)"
)
_SPACES = pattern(r"[ \t]+")
_GOAL = pattern(
    r"cache|target|goal|at least|threshold|required|minimum|recommend|>=|≥|aim|\b(?:weights?|peso|gewicht|poids)\b"
    r"|schwellenwert|umbral|limiar|seuil|hedef|recomend|empfohlen",
    re.IGNORECASE,
)


@cache
def _more() -> Mapping[str, str]:
    """Names of metrics that are too common as words to be looked for where numbers are compared."""
    return {name: name for name in chain.from_iterable(vocabulary()["metrics"].values())}


def measurements(repo: Repository) -> Iterator[Evidence]:
    """The places that give values of metrics: tables first, then files, then sentences; no measured blocks."""
    pages = documents(repo)
    yield from (each for page in pages for each in _in_tables(page))
    for path in repo.snapshot.first(repo.snapshot.glob(*_FILES), MOST_FILES, "files of results"):
        text = repo.snapshot.text(path)
        if text and (name := _in_json(text) if path.lower().endswith(".json") else _in_csv(text)):
            yield Evidence(f"has values of {name[:60]}", path)
    told = sorted(_telling(repo), key=lambda pair: pair[1].info == OUTPUT)
    said = (each for page, block in told for each in _in_words(page, block))
    yield from (each for each in islice(said, MOST_VALUES) if each)


def _telling(repo: Repository) -> Iterator[tuple[Document, Block]]:
    """The texts that tell of results: README, model card, notebooks with their output, and sections on results."""
    for page in documents(repo):
        name = page.path.rpartition("/")[2].lower()
        whole = page in (readme(repo), model_card(repo)) or name.startswith("readme") or name.endswith(".ipynb")
        section = None if whole else page.section("results")
        yield from ((page, block) for block in (page.blocks if whole else section.blocks if section else ()))


def _in_tables(page: Document) -> Iterator[Evidence]:
    for block in page.blocks:
        if block.table and not block.measured and (name := _of_table(block.table)):
            yield Evidence(f"a table with values of {name}", page.path, block.line)


def _of_table(table: Table) -> str:
    """The first metric that a table gives a value of, by the title of a column or by the first cell of a row.

    Columns of goals do not count.
    """
    columns = [at for at, title in enumerate(table.header[:40]) if not _GOAL.search(title)]
    titles = {at: name for at in columns if (name := _named(table.header[at]))}
    for row in table.rows[:200]:
        valued = [at for at in columns if at < len(row) and _has_value(row[at])]
        if title := next((titles[at] for at in valued if at in titles), ""):
            return title
        if any(valued) and (name := _named(row[0])):
            return name
    return ""


def _in_words(page: Document, block: Block) -> Iterator[Evidence | None]:
    """For each value in a sentence, the place if a metric's name is close to it, unless the value is only wanted."""
    if block.measured or (block.kind not in ("paragraph", "item", "heading") and block.info != OUTPUT):
        return
    text = _SPACES.sub(" ", block.text[:MOST_CHARACTERS] if block.info else plain(block.text[:MOST_CHARACTERS]))
    for value in _VALUE.finditer(text):
        around = text[max(0, value.start() - BEFORE) : value.end() + NEAR]
        is_named = any(_is_close(around, name, min(value.start(), BEFORE)) for name in mentions(around, _more()))
        line = block.line + text.count("\n", 0, value.start())
        yield Evidence(f"“{' '.join(around.split())}”", page.path, line) if is_named else None


def _is_close(around: str, name: Mention, value: int) -> bool:
    """Whether a metric's name stands right before or after the value at `value`, and no word says that it is a goal."""
    if _GOAL.search(around):
        return False
    return bool(_AFTER.match(around[name.end :])) if name.start < value else name.start - value < NEAR


def _in_json(text: str) -> str:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    for part in islice(objects(content), 2_000):
        for key, value in islice(part.items(), 200):
            said = value if isinstance(value, str) and key in ("name", "metric") else key
            if (name := _named(said)) and any(isinstance(each, int | float) for each in part.values()):
                return name
    return ""


def _in_csv(text: str) -> str:
    header, *rows = islice(csv.reader(text[:MOST_CHARACTERS].splitlines(), strict=False), 20)
    return _of_table(Table(tuple(header), tuple(map(tuple, rows)), 1, tuple(range(2, 2 + len(rows)))))


def _named(text: str) -> str:
    """The metric that a short label names; "" if it names none."""
    return next((name.metric for name in mentions(plain(text)[:80], _more())), "")


def _has_value(cell: str) -> bool:
    said = plain(cell)[:80]
    is_bound = said.rstrip().endswith("+")
    return not is_bound and (bool(_VALUE.search(said)) or next(numbers_in(said), None) is not None)
