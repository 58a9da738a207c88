"""Claims in tables: a number is bound by the label of its row and the header of its column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffolder.check.numbers.claims import NOTHING, Claim, Labels, Outcome, Scope, label
from scaffolder.check.numbers.metric_names import mentions, normal
from scaffolder.check.numbers.metrics import Entry, Metrics
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_blocks import Table
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.numbers import Bag, Number, numbers_in

MOST_ROWS = 500

_DIGIT = re.compile(r"\d")
_BOUND = re.compile(r"\b(?:bound|threshold|limit|gate|required|minimum|maximum|at least|at most)\b")
_WISH = re.compile(r"\b(?:target|goal|wanted|chance|random|perfect|literature|published|paper)\b")
_COUNT = re.compile(r"\b(?:n|rows?|count|support|samples|size|cases|examples)\b")
_OTHER = re.compile(
    r"\b(?:folds?|cv|cross validation|candidate|validation|valid|dev|train(?:ing)?|"
    r"gain|difference|delta|lift|improvement|change|versus|vs|std|ceiling|oracle)\b|[Δ±]"
)
_OUTCOMES = {"actual", "truth", "true", "label", "y true", "outcome", "expected", "target"}
_PREDICTIONS = {"predicted", "prediction", "score", "y pred", "probability", "forecast", "answer"}
_SLICES = {"slice", "slices", "segment", "segments", "group", "groups", "subgroup", "cohort", "subset"}
_LABEL_PREFIX = re.compile(r"(?:mean|test|validation|train|cv|best|average|macro|micro|weighted)\s", re.IGNORECASE)
_INTERVAL = re.compile(r"[\[(±]")


@dataclass(frozen=True)
class Grid:
    """What the header of a table says of all its rows."""

    header: list[str]
    metrics: list[str | None]  # that a column is named after
    aside: bool  # of candidates, folds and the like: no entry of metrics.json
    slices: bool
    measured: bool  # written by a machine, so that each number of it is in the reports
    counted: bool  # so are its whole numbers


class Tables:
    """Reads the tables of documents against one repository's reports."""

    def __init__(self, metrics: Metrics, labels: Labels) -> None:
        self.metrics = metrics
        self.labels = labels
        self.gates = {gate.metric: gate for gate in metrics.gates}
        self.named = {entry.metric: entry for entry in metrics.named}
        self.asks = "question" in metrics.task  # then no other item looks at its counts

    def claims(self, document: Document) -> Iterator[Claim]:
        """The claims in the tables of `document`."""
        for block in document.blocks:
            if block.table and not _lists_rows(block.table):
                yield from self._table(block.table, block.measured or "")

    def _table(self, table: Table, measured: str) -> Iterator[Claim]:
        header = [plain(cell) for cell in table.header]
        first = label(header[0]) if header else ""
        grid = Grid(
            header,
            [self._metric(title) for title in header],
            aside=bool(_OTHER.search(first)),
            slices=first in _SLICES,
            measured=measured not in ("", "latency"),  # an item of its own compares the latencies
            counted=self.asks and measured not in ("", "provenance", "latency"),
        )
        for row, line in zip(table.rows[:MOST_ROWS], table.row_lines, strict=False):
            yield from self._row(grid, row, line)

    def _row(self, grid: Grid, row: tuple[str, ...], line: int) -> Iterator[Claim]:
        cells = [plain(cell) for cell in row[: len(grid.header)]]
        found = [list(numbers_in(cell)) if _DIGIT.search(cell) else [] for cell in cells]
        if not any(found):
            return
        of_row = self._metric(cells[0])
        names = " ".join(cell for cell, numbers in zip(cells, found, strict=True) if not numbers or cell is cells[0])
        apart = grid.slices and self._names_slice(names)  # the item on slices compares the scores of these
        for column, (cell, numbers) in enumerate(zip(cells, found, strict=True)):
            if not numbers or (column == 0 and of_row):
                continue
            title = grid.header[column]
            metric = of_row or grid.metrics[column]
            if metric and not apart:
                yield from self._cell(metric, title if of_row else names, title, numbers, cell, line, grid.aside)
            elif not metric:
                whole = grid.counted and cell.strip() == numbers[0].text.strip()
                yield from self._aside(title, names, numbers, line, grid.measured, whole)

    def _aside(
        self, title: str, names: str, numbers: list[Number], line: int, measured: bool, whole: bool
    ) -> Iterator[Claim]:
        """Claims of numbers that are no scores: named counts, rows of a slice, what a machine has written."""
        if (named := self.named.get(normal(title))) and len(numbers) == 1:
            yield Scope([named]).judge(named.metric, numbers[0], line)
        elif _COUNT.fullmatch(label(title)) and (entries := self.labels.of_cell(names)):
            yield from _count(entries, numbers[0], line)
        elif measured:
            scope = Scope(numbers=self.metrics.everything)
            yield from (scope.judge(title, number, line) for number in numbers if number.decimals > 1 or whole)

    def _names_slice(self, text: str) -> bool:
        entries = self.labels.of_cell(text)
        return bool(entries) and all(entry.group == "slices" for entry in entries or ())

    def _metric(self, text: str) -> str | None:
        """The metric that a label names: as a gate does, or with its name in front."""
        if normal(text) in self.gates:
            return normal(text)
        text = _LABEL_PREFIX.sub("", text.strip(), count=1)
        found = next(mentions(text, self.metrics.names), None)
        return found.metric if found and not text[: found.start].strip("`*_ ([") else None

    def _cell(
        self, metric: str, other: str, title: str, numbers: list[Number], cell: str, line: int, aside: bool
    ) -> Iterator[Claim]:
        words = label(other)
        if _WISH.search(words) or _WISH.search(label(title)):
            return
        scope = self._scope(metric, other, label(title), words, aside)
        interval = numbers[1:3] if len(numbers) > 1 and _INTERVAL.search(cell) else []
        yield scope.judge(metric, numbers[0], line, interval)

    def _scope(self, metric: str, other: str, title: str, words: str, aside: bool) -> Scope:
        gate = self.gates.get(metric)
        if gate and _BOUND.search(title):
            return Scope([Entry(metric, gate.threshold, "gates", "gate")])
        if gate and metric not in self.metrics.names:
            return Scope([Entry(metric, gate.value, "gates")] if gate.value is not None else [])
        if aside or _OTHER.search(words) or _OTHER.search(title):
            return Scope(numbers=self.metrics.recorded(other) or self._pool(metric))
        entries = self.labels.of_cell(other)
        if entries is None:
            everything = (*self.metrics.scores, *self.metrics.baselines, *self.metrics.slices)
            return Scope(_of(metric, everything))
        return Scope(_of(metric, entries))

    def _pool(self, metric: str) -> Bag:
        return self.metrics.pool(metric) if metric in self.metrics.names else NOTHING


def _lists_rows(table: Table) -> bool:
    """Whether it shows rows of the data, each with what was predicted and what came."""
    titles = {label(cell) for cell in table.header}
    return bool(titles & _OUTCOMES and titles & _PREDICTIONS)


def _of(metric: str, entries: list[Entry] | tuple[Entry, ...]) -> list[Entry]:
    return [entry for entry in entries if entry.metric == metric]


def _count(entries: list[Entry], number: Number, line: int) -> Iterator[Claim]:
    """The number of rows of a slice, which is wrong if no entry of the slice has it."""
    counts = {entry.n for entry in entries if entry.n is not None}
    if counts and number.value not in counts:
        expected = " or ".join(map(str, sorted(counts)))
        yield Claim(f"rows of {entries[0].label}", number.text, line, Outcome.DIFFERS, expected)
