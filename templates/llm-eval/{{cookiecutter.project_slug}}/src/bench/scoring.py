"""The metrics of a system on a run's cases, with 95% intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from . import bootstrap
from .benchmark import AnyCase
from .bootstrap import Array, Rows
from .evaluation import classification
from .matrix import System
from .reporting.metrics import Interval, Metric, Slice
from .runs import Run
from .settings import Kind

TINY = 1e-9  # what rounding leaves of 0

Measure = Callable[[Rows], float]  # of the positions of cases, so that it can be resampled


@dataclass(frozen=True)
class Mean:
    """The mean over the cases that have a value, [cases]."""

    values: Array

    def __call__(self, drawn: Rows) -> float:
        found = self.of(drawn)
        return float(found.mean()) if len(found) else float("nan")

    def of(self, drawn: Rows) -> Array:
        """The values of these cases, without NaN."""
        found: Array = self.values[drawn]
        return found[~np.isnan(found)]


class About(NamedTuple):
    """How people write a metric, and whether more of it is better."""

    label: str
    higher_is_better: bool = True


METRICS: dict[Kind, dict[str, About]] = {
    "search": {
        "ndcg_at_10": About("nDCG@10"),
        "recall_at_5": About("Recall@5"),
        "recall_at_10": About("Recall@10"),
        "mrr_at_10": About("MRR@10"),
        "answerable_auc": About("Answerable AUC"),
    },
    "classify": {
        "accuracy": About("Accuracy"),
        "macro_f1": About("Macro-F1"),
        "calibration_error": About("Calibration error", higher_is_better=False),
        "confident_half_accuracy": About("Accuracy of the confident half"),
        "abstention_rate": About("Abstention rate", higher_is_better=False),
    },
}
# Those that are a mean over cases, which comparisons need.
HEADLINES: dict[Kind, list[str]] = {"search": list(METRICS["search"])[:4], "classify": ["accuracy"]}


def metrics(run: Run, system: System, cases: Sequence[AnyCase], seed: int) -> list[Metric]:
    """Every metric that applies, all on the same resamples of the cases."""
    found, known = measures(run, system, cases), METRICS[system.task]
    names = [name for name in known if name in found]
    values = _with_intervals([found[name] for name in names], np.arange(len(cases)), seed)
    return [
        Metric(
            name=name, label=known[name].label, value=value, ci95=ci95, higher_is_better=known[name].higher_is_better
        )
        for name, (value, ci95) in zip(names, values, strict=True)
    ]


def slices(
    run: Run, system: System, metric: str, cases: Sequence[AnyCase], fields: Sequence[str], fewest: int, seed: int
) -> list[Slice]:
    """One metric for each value of each field that at least `fewest` cases have to which the metric applies."""
    measure = measures(run, system, cases)[metric]
    applies = ~np.isnan(run.table(system.name, metric, [case.id for case in cases])).all(axis=0)
    found = []
    for field in fields:
        names = np.array([case.slice(field) for case in cases])
        for name in sorted(set(names) - {""}):
            places = np.flatnonzero((names == name) & applies)
            if len(places) >= fewest:
                ((value, ci95),) = _with_intervals([measure], places, seed)
                found.append(Slice(name=f"{field} = {name}", n=len(places), metric=metric, value=value, ci95=ci95))
    return found


def measures(run: Run, system: System, cases: Sequence[AnyCase]) -> dict[str, Measure]:
    """Each metric that the system has on these cases."""
    tables = {name: run.table(system.name, name, [case.id for case in cases]) for name in METRICS[system.task]}
    means: dict[str, Measure] = {
        name: Mean(table.mean(axis=0)) for name, table in tables.items() if not np.isnan(table).all()
    }
    first = {row.case: row for row in run.by_system[system.name] if row.repeat == 0}
    rows = [first[case.id] for case in cases]
    confidence = np.array([np.nan if row.confidence is None else row.confidence for row in rows])
    if system.task == "search":
        answerable = np.array([bool(case.gold) for case in cases])
        both = answerable.any() and not answerable.all() and not np.isnan(confidence).any()
        auc: Measure = lambda drawn: classification.auc(confidence[drawn], answerable[drawn])  # noqa: E731
        return means | ({"answerable_auc": auc} if both else {})
    gold, said = np.array([case.gold for case in cases]), np.array([row.output for row in rows])
    return {**means, **_of_labels(gold, said, confidence)}


def rounded(value: float) -> float:
    """Six significant digits: enough for every document, and the same on every machine."""
    return float(f"{value:.6g}") if abs(value) > TINY else 0.0


def _of_labels(gold: np.ndarray, said: np.ndarray, confidence: Array) -> dict[str, Measure]:
    """What is not a mean over cases; what needs a confidence only if there is one."""
    right = gold == said
    found: dict[str, Measure] = {
        "macro_f1": lambda drawn: classification.macro_f1(gold[drawn].tolist(), said[drawn].tolist()),
    }
    if "" in said:
        found["abstention_rate"] = Mean((said == "").astype(float))
    if not np.isnan(confidence).any():
        found["calibration_error"] = lambda drawn: classification.expected_calibration_error(
            confidence[drawn], right[drawn]
        )
        found["confident_half_accuracy"] = lambda drawn: classification.selective_accuracy(
            confidence[drawn], right[drawn]
        )
    return found


def _with_intervals(measures: Sequence[Measure], places: Rows, seed: int) -> list[tuple[float, Interval]]:
    bounds = bootstrap.intervals(lambda rows: [one(places[rows]) for one in measures], len(places), seed).tolist()
    for place, measure in enumerate(measures):
        if isinstance(measure, Mean) and np.isin(values := measure.of(places), (0, 1)).all() and len(values):
            bounds[place] = bootstrap.wilson(values.sum(), len(values))
    return [
        (rounded(one(places)), (rounded(low), rounded(high))) for one, (low, high) in zip(measures, bounds, strict=True)
    ]
