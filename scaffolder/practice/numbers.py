"""The numbers of a project that its questions are about, by the names that stand in braces in `practice.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import FactError
from scaffolder.check.readers.metrics import Gate, Metrics, metrics
from scaffolder.errors import one_line
from scaffolder.portfolio.results import printed, recorded, result

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
        found = metrics(repo)
    except FactError:
        return {}
    return {name: one_line(text) for name, text in _numbers(found) if text} if found else {}


def names_in(text: str) -> set[str]:
    """The names in braces in `text`."""
    return set(_PLACEHOLDER.findall(text))


def filled(text: str, known: Mapping[str, str]) -> str:
    """`text` with the project's numbers in the place of their names, which must all be known."""
    return _PLACEHOLDER.sub(lambda match: known[match[1]], text)


def without_numbers(text: str) -> str:
    """`text` with gaps in the place of the numbers."""
    return _PLACEHOLDER.sub("…", text)


def _numbers(found: Metrics) -> Iterator[tuple[str, str]]:
    metric = found.headline[0] if found.headline else ""
    shown = result(found, metric)
    if shown is None:
        return
    yield from (("metric", shown.metric), ("value", shown.value), ("interval", shown.interval))
    yield from (("rule", shown.rule), ("rule_value", shown.baseline))
    yield from _worst_slice(found)
    if gates := [gate for gate in found.gates if gate.value is not None]:
        narrow = min(gates, key=_room)
        yield from (("gates", str(len(gates))), ("gate_value", printed(narrow.threshold)))
        yield "gated_value", printed(narrow.value or narrow.threshold)


def _worst_slice(found: Metrics) -> Iterator[tuple[str, str]]:
    slices = [each for each in found.slices if each.label and each.n]
    sliced = {each.metric for each in slices}
    metric = next((name for name in found.headline if name in sliced), "")
    shown, record = result(found, metric), recorded(found, metric)
    if shown is None or record is None:
        return
    worst = (min if record.get("higher_is_better") else max)(
        (each for each in slices if each.metric == metric), key=lambda each: each.value
    )
    yield from (("slice_metric", shown.metric), ("slice", worst.label.replace("&lt;", "<")))
    yield from (("slice_value", printed(worst.value)), ("slice_rows", f"{worst.n:,}"))


def _room(gate: Gate) -> float:
    """The distance of a gate's value from its bound, as a part of the larger of the two."""
    value, bound = float(gate.value or 0), float(gate.threshold)
    return abs(value - bound) / max(abs(value), abs(bound), 1e-9)
