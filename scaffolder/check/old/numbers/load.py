"""What a load test measured, and whether documents print the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.printed import agrees, first_number, read_json
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_blocks import Table
from scaffolder.check.readers.markdown_inline import plain

MAX_NUMBERS = 5_000
MAX_DEPTH = 12
QUANTILES = ("p50", "p90", "p95", "p99", "median", "mean", "max", "rps", "throughput", "ratio")

_PROSE = re.compile(r"\b(p50|p90|p95|p99|median)\b[^\d.|]{0,30}?(\d+(?:\.\d+)?)\s?(?:ms|milliseconds)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")


class Number(NamedTuple):
    """A number of the report: the words of the keys that lead to it and of the labels beside it."""

    words: frozenset[str]
    value: Decimal


class Load(NamedTuple):
    """The numbers of a load test's report."""

    path: str
    numbers: tuple[Number, ...]


class Print(NamedTuple):
    """A latency in a document; `right` says whether the report has it."""

    text: str
    path: str
    line: int
    right: bool


def load(snapshot: Snapshot) -> Load | None:
    """The report of the load test."""
    path = snapshot.find(
        "reports/load.json",
        "reports/*load*.json",
        "reports/*latency*.json",
        "reports/*bench*.json",
        "**/load.json",
    )
    content = read_json(snapshot, path) if path else None
    return Load(path, tuple(_numbers(content))[:MAX_NUMBERS]) if path and content is not None else None


def latencies(documents: tuple[Document, ...], load: Load | None) -> tuple[Print, ...]:
    """Each latency that a document prints in a table with columns such as `p95 ms`, or as "p95 of 12 ms"."""
    found = [each for document in documents for each in _printed(document, load)]
    return tuple(found)


def _printed(document: Document, load: Load | None) -> Iterator[Print]:
    lower = document.text.lower()
    if not any(name in lower for name in ("p50", "p90", "p95", "p99", "median")):
        return
    for table in document.tables:
        yield from _in_table(table, document.path, load)
    for sentence in document.sentences:
        for match in _PROSE.finditer(sentence.text):
            right = _known(match[2], match[1].lower(), frozenset(), load)
            yield Print(match[0], document.path, sentence.line, right)


def _in_table(table: Table, path: str, load: Load | None) -> Iterator[Print]:
    columns = {index: name for index, cell in enumerate(table.header) if (name := _quantile(cell))}
    if not any((name.startswith("p") and name[1:].isdigit()) or name == "median" for name in columns.values()):
        return
    for row, line in zip(table.rows, table.row_lines, strict=False):
        labels = frozenset(word for index, cell in enumerate(row) if index not in columns for word in _words(cell))
        for index, name in columns.items():
            shown = first_number(row[index]) if index < len(row) else None
            if shown:
                yield Print(f"{table.header[index]} {shown}", path, line, _known(shown, name, labels, load))


def _quantile(header: str) -> str:
    words = _words(header)
    if "p50" in words and (len(words & {"constant", "ratio", "base", "baseline"}) > 0 or "/" in header):
        return "ratio"
    return next((name for name in QUANTILES if name in words), "")


def _known(shown: str, name: str, labels: frozenset[str], load: Load | None) -> bool:
    """Whether the report has the number under that name, in the entry whose labels fit best."""
    numbers = load.numbers if load else ()
    fitting = [each for each in numbers if name in each.words and ("ratio" in each.words) == (name == "ratio")]
    best = max((len(labels & each.words) for each in fitting), default=0)
    fitting = [each for each in fitting if len(labels & each.words) == best]
    about = {word for word in labels if not word.isdecimal()}
    if name == "ratio" and not any(about & each.words for each in fitting):
        return agrees(shown, Decimal(1))  # what the others are measured against
    closest = min((len(each.words - labels) for each in fitting), default=0)
    return any(agrees(shown, each.value) for each in fitting if not labels or len(each.words - labels) == closest)


def _numbers(content: Any, words: frozenset[str] = frozenset(), depth: int = 0) -> Iterator[Number]:
    if isinstance(content, Decimal):
        yield Number(words, content)
    elif isinstance(content, dict) and depth < MAX_DEPTH:
        labels = words | _labels(content)
        for name, value in content.items():
            yield from _numbers(value, labels | _words(name), depth + 1)
    elif isinstance(content, list) and depth < MAX_DEPTH:
        for value in content:
            yield from _numbers(value, words, depth + 1)


def _labels(entry: dict[str, Any]) -> frozenset[str]:
    """The words and whole numbers that say what an entry is about, such as the number of clients."""
    texts = (
        str(value)
        for name, value in entry.items()
        if isinstance(value, str)
        or (isinstance(value, Decimal) and value == value.to_integral_value() and name not in QUANTILES)
    )
    return frozenset(word for text in texts if len(text) < 40 for word in _words(text))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(plain(text).lower().replace("_", " ")))
