"""The bounds in settings.toml beside those that the last run was held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from scaffolder.check.numbers.card import key
from scaffolder.check.numbers.measured import Gate, Measured
from scaffolder.check.readers.numbers import decimal

Bound = tuple[str, bool]  # a metric's normalised name, and whether the bound is an upper one


def loosened(measured: Measured, settings: Mapping[str, Any]) -> Iterator[str]:
    """Where the settings ask less than the report says was asked, or more than was measured."""
    if not settings:
        return
    bounds = dict(_bounds(settings.get("gates")))
    for gate in measured.gates:
        stated = bounds.get((key(gate.metric), gate.most))
        if stated is None:
            if key(gate.metric) in measured.metrics and gate.value is not None:
                yield f"the gate on {gate.metric} at {gate.threshold} is gone, and the run was held to it"
        elif _is_looser(stated, gate):
            yield f"the gate on {gate.metric} is {stated}, and the run was held to {gate.threshold}"
        elif gate.value is not None and not gate._replace(threshold=stated, passed=True).holds:
            yield f"the gate on {gate.metric} is {stated}, and the run measured {gate.value}"


def _is_looser(stated: Decimal, gate: Gate) -> bool:
    return stated > gate.threshold if gate.most else stated < gate.threshold


def _bounds(gates: object) -> Iterator[tuple[Bound, Decimal]]:
    for gate in gates if isinstance(gates, list) else ():
        for name, most in (("min", False), ("max", True)) if isinstance(gate, dict) else ():
            if (number := decimal(gate.get(name))) is not None:
                yield (key(str(gate.get("metric"))), most), number
