"""Compare two systems of a run, and a new run with the one that was accepted as baseline."""

from __future__ import annotations

import numpy as np

from . import runs
from .errors import BenchError
from .evaluation.comparison import Comparison, Pair, compare, sentence
from .matrix import known
from .runs import Run
from .scoring import METRICS
from .settings import Settings


def compare_two(run: Run, first: str, second: str, settings: Settings) -> list[str]:
    """A sentence for each metric that is a mean over cases: how `second` differs from `first`.

    All metrics are one family.

    Raises:
        BenchError: a system is not in the run, or the two belong to different tasks.
    """
    for name in (first, second):
        known(name, run.header.systems, "compare")
    task = run.header.systems[first].task
    known(second, [name for name, one in run.header.systems.items() if one.task == task], f"compare with {first}")
    pairs = {}
    for metric, about in METRICS[task].items():
        tables = [run.table(name, metric, run.cases(task)) for name in (first, second)]
        if not any(np.isnan(table).all() for table in tables):
            pairs[about.label] = Pair(first, second, *tables)
    return [
        f"{sentence(one, label)} {one.wins} wins, {one.ties} ties, {one.losses} losses."
        for label, one in zip(pairs, compare(list(pairs.values()), settings.statistics), strict=True)
    ]


def regressions(new: Run, old: Run, settings: Settings) -> list[Comparison]:
    """Each system that both runs have, with its headline metric now and then, on the cases of both.

    All systems are one family, so that equal runs fail the gate in at most `alpha` of all looks.

    Raises:
        BenchError: the runs are of different benchmarks.
    """
    if new.header.data_sha256 != old.header.data_sha256:
        raise BenchError(
            f"{runs.BASELINE} is of another benchmark, so its numbers cannot be compared; accept a new one with "
            "`make baseline`"
        )
    pairs, cases = [], {task: old.cases(task) for task in settings.tasks}
    for name, system in new.header.systems.items():
        if name in old.header.systems:
            metric = settings.tasks[system.task].headline
            then, now = (run.table(name, metric, cases[system.task]) for run in (old, new))
            pairs.append(Pair(f"{name} of {runs.BASELINE}", name, then, now))
    return compare(pairs, settings.statistics)


def unmeasured(new: Run, old: Run) -> list[str]:
    """A sentence for each system of the old run that the new one lacks: nobody knows whether it became worse."""
    why = {name: f", because {reason}" for name, reason in new.header.skipped.items()}
    return [
        f"{name} was not measured now{why.get(name, '')}; measure it with `make evaluate`, or accept with "
        f"`make baseline` that {runs.BASELINE} no longer has it."
        for name in old.header.systems
        if name not in new.header.systems
    ]
