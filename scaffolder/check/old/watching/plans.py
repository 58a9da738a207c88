"""Plans that are written as tables: who watches what, and which risks are answered how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from scaffolder.check.engine.finding import Evidence
from scaffolder.check.readers.markdown import Document, normalised
from scaffolder.check.readers.markdown_blocks import Table
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.words.placeholders import SAME_WORDS, Shingle, containment, marked, words

MONITORING = {
    "signal": ("signal", "metric", "measure", "what to watch", "watch", "indicator", "symptom", "what"),
    "threshold": (
        "threshold",
        "alert when",
        "alert if",
        "limit",
        "slo",
        "target",
        "bound",
        "trigger",
        "when",
    ),
    "action": ("action", "response", "what to do", "what is done", "runbook", "then", "reaction"),
    "owner": ("owner", "who", "responsible", "on call", "assignee", "contact", "team"),
}
RISKS = {
    "risk": ("risk", "what could go wrong", "hazard", "threat", "failure mode", "harm"),
    "likelihood": ("likelihood", "probability", "how likely", "chance", "frequency"),
    "impact": ("impact", "severity", "consequence", "how bad", "effect"),
    "response": (
        "response",
        "mitigation",
        "treatment",
        "what is done",
        "control",
        "controls",
        "answer",
        "action",
    ),
    "owner": ("owner", "who", "responsible", "who answers", "assignee", "team"),
}

_NOBODY = re.compile(
    r"\W*(?:(?:the )?owner|you|your \w+|your-\S+|me|somebody|someone|nobody|anyone|everyone|name|(?:a )?person"
    r"|(?:the )?team|who)?\W*",
    re.IGNORECASE,
)
_SCALE = re.compile(
    r"\b(?:very )?(?:low|medium|moderate|high|rare|unlikely|possible|probable|likely|certain|frequent"
    r"|negligible|minor|major|severe|serious"
    r"|critical|catastrophic|small|large)\b|\d",
    re.IGNORECASE,
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ISO = re.compile(r"\b(20\d\d)-(\d\d)(?:-(\d\d))?\b")
_DAY_FIRST = re.compile(r"\b(?:(\d{1,2})(?:st|nd|rd|th)? )?([A-Z][a-z]{2,8}) (20\d\d)\b")
_MONTH_FIRST = re.compile(r"\b([A-Z][a-z]{2,8}) (\d{1,2})(?:st|nd|rd|th)?, (20\d\d)\b")
_QUARTER = re.compile(r"\bQ([1-4])[ /-]?(20\d\d)\b")


class Plan(NamedTuple):
    """A table whose columns were recognised: wanted column -> its index."""

    document: Document
    table: Table
    columns: Mapping[str, int]

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row's line and its cells by wanted column."""
        for row, line in zip(self.table.rows, self.table.row_lines, strict=False):
            yield line, {name: row[index] if index < len(row) else "" for name, index in self.columns.items()}


def find_plan(documents: tuple[Document, ...], wanted: Mapping[str, tuple[str, ...]], needed: str) -> Plan | None:
    """The table with most of the wanted columns, at least two and `needed` among them; of equals, the longest."""
    found = [
        Plan(document, table, columns)
        for document in documents
        for table in document.tables
        if needed in (columns := _columns(table, wanted)) and len(columns) > 1
    ]
    return max(found, key=lambda plan: (len(plan.columns), len(plan.table.rows)), default=None)


def unfinished_cells(plan: Plan, stubs: frozenset[Shingle]) -> tuple[Evidence, ...]:
    """The cells of a plan that wait for the owner: marks, questions, the template's own words for a person."""
    found = []
    for line, cells in plan.rows():
        for name, cell in cells.items():
            text = plain(cell).strip()
            if marked(text) or text.endswith("?") or (name == "owner" and _as_generated(text, stubs)):
                found.append(Evidence(f"{name}: “{text[:60]}” waits for an answer", plan.document.path, line))
    return tuple(found[:5])


def empty_cells(plan: Plan) -> tuple[Evidence, ...]:
    """The cells of a plan that say nothing."""
    found = []
    for line, cells in plan.rows():
        for name, cell in cells.items():
            text = plain(cell).strip()
            if not re.search(r"\w", text) or (name == "owner" and _NOBODY.fullmatch(text)):
                found.append(
                    Evidence(f"{name} is “{text[:40]}”: nobody and nothing is named", plan.document.path, line)
                )
            elif name in ("likelihood", "impact") and not _SCALE.search(text):
                found.append(Evidence(f"{name} “{text[:40]}” is on no scale", plan.document.path, line))
    return tuple(found[:5])


def today() -> date:
    """The date that reviews are held against."""
    return date.today()


def dates(text: str) -> Iterator[date]:
    """The dates in `text`; of a month or quarter, its last day that every month has."""
    for match in _ISO.finditer(text):
        yield from _date(match[1], match[2], match[3] or 28)
    for match in _DAY_FIRST.finditer(text):
        yield from _date(match[3], _month(match[2]), match[1] or 28)
    for match in _MONTH_FIRST.finditer(text):
        yield from _date(match[3], _month(match[1]), match[2])
    for match in _QUARTER.finditer(text):
        yield from _date(match[2], int(match[1]) * 3, 28)


def passages(documents: tuple[Document, ...], *hints: str) -> Iterator[tuple[str, int, str]]:
    """The blocks and table rows that hold one of `hints` and that no machine measured: path, line, words."""
    for document in documents:
        for block in document.blocks:
            if block.measured or not any(hint in block.text.lower() for hint in hints):
                continue
            if block.table:
                for row, line in zip(block.table.rows, block.table.row_lines, strict=False):
                    yield document.path, line, " | ".join(plain(cell) for cell in row)
            elif block.kind in ("paragraph", "item"):
                yield document.path, block.line, " ".join(plain(block.text).split())


def _columns(table: Table, wanted: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Each wanted column that the table has; an earlier alias of a column is a better one."""
    titles = [normalised(plain(cell)) for cell in table.header]
    found: dict[str, int] = {}
    for name, aliases in wanted.items():
        for alias in aliases:
            index = next((i for i, title in enumerate(titles) if _says(title, alias) and i not in found.values()), None)
            if index is not None:
                found[name] = index
                break
    return found


def _says(title: str, alias: str) -> bool:
    return f" {alias} " in f" {title} " or f" {alias}s " in f" {title} "


def _as_generated(text: str, stubs: frozenset[Shingle]) -> bool:
    return len(words(text)) > 2 and containment(text, stubs) >= SAME_WORDS


def _month(name: str) -> int:
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _date(year: str, month: str | int, day: str | int) -> Iterator[date]:
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:
        return
