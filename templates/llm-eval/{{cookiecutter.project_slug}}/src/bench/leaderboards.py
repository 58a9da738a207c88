"""From the rows of a run to what is reported: leaderboards, comparisons, gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from . import scoring
from .benchmark import AnyCase, fewer
from .errors import BenchError
from .evaluation.comparison import Comparison, compare, spread
from .matrix import Experiment, System, known
from .reporting.metrics import Baseline, Finite, Gate, Metric, Part, Report
from .runs import Run
from .scoring import METRICS, rounded
from .settings import Kind, Settings


class Entry(Part):
    """One system on a leaderboard."""

    system: str
    n: int
    metrics: list[Metric]
    p50_ms: Finite
    p95_ms: Finite
    tokens: Finite  # mean over the answers
    price: Finite  # of all answers
    deviation: Finite | None = None  # of the headline metric over repeats


class Board(Part):
    """One experiment. The comparisons are about its headline metric."""

    name: str
    experiment: Experiment
    metric: str
    unit: str
    entries: list[Entry]
    comparisons: list[Comparison]

    @property
    def label(self) -> str:
        return METRICS[self.experiment.task][self.metric].label

    def value(self, system: str, metric: str | None = None) -> Metric | None:
        """A system's metric, the headline one if None is named; None if it was not measured."""
        return next((one for one in self.metrics(system) if one.name == (metric or self.metric)), None)

    def metrics(self, system: str) -> list[Metric]:
        """All metrics of a system; none if it was not run."""
        return next((entry.metrics for entry in self.entries if entry.system == system), [])


class EvaluationReport(Report):
    """`reports/metrics.json`; `metrics` are those of the lead's candidate, `baseline` those of its baseline."""

    model: str  # the lead's candidate
    lead: str
    boards: list[Board]
    errors: dict[str, int]  # kind of error of the candidate -> cases
    skipped: dict[str, str]
    accesses: int  # how often the test cases of this benchmark have been read

    @property
    def board(self) -> Board:
        return next(one for one in self.boards if one.name == self.lead)


def boards(run: Run, settings: Settings, cases: Mapping[Kind, Sequence[AnyCase]]) -> list[Board]:
    """Every experiment of which two systems that can be compared were run."""
    found = []
    for name, experiment in run.header.experiments.items():
        if experiment.task not in settings.tasks:
            continue
        task = settings.tasks[experiment.task]
        systems = {one.name: one for one in experiment.systems() if one.name in run.by_system}
        pairs = [(a.name, b.name) for a, b in experiment.pairs() if {a.name, b.name} <= systems.keys()]
        if pairs:
            ours = fewer(cases[experiment.task], experiment.items)
            tables = {one: run.table(one, task.headline, [case.id for case in ours]) for one in systems}
            board = Board(
                name=name,
                experiment=experiment,
                metric=task.headline,
                unit=task.unit,
                entries=[_entry(run, one, ours, settings) for one in systems.values()],
                comparisons=compare(tables, pairs, settings.statistics),
            )
            found.append(board)
    return found


def lead(found: Sequence[Board], settings: Settings) -> Board:
    """The board that leads the report.

    Raises:
        BenchError: none of the experiments that the settings name could be measured.
    """
    for name in settings.lead:
        for board in found:
            if board.name == name and all(board.value(one.name) for one in board.experiment.lead()):
                return board
    raise BenchError(f"settings.toml: lead: none of {', '.join(settings.lead)} could be measured; see systems.toml")


def gates(board: Board, settings: Settings) -> list[Gate]:
    """The bounds on the board's candidate.

    Raises:
        BenchError: a gate names a metric that was not measured.
    """
    found = []
    measured = {one.name: one for one in board.metrics(board.experiment.lead()[1].name)}
    for gate in (one for one in settings.gates if one.experiment == board.name):
        value = measured[known(gate.metric, measured, "settings.toml: gates: metric")].value
        if gate.min is not None:
            found.append(Gate(metric=gate.metric, threshold=gate.min, passed=value >= gate.min, value=value))
        if gate.max is not None:
            passed = value <= gate.max
            found.append(Gate(metric=gate.metric, threshold=gate.max, passed=passed, value=value, bound="max"))
    return found


def baselines(board: Board) -> list[Baseline]:
    """The metrics of the board's baseline."""
    name = board.experiment.lead()[0].name
    return [Baseline(**one.model_dump(), model=name) for one in board.metrics(name)]


def _entry(run: Run, system: System, cases: Sequence[AnyCase], settings: Settings) -> Entry:
    seen = run.answered(system.name)
    ours = [case for case in cases if case.id in seen]
    ids = {case.id for case in ours}
    rows = [row for row in run.by_system[system.name] if row.case in ids]
    p50, p95 = np.percentile([row.ms for row in rows], [50, 95]).tolist()
    table = run.table(system.name, settings.tasks[system.task].headline, [case.id for case in ours])
    return Entry(
        system=system.name,
        n=len(ours),
        metrics=scoring.metrics(run, system, ours, settings.statistics.seed),
        p50_ms=rounded(p50),
        p95_ms=rounded(p95),
        tokens=rounded(sum(row.tokens for row in rows) / len(rows)),
        price=rounded(sum(row.price for row in rows)),
        deviation=rounded(spread(table)) if len(table) > 1 else None,
    )
