"""The measurements that documents state in tables and measured blocks, compared with the reports.

In a table, the row and the column of a number say what it is: one names a metric, the other a model, slice or gate. In
a sentence of a measured block, the metric's name stands right before the number. Any other number in a measured block
must be in the reports, as a number or as a text. An interval must be that of its number. A number inside a longer text,
such as the slice "age = 37.0", is part of a name. Numbers in sentences that people wrote are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

from scaffolder.check.contract import contract
from scaffolder.check.documents import documents
from scaffolder.check.engine.finding import Evidence
from scaffolder.check.engine.patterns import pattern
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.gate_counts import counted_gates
from scaffolder.check.readers.intervals import Bounds, paired
from scaffolder.check.readers.markdown import Document, sentences
from scaffolder.check.readers.markdown_blocks import Block, Table
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.metric_names import Mention, canonical, mentions, normal
from scaffolder.check.readers.metrics import Entry, Metrics, metrics
from scaffolder.check.readers.numbers import Number, agrees

MOST_CLAIMS = 2_000  # of one document
MOST_ROWS, MOST_COLUMNS = 500, 40  # of one table
LONGEST_LABEL = 300  # characters
LEAST_COUNT = 101  # whole numbers up to 100 count all sorts of things in sentences, such as "of 100 customers"
NEAR = 12  # characters between a metric's name and its number

_NO_LABEL = pattern(r"[^\w%]+|_")
_SERVED = pattern(
    r"\b(?:served|ours?|this model|the model|final|all|overall|total|whole|value|score|result|measured)\b"
)
_BOUND = pattern(r"\b(?:bound|threshold|limit|gate|required|minimum|maximum|at least|at most)\b")
# Numbers of a metric that are not entries of the report: of folds, candidates, differences.
_OTHER = pattern(
    r"\b(?:folds?|cv|cross validation|candidate|validation|valid|dev|train(?:ing)?|gain|difference|delta|lift|"
    r"improvement|change|versus|vs|std|ceiling|oracle|p)\b|[Δ±]"
)
_COUNT = pattern(r"(?:n|rows?|count|support|samples|size|cases|examples|questions|recordings)")
_LABEL_PREFIX = pattern(r"(?:mean|test|cv|best|average|macro|micro|weighted)\s", re.IGNORECASE)
_ASIDE = pattern(r"[\[(±]")
_CONFIDENCE = pattern(r"\s*(?:(?:[a-z-]+\s){0,2}intervals?|CI)\b")  # "95% bootstrap intervals": not a result
_BEFORE = pattern(r"[\s`*]*(?:of|is|was|at|:|=)?[\s`*]*\Z")


class Claim(NamedTuple):
    """A printed value of a metric; `entry` is the entry of the reports that it equals, None if there is none."""

    metric: str
    shown: str
    line: int
    right: bool
    expected: str = ""
    entry: Entry | None = None
    of_slice: bool = False  # the claim is about a slice
    path: str = ""

    @property
    def evidence(self) -> Evidence:
        """The claim as evidence, with its place."""
        return Evidence(str(self), self.path, self.line)

    def __str__(self) -> str:
        if self.right:
            return f"{self.metric} {self.shown} = {self.expected}"
        said = f"{self.metric} is printed as {self.shown}"
        return f"{said}, and the reports have {self.expected}" if self.expected else f"{said}, which no report has"


@fact
def claims(repo: Repository) -> dict[str, tuple[Claim, ...]]:
    """The claims of each document by its path, in the order of their lines; empty if nothing was measured."""
    measured = metrics(repo)
    if measured is None:
        return {}
    declared = contract(repo)
    reader = _Reader(measured, declared.id if declared else "")
    found = ((page.path, islice(reader.claims(page), MOST_CLAIMS)) for page in documents(repo))
    return {path: tuple(claim._replace(path=path) for claim in of_page) for path, of_page in found}


@lru_cache(maxsize=4096)
def label(text: str) -> str:
    """'**HistGradientBoosting** (served)' -> 'histgradientboosting', 'contract = One year' -> 'contract one year'."""
    bare = re.sub(r"\([^()]*\)", " ", plain(text)) if "(" in text else plain(text)
    return " ".join(_NO_LABEL.sub(" ", bare.casefold()).split())


class _Row(NamedTuple):
    """A row of a table, and what the row's label and the table's header say."""

    titles: list[str]
    names: str  # the cells that hold no number
    metric: str | None  # the metric that the row's label names
    aside: bool  # the table is about folds, candidates or differences, not about entries
    measured: bool
    line: int


class _Reader:
    """Finds the claims in documents and compares them with one repository's reports."""

    def __init__(self, measured: Metrics, row_id: str) -> None:
        self.metrics = measured
        self.row_id = label(row_id)  # the first title of tables that show rows of the data, not results
        self.gates = {gate.metric: gate for gate in measured.gates}

    def claims(self, document: Document) -> Iterator[Claim]:
        for block in document.blocks:
            if block.table and not (self.row_id and label(block.table.header[0]) == self.row_id):
                yield from self._table(block.table, bool(block.measured))
            elif block.measured and block.kind in ("paragraph", "item"):
                yield from self._sentences(block)

    def _sentences(self, block: Block) -> Iterator[Claim]:
        said, at = list(sentences(block)), 0
        text = " ".join(sentence.text for sentence in said)  # a full stop in a name may have divided it
        for sentence in said:
            named = list(mentions(sentence.text, self.metrics.names))
            for number, bounds in paired(sentence.text, self._results(sentence.text, text, at)):
                metric = just_before(sentence.text, named, number)
                if metric:
                    yield self._judged(metric, number, sentence.line, self._meant(metric, sentence.text), bounds)
                elif _tells(number) or bounds:
                    yield self._judged("a number", number, sentence.line, None, bounds)
            at += len(sentence.text) + 1
            for count in counted_gates(sentence.text, self.metrics.gates):
                yield Claim("the number of gates", count.shown, sentence.line, count.right, count.expected)

    def _results(self, part: str, whole: str = "", at: int = 0) -> Iterator[Number]:
        """The numbers in a part, from `at`, of a text, without those in names and levels of confidence."""
        for number in self.metrics.results_in(part, whole, at):
            if not _CONFIDENCE.match(part, number.end):
                yield number

    def _meant(self, metric: str, sentence: str) -> tuple[Entry, ...]:
        """The entries that a number in a sentence may stand for: of the model, a baseline, or a slice named there."""
        said = f" {label(sentence)} "
        named = (entry for entry in self.metrics.slices if f" {label(entry.label)} " in said)
        return _of(metric, (*self.metrics.scores, *self.metrics.baselines, *named))

    def _table(self, table: Table, measured: bool) -> Iterator[Claim]:
        titles = [plain(cell)[:LONGEST_LABEL] for cell in table.header[:MOST_COLUMNS]]
        aside = bool(titles and _OTHER.search(label(titles[0])))
        for cells, line in zip(table.rows[:MOST_ROWS], table.row_lines, strict=False):
            shown = [plain(cell)[:LONGEST_LABEL] for cell in cells[: len(titles)]]
            found = [list(self._results(cell)) for cell in shown]
            names = " ".join(
                cell for cell, numbers in zip(shown, found, strict=True) if not numbers or cell is shown[0]
            )
            row = _Row(titles, names[:LONGEST_LABEL], self._metric(shown[0]) if shown else None, aside, measured, line)
            for column, (cell, numbers) in enumerate(zip(shown, found, strict=True)):
                if numbers and not (column == 0 and row.metric):
                    yield from self._cell(row, column, cell, numbers)

    def _cell(self, row: _Row, column: int, cell: str, numbers: list[Number]) -> Iterator[Claim]:
        title = row.titles[column]
        metric = row.metric or self._metric(title)
        other = title if row.metric else row.names
        entries = self._entries(metric, other, label(title)) if metric and not row.aside else None
        if metric and entries is not None:
            (number, bounds), *others = paired(cell, numbers)
            yield self._judged(metric, number, row.line, entries, bounds)
            for beside, _ in others if _ASIDE.search(cell) and not bounds else ():
                yield self._judged("a number", beside, row.line)
        elif _COUNT.fullmatch(label(title)) and (counted := self._labelled(row.names)):
            counts = {Entry("rows", value, "slices", counted[0].label) for entry in counted if (value := _count(entry))}
            if counts:
                yield self._judged(f"rows of {plain(counted[0].label)}", numbers[0], row.line, tuple(counts))
        elif row.measured:
            for number, bounds in paired(cell, numbers):
                if bounds or _tells(number) or number.text.strip() == cell.strip():
                    yield self._judged(title or "a number", number, row.line, None, bounds)

    def _entries(self, metric: str, other: str, title: str) -> tuple[Entry, ...] | None:
        """The entries that a number of this metric may stand for; None if it is not an entry of the report."""
        gate = self.gates.get(metric)
        if gate and _BOUND.search(title):
            return (Entry(metric, gate.threshold, "gates", "gate"),)
        if gate and metric not in self.metrics.names:
            return None if gate.value is None else (Entry(metric, gate.value, "gates"),)
        if _OTHER.search(label(other)) or _OTHER.search(title):
            return None
        labelled = self._labelled(other)
        return None if labelled is None else _of(metric, labelled)

    def _judged(
        self,
        metric: str,
        number: Number,
        line: int,
        entries: tuple[Entry, ...] | None = None,
        bounds: Bounds | None = None,
    ) -> Claim:
        """Compare a number, and the interval printed after it, with `entries`, or with all numbers of the reports."""
        shown = number.text.strip() + (f" [{', '.join(bound.text.strip() for bound in bounds)}]" if bounds else "")
        if entries is None:
            right = self._is_reported(number, bounds)
            return Claim(metric, shown, line, right, "a number of the reports" if right else "")
        of_slice = bool(entries) and all(entry.group == "slices" for entry in entries)
        for entry in entries:
            if agrees(number, entry.value) and self._same_interval(number, bounds, entry):
                return Claim(metric, shown, line, True, str(entry), entry, of_slice)
        return Claim(metric, shown, line, False, _expected(entries, bool(bounds)), None, of_slice)

    def _is_reported(self, number: Number, bounds: Bounds | None) -> bool:
        """Whether the reports have a number, with the interval that is printed after it."""
        if bounds:
            return self.metrics.intervals.hold(number, bounds)
        return self.metrics.everything.holds(number) or number.text in self.metrics.texts.get(number.text, ())

    def _same_interval(self, number: Number, bounds: Bounds | None, entry: Entry) -> bool:
        """Whether the interval printed after a number is that of its entry, or beside that number in the reports."""
        if bounds and entry.ci95:
            return all(agrees(bound, value) for bound, value in zip(bounds, entry.ci95, strict=True))
        return bounds is None or self.metrics.intervals.hold(number, bounds)

    def _metric(self, text: str) -> str | None:
        """The metric that a label names or begins with; None for the label of a model or slice."""
        if label(text) in self._by_label:
            return None
        if (named := self.metrics.names.get(normal(text)) or canonical(text)) in self.gates:
            return named
        for said in (text.strip(), _LABEL_PREFIX.sub("", text.strip(), count=1)):
            found = next(mentions(said, self.metrics.names), None)
            if found and not said[: found.start].strip("`*_ (["):
                return found.metric
        return None

    @cached_property
    def _by_label(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in (*self.metrics.baselines, *self.metrics.slices):
            found.setdefault(label(entry.label), []).append(entry)
        found.pop("", None)
        for entry in self.metrics.scores:
            found.setdefault(label(self.metrics.model) or "served", []).append(entry)
        return found

    def _labelled(self, text: str) -> list[Entry] | None:
        """The entries of the model or slice that a label names, whatever the metric; None if it names neither."""
        wanted = label(text)
        if wanted in self._by_label:
            return self._by_label[wanted]
        if "served" in plain(text).casefold():
            return list(self.metrics.scores)
        names = [name for name in self._by_label if len(name) > 3 and f" {name} " in f" {wanted} "]
        if names:
            return self._by_label[max(names, key=len)]
        return list(self.metrics.scores) if _SERVED.search(wanted) else None


def _tells(number: Number) -> bool:
    """Whether a number is exact or large enough to be a result, unlike the 5 of "5 folds"."""
    return number.decimals > 0 or abs(number.value) >= LEAST_COUNT


def just_before(text: str, named: list[Mention], number: Number) -> str | None:
    """The metric whose name stands right before a number, unless it is a difference or the like."""
    for mention in named:
        between = text[mention.end : number.start]
        if mention.end <= number.start and len(between) <= NEAR and _BEFORE.fullmatch(between):
            clause = re.split(r"[,;:]\s", text[: mention.start].casefold())[-1]
            return None if _OTHER.search(clause) else mention.metric
    return None


def _of(metric: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.metric == metric)


def _count(entry: Entry) -> Decimal | None:
    return None if entry.n is None else Decimal(entry.n)


def _expected(entries: tuple[Entry, ...], with_interval: bool) -> str:
    few = ((entry, entry.ci95 if with_interval else None) for entry in entries[:3])
    return " or ".join(f"{entry} [{bounds[0]}, {bounds[1]}]" if bounds else str(entry) for entry, bounds in few)
