"""The numbers of a project that its questions are about, by the names that stand in braces in `practice.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import FactError
from scaffolder.check.readers.metrics import Metrics, metrics
from scaffolder.errors import one_line
from scaffolder.portfolio.results import printed, result

NAMES = {
    "metric": "the metric that the project is judged by first",
    "value": "its value",
    "interval": "its 95% interval",
    "rule": "the best baseline by this metric",
    "rule_value": "the value of that baseline",
    "slice_metric": "the first of the main metrics that was measured on slices",
    "slice": "the slice with the worst value of that metric",
    "slice_value": "the value of that slice",
    "slice_rows": "the number of rows of that slice",
    "gates": "the number of gates",
    "gate_value": "the bound of the gate that is kept most narrowly",
    "gated_value": "the value that this gate looks at",
}
_PLACEHOLDER = re.compile(r"\{([a-z_]{1,40})\}")


def numbers(repo: Repository) -> Mapping[str, str]:
    """The names of `NAMES` that this project has measured, ready to print; none if its report cannot be read."""
    try:
        report = metrics(repo)
    except FactError:
        return {}
    shown = result(report, report.headline[0]) if report and report.headline else None
    if report is None or shown is None:
        return {}
    known = {"metric": shown.metric, "value": shown.value, "interval": shown.interval}
    known |= {"rule": shown.rule, "rule_value": shown.baseline, **_worst_slice(report)}
    if gates := [(gate.value, gate.threshold) for gate in report.gates if gate.value is not None]:
        value, bound = min(gates, key=lambda gate: _room(*map(float, gate)))
        known |= {"gates": str(len(gates)), "gate_value": printed(bound), "gated_value": printed(value)}
    return {name: one_line(text) for name, text in known.items() if text}


def names_in(text: str) -> set[str]:
    """The names in braces in `text`."""
    return set(_PLACEHOLDER.findall(text))


def filled(text: str, known: Mapping[str, str]) -> str:
    """`text` with the project's numbers in the place of their names, which must all be known."""
    return _PLACEHOLDER.sub(lambda match: known[match[1]], text)


def _worst_slice(report: Metrics) -> dict[str, str]:
    slices = [each for each in report.slices if each.label and each.n]
    metric = next((name for name in report.headline if name in {each.metric for each in slices}), "")
    shown, score = result(report, metric), report.score(metric)
    if shown is None or score is None:
        return {}
    least_good = min if score.higher_is_better else max
    worst = least_good((each for each in slices if each.metric == metric), key=lambda each: each.value)
    named = {"slice_metric": shown.metric, "slice": worst.label.replace("&lt;", "<")}
    return {**named, "slice_value": printed(worst.value), "slice_rows": f"{worst.n:,}"}


def _room(value: float, bound: float) -> float:
    """The distance of a gate's value from its bound, as a part of the larger of the two."""
    return abs(value - bound) / max(abs(value), abs(bound), 1e-9)
