"""What is said about the data: where they come from, their licence, and how many rows there are."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from scaffolder.check.engine.finding import Evidence
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.data_counts import MOST_WRONG, foreign_rows
from scaffolder.check.numbers.metrics import Metrics
from scaffolder.check.readers.markdown import Document, Passage
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.numbers import numbers_in

MAX_UNPACKED = 64_000_000  # bytes of one table
DATA = ("data/*.csv", "data/*.csv.gz", "data/*.tsv", "data/**/*.csv", "data/**/*.csv.gz", "data/*.jsonl", "*.csv")

_LICENCE = re.compile(
    r"\b(?:MIT|Apache(?:[- ]2\.0| License)?|BSD|GPL\w*|CC0|CC[- ]BY\S*|Creative Commons|public domain|ODbL|ODC[- ]BY|"
    r"CDLA\S*|PSF(?:[- ]2\.0)?|[A-Z]\w+ Licen[cs]e\b|"
    r"Open (?:Government|Data|Database) Licen[cs]e|proprietary|terms of use|no licen[cs]e|not licen[cs]ed|"
    r"licen[cs]e[ds]?(?: is| are)?(?: under)?:? (?:under )?(?:the )?[A-Z]\S+|"
    r"(?:yours|ours|mine|own(?:ed)?)\b[^.]{0,40}\blicen[cs]e)"
)
_ORIGIN = re.compile(
    r"\b(?:shipped|ships|downloaded|collected|exported|taken|provided|published|released|scraped|recorded|gathered|"
    r"made|generated|simulated|synthetic|comes? from|package|Kaggle|UCI|OpenML|Hugging ?Face|survey|open data|"
    r"data ?set of|sample data)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\b(?:unknown|unclear|unspecified) licen[cs]e\b|"
    r"\blicen[cs]e\b(?:\s*[:=(–-]\s*|\s+is\s+)(?:unknown|unclear|unspecified|not (?:known|stated|given)|\?)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\((?:unknown|unclear|not known|\?+)\)", re.IGNORECASE)
_COUNTED = re.compile(r"\s+(?:[a-z]+\s+)?(?:rows|records|samples|examples|observations|instances)\b")
_ASKED = re.compile(rf"{_COUNTED.pattern}|\s+(?:test|dev|benchmark|(?:un)?answerable)\s+questions\b")
_SUBJECT = re.compile(r"\s+[a-z]")


class Counts(NamedTuple):
    """Evidence on numbers of rows; `known` says whether there is anything to compare with."""

    right: Evidence | None
    wrong: list[Evidence]
    known: bool


def licence_in(passages: Iterable[Passage]) -> Evidence | None:
    """Where a licence of the data is named."""
    return _first(passages, _LICENCE, "licence")


def unknown_licence_in(passage: Passage) -> Iterator[Evidence]:
    """Where it is said that the licence is unknown; beside a source, brackets are enough ("from Kaggle (unknown)")."""
    for block in passage.blocks:
        text = plain(block.text)
        beside = _ORIGIN.search(text) and not _LICENCE.search(text)
        found = _UNKNOWN.search(text) or (_IN_BRACKETS.search(text) if beside else None)
        if found and block.kind != "fence":
            yield Evidence(f"the licence is not named: “{found[0]}”", passage.path, block.line)


def origin_in(passages: Iterable[Passage]) -> Evidence | None:
    """Where it is said how the data came about."""
    return _first(passages, _ORIGIN, "source")


def _first(passages: Iterable[Passage], pattern: re.Pattern[str], what: str) -> Evidence | None:
    for passage in passages:
        for block in passage.blocks:
            if block.kind in ("paragraph", "item", "table", "html") and (found := pattern.search(plain(block.text))):
                return Evidence(f"{what}: “{' '.join(found[0].split())[:60]}”", passage.path, block.line)
    return None


def row_counts(
    document: Document, section: Passage, sheets: Iterable[Document], metrics: Metrics | None, snapshot: Snapshot
) -> Counts:
    """Compare each number of rows in the section, and the exact ones elsewhere, with the run's and the file's.

    Numbers in the data's own sheets are let pass: they tell how many rows a source had before some were left out.
    """
    total = metrics.run.rows if metrics else None
    source = f"the run in {metrics.path}" if metrics else ""
    if total is None and (counted := _counted(snapshot)):
        total, source = counted
    known = {int(number) for number in metrics.everything.values if number == int(number)} if metrics else set()
    known.update(int(each.value) for sheet in sheets for each in numbers_in(sheet.text) if not each.decimals)
    counted_as = _ASKED if metrics and "question" in metrics.task else _COUNTED
    right: Evidence | None = None
    wrong: list[Evidence] = []
    for block in section.blocks:
        if block.kind in ("fence", "heading"):
            continue
        text = plain(block.text)
        for number in numbers_in(text):
            if number.decimals or number.percent:
                continue
            if len(wrong) >= MOST_WRONG:
                break
            if number.value == total and _SUBJECT.match(text, number.end):
                if right is None:
                    line = block.line + text.count("\n", 0, number.start)
                    right = Evidence(f"{number.text.strip()} rows, as in {source}", section.path, line)
            elif total is not None and counted_as.match(text, number.end) and number.value not in known:
                line = block.line + text.count("\n", 0, number.start)
                wrong.append(Evidence(f"{number.text.strip()} rows, but {source} has {total:,}", section.path, line))
    elsewhere = foreign_rows(document, known | {total}, total) if total is not None else ()
    lines = {evidence.line for evidence in wrong}
    return Counts(
        right, [*wrong, *(each for each in islice(elsewhere, MOST_WRONG) if each.line not in lines)], total is not None
    )


def _counted(snapshot: Snapshot) -> tuple[int, str] | None:
    """The rows of the first data file, and its name."""
    for path in snapshot.glob(*DATA)[:1]:
        data = unpacked(path, snapshot.data(path) or b"")
        if data:
            lines = data.count(b"\n") + (not data.endswith(b"\n"))
            return lines - (not path.endswith(".jsonl")), path
    return None


def unpacked(path: str, data: bytes) -> bytes | None:
    """The content of a file that may be gzipped; None if it is damaged or far too large."""
    if not path.lower().endswith(".gz"):
        return data
    try:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        content = unpacker.decompress(data, MAX_UNPACKED)
    except zlib.error:
        return None
    return content if unpacker.eof else None
