"""Compare two systems of a run, and a new run with the one that was accepted as baseline."""

from __future__ import annotations

import numpy as np

from . import runs
from .errors import BenchError
from .evaluation.comparison import Comparison, compare, regression, sentence
from .matrix import known
from .measuring import METRICS
from .runs import Run
from .settings import Settings


def compare_two(run: Run, first: str, second: str, settings: Settings) -> list[str]:
    """A sentence for each metric that is a mean over cases: how `second` differs from `first`.

    Raises:
        BenchError: a system is not in the run, or the two belong to different tasks.
    """
    for name in (first, second):
        known(name, run.header.systems, "compare")
    task = run.header.systems[first].task
    known(second, [name for name, one in run.header.systems.items() if one.task == task], f"compare with {first}")
    cases = run.cases(task)
    found = []
    for metric, about in METRICS[task].items():
        tables = {name: run.table(name, metric, cases) for name in (first, second)}
        if not any(np.isnan(table).all() for table in tables.values()):
            (one,) = compare(tables, [(first, second)], settings.statistics, about.higher_is_better)
            found.append(f"{sentence(one, about.label)} {one.wins} wins, {one.ties} ties, {one.losses} losses.")
    return found


def regressions(new: Run, old: Run, settings: Settings) -> list[tuple[str, Comparison]]:
    """Each system that both runs have, with its headline metric now and then.

    Raises:
        BenchError: the runs are of different benchmarks or have no system in common.
    """
    if new.header.data_sha256 != old.header.data_sha256:
        raise BenchError(
            f"{runs.BASELINE} is of another benchmark, so its numbers cannot be compared; accept a new one with "
            "`make baseline`"
        )
    found = []
    for name, system in new.header.systems.items():
        if name in old.header.systems:
            metric = settings.tasks[system.task].headline
            cases = [case for case in old.cases(system.task) if case in set(new.cases(system.task))]
            tables = [run.table(name, metric, cases) for run in (new, old)]
            better = METRICS[system.task][metric].higher_is_better
            found.append((name, regression(tables[0], tables[1], settings.statistics, better)))
    if not found:
        raise BenchError(f"{runs.BASELINE} has none of the systems of this run; accept a new one with `make baseline`")
    return found
