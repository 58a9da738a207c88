"""The numbers of `reports/metrics.json`, by name and exact."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.card import key
from scaffolder.check.numbers.printed import dictionaries, read_json

PATH = "reports/metrics.json"


class Gate(NamedTuple):
    """A bound on a metric, and whether the run kept it."""

    metric: str
    threshold: Decimal
    passed: bool
    value: Decimal | None
    most: bool  # the threshold is an upper bound

    @property
    def holds(self) -> bool:
        """Whether the gate passed, and its numbers say so too."""
        if self.value is None:
            return self.passed
        return self.passed and (self.value <= self.threshold if self.most else self.value >= self.threshold)


class Measured(NamedTuple):
    """Metrics by normalised name; slices by name and metric, each with its number of rows."""

    metrics: dict[str, Decimal]
    slices: dict[tuple[str, str], Decimal]
    gates: tuple[Gate, ...]


def measured(snapshot: Snapshot) -> Measured | None:
    """What the last run measured; None if there is no readable report."""
    content = read_json(snapshot, PATH)
    if not isinstance(content, dict):
        return None
    metrics = {
        key(str(each.get("name"))): each["value"]
        for each in dictionaries(content.get("metrics"))
        if isinstance(each.get("value"), Decimal)
    }
    slices = {
        (str(each.get("name")), key(str(each.get("metric")))): each["value"]
        for each in dictionaries(content.get("slices"))
        if isinstance(each.get("value"), Decimal)
    }
    gates = (_gate(each, metrics) for each in dictionaries(content.get("gates")))
    return Measured(metrics, slices, tuple(gate for gate in gates if gate))


def _gate(gate: dict[str, Any], metrics: dict[str, Decimal]) -> Gate | None:
    threshold, name = gate.get("threshold"), str(gate.get("metric"))
    if not isinstance(threshold, Decimal):
        return None
    value = gate.get("value")
    value = value if isinstance(value, Decimal) else metrics.get(key(name))
    most = gate.get("bound") == "max" or gate.get("higher_is_better") is False
    if "bound" not in gate and "higher_is_better" not in gate:
        value = None  # nobody says on which side the threshold lies
    return Gate(name, threshold, gate.get("passed") is True, value, most)
