"""From the rows of a run to what is reported: leaderboards, comparisons, gates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from . import scoring
from .benchmark import AnyCase, fewer
from .errors import BenchError
from .evaluation.comparison import Comparison, Pair, compare, spread
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
    """One experiment. The comparisons are about its headline metric; those of all boards are one family."""

    name: str
    experiment: Experiment
    metric: str
    unit: str
    entries: list[Entry]
    comparisons: list[Comparison]  # of each system with its baseline
    rivals: list[Comparison]  # of the candidate with each other system but its baseline

    def shown(self) -> list[Comparison]:
        """With the baselines, and of the candidate with the best of the rest."""
        return [*self.comparisons, *filter(None, [self.runner_up()])]

    def runner_up(self) -> Comparison | None:
        """The candidate against the system with the highest score of those that are neither it nor its baseline.

        Which one that is shows only in the results; so all of these comparisons belong to the family.
        """
        scores = {entry.system: metric.value for entry in self.entries if (metric := self.value(entry.system))}
        return max(self.rivals, key=lambda one: scores[one.baseline], default=None)

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

    @property
    def family(self) -> str:
        """What is corrected together, in words."""
        systems = {entry.system for one in self.boards for entry in one.entries}
        count, boards = self.board.comparisons[0].family, len(self.boards)
        return (
            f"Holm's method corrects every p of this report together: {count} comparison{'s' if count > 1 else ''} of "
            f"{len(systems)} systems in {boards} experiment{'s' if boards > 1 else ''}, by the headline metric of each."
        )


def boards(run: Run, settings: Settings, cases: Mapping[Kind, Sequence[AnyCase]]) -> list[Board]:
    """Every experiment of which two systems that can be compared were run. All their comparisons are one family."""
    drafts = []
    for name, experiment in run.header.experiments.items():
        if experiment.task in settings.tasks:
            ours = fewer(cases[experiment.task], experiment.items)
            pairs = _pairs(run, experiment.pairs(), settings, ours)
            rivals = _pairs(run, experiment.rivals(), settings, ours)
            drafts += [(name, experiment, ours, pairs, rivals)] if pairs else []
    family = iter(compare([pair for *_, pairs, rivals in drafts for pair in pairs + rivals], settings.statistics))
    return [
        Board(
            name=name,
            experiment=experiment,
            metric=settings.tasks[experiment.task].headline,
            unit=settings.tasks[experiment.task].unit,
            entries=[_entry(run, one, ours, settings) for one in experiment.systems() if one.name in run.by_system],
            comparisons=[next(family) for _ in pairs],
            rivals=[next(family) for _ in rivals],
        )
        for name, experiment, ours, pairs, rivals in drafts
    ]


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
            found.append(
                Gate(metric=gate.metric, threshold=gate.max, passed=value <= gate.max, value=value, bound="max")
            )
    return found


def baselines(board: Board) -> list[Baseline]:
    """The metrics of the board's baseline."""
    name = board.experiment.lead()[0].name
    return [Baseline(**one.model_dump(), model=name) for one in board.metrics(name)]


def _pairs(
    run: Run, systems: Iterable[tuple[System, System]], settings: Settings, cases: Sequence[AnyCase]
) -> list[Pair]:
    """Those of which both systems were run, with their scores by the headline metric."""
    ids, found = [case.id for case in cases], []
    for baseline, system in systems:
        if {baseline.name, system.name} <= run.by_system.keys():
            metric = settings.tasks[system.task].headline
            tables = (run.table(one.name, metric, ids) for one in (baseline, system))
            found.append(Pair(baseline.name, system.name, *tables))
    return found


def _entry(run: Run, system: System, cases: Sequence[AnyCase], settings: Settings) -> Entry:
    ids = {case.id for case in cases} & run.answered(system.name)
    ours = [case for case in cases if case.id in ids]
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
