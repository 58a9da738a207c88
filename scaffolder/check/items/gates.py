"""The bounds that a run was held to, and those that are stated now."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from scaffolder.check.engine.finding import Evidence
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.metric_names import canonical
from scaffolder.check.readers.metrics import PATH, Gate, metrics
from scaffolder.check.readers.numbers import decimal
from scaffolder.check.readers.toml import settings
from scaffolder.check.readers.values import records

SETTINGS = "settings.toml"


def failed_gates(repo: Repository) -> tuple[Evidence, ...]:
    """The gates that the last run did not keep."""
    measured = metrics(repo)
    return tuple(
        Evidence(f"the gate on {gate.metric} does not hold at {gate.threshold}", PATH)
        for gate in (measured.gates if measured else ())
        if not (gate.passed and gate.holds())
    )


def loosened_gates(repo: Repository) -> tuple[Evidence, ...]:
    """The gates of the last run that settings.toml lacks, has loosened, or has tightened beyond what was measured."""
    measured, stated = metrics(repo), settings(repo)
    if measured is None or not stated:
        return ()
    bounds = dict(_bounds(stated.get("gates")))
    names = {entry.metric for entry in measured.scores}
    found = (fact for gate in measured.gates for fact in _unlike(gate, bounds, names))
    return tuple(Evidence(fact, SETTINGS) for fact in found)


def _unlike(gate: Gate, bounds: dict[tuple[str, bool], Decimal], names: set[str]) -> Iterator[str]:
    if gate.most is None:
        return
    stated = bounds.get((gate.metric, gate.most))
    if stated is None:
        if gate.metric in names:
            yield f"the gate on {gate.metric} at {gate.threshold} is gone, and the run was held to it"
    elif stated > gate.threshold if gate.most else stated < gate.threshold:
        yield f"the gate on {gate.metric} is {stated}, and the run was held to {gate.threshold}"
    elif not gate.holds(stated):
        yield f"the gate on {gate.metric} is {stated}, and the run measured {gate.value}"


def _bounds(gates: object) -> Iterator[tuple[tuple[str, bool], Decimal]]:
    """The stated bounds by (metric, whether it is an upper bound); one in a table `metric = bound` counts as both."""
    if isinstance(gates, dict):
        stated = ((canonical(name), number) for name, value in gates.items() if (number := decimal(value)) is not None)
        yield from (((name, most), number) for name, number in stated for most in (False, True))
    for gate in records(gates):
        for name, most in (("min", False), ("max", True)):
            if (number := decimal(gate.get(name))) is not None:
                yield (canonical(str(gate.get("metric"))), most), number
