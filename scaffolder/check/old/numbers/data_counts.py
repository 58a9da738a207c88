"""What `reports/data.json` counted in the data, and where a document says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from scaffolder.check.engine.finding import Evidence
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.claims import label
from scaffolder.check.numbers.printed import read_json
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_blocks import Block, Table
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.numbers import Bag, Number, agrees, decimal, numbers_in

PATH = "reports/data.json"
NEAR = 40  # characters before a number that tell whether it is meant exactly
MOST_COLUMNS = 5_000
MOST_WRONG = 20

_PARTS = {"train": "train", "training": "train", "validation": "validation", "test": "test"}
_PART_ROWS = re.compile(r"\s+(train|training|validation|test) rows\b")
_SHARES = ("share", "mean", "positive", "outcome", "rate")
_ROWS = re.compile(r"\s+(?:rows|records|samples|examples|observations|instances)\b(?!\s+(?:per|an?|each|at)\b)")
_SAID = re.compile(r"\b(\w+) (?:is|are) (?:missing|empty|blank) (?:in|for) (?:the )?(?=\d)")
_BOUND = re.compile(
    r"(?:about|around|roughly|almost|nearly|some|up to|at most|at least|over|under|more than|fewer than|less than|"
    r"every|per|limit of|batch(?:es)? of|maximum of|below|above|[~≈<>≥≤])\s*$",
    re.IGNORECASE,
)
LEAST_OF_ALL = 1_000  # a smaller or a round number of rows may be of anything, such as a request


@dataclass(frozen=True)
class Counts:
    """The numbers of the report: of each split its rows and the outcome's mean, of columns their missing values."""

    splits: Mapping[str, tuple[Decimal | None, Decimal | None]]
    missing: Mapping[str, Decimal]
    numbers: Bag


def data_counts(snapshot: Snapshot) -> Counts | None:
    """The report on the data; None if there is none."""
    content = read_json(snapshot, PATH)
    if not isinstance(content, dict):
        return None
    splits, missing = content.get("splits"), content.get("missing")
    splits = splits if isinstance(splits, dict) else {}
    missing = missing if isinstance(missing, dict) else {}
    parts = {str(name): part for name, part in splits.items() if isinstance(part, dict)}
    values = [*content.values(), *missing.values(), *(value for part in parts.values() for value in part.values())]
    return Counts(
        {label(name): (_number(part.get("rows")), _number(part.get("outcome"))) for name, part in parts.items()},
        {str(name): number for name, count in list(missing.items())[:MOST_COLUMNS] if (number := _number(count))},
        Bag(number for value in values if (number := _number(value)) is not None),
    )


def _number(value: object) -> Decimal | None:
    return decimal(float(value)) if isinstance(value, Decimal) else None


def miscounted(documents: Iterable[Document], counts: Counts | None) -> Iterator[Evidence]:
    """Where a document gives a split, a share or missing values another number than the report does."""
    if counts is None:
        return
    for document in documents:
        blocks = (block for block in document.blocks if block.kind not in ("fence", "heading"))
        wrong = (each for block in blocks for each in _in_block(block, counts))
        yield from (Evidence(fact, document.path, line) for fact, line in islice(wrong, MOST_WRONG))


def _in_block(block: Block, counts: Counts) -> Iterator[tuple[str, int]]:
    if block.table:
        yield from _in_table(block.table, counts)
    else:
        yield from ((fact, _line(block, number)) for fact, number in _in_text(plain(block.text), block, counts))


def _in_table(table: Table, counts: Counts) -> Iterator[tuple[str, int]]:
    """The cells in the row of a split that are not its number of rows or its share."""
    if not table.header or label(table.header[0]) not in ("split", "part", "set", "subset"):
        return
    titles = [label(cell) for cell in table.header]
    for row, line in zip(table.rows, table.row_lines, strict=False):
        known = counts.splits.get(label(row[0]))
        for title, cell in zip(titles[1:], row[1:], strict=False):
            what = 0 if title == "rows" else 1 if any(word in title.split() for word in _SHARES) else None
            expected = known[what] if known and what is not None else None
            printed = next(numbers_in(plain(cell)), None)
            if printed and expected is not None and not agrees(printed, expected):
                yield _fact(printed, f"{title} of {label(row[0])}", expected), line


def _line(block: Block, number: Number) -> int:
    return block.line + plain(block.text).count("\n", 0, number.start)


def _in_text(text: str, block: Block, counts: Counts) -> Iterator[tuple[str, Number]]:
    missing = dict(_missing(text, counts))
    for number in numbers_in(text):
        part = _PART_ROWS.match(text, number.end)
        rows = counts.splits[_PARTS[part[1]]][0] if part and _PARTS[part[1]] in counts.splits else None
        column = missing.get(number.start)
        if rows is not None and not agrees(number, rows) and not _is_bound(text, number):
            yield _fact(number, f"rows of {part[1] if part else ''}", rows), number
        elif column is not None and number.value != counts.missing.get(column, 0):
            yield _fact(number, f"missing values of {column}", counts.missing.get(column, Decimal(0))), number
        elif column is None and block.measured == "data" and not counts.numbers.holds(number):
            yield f"{number.text.strip()} is no number of {PATH}", number


def _is_bound(text: str, number: Number) -> bool:
    """Whether the number is called rough or a limit."""
    return bool(_BOUND.search(text[max(0, number.start - NEAR) : number.start]))


def _missing(text: str, counts: Counts) -> Iterator[tuple[int, str]]:
    """Where the number of missing values of a column stands, and the column."""
    listed = re.search(r"\bmissing values:([^.\n]*)", text, re.IGNORECASE)
    if listed:
        for found in re.finditer(r"([A-Za-z_]\w*)\W+(?=[\d.,])", listed[1]):
            yield listed.start(1) + found.end(), found[1]
    yield from ((found.end(), found[1]) for found in _SAID.finditer(text) if found[1] in counts.missing)


def _fact(number: Number, what: str, expected: Decimal) -> str:
    return f"{number.text.strip()} as {what}, but {PATH} has {expected.normalize():f}"


def foreign_rows(document: Document, known: Iterable[int], total: int) -> Iterator[Evidence]:
    """Numbers of rows, anywhere in a document, that nobody counted: only great ones that are not rough."""
    counted = set(known)
    for block in document.blocks:
        if block.kind in ("fence", "heading") or block.table:
            continue
        text = plain(block.text)
        for number in numbers_in(text):
            exact = not number.decimals and number.value >= LEAST_OF_ALL and number.value % LEAST_OF_ALL
            if not exact or number.value in counted or _is_bound(text, number):
                continue
            if _ROWS.match(text, number.end):
                fact = f"{number.text.strip()} rows, but {total:,} were counted"
                yield Evidence(fact, document.path, _line(block, number))
