"""Bounds in settings.toml beside the bounds that a run was held to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.gates import loosened
from scaffolder.check.numbers.measured import measured

REPORT = {
    "metrics": [{"name": "roc_auc", "value": 0.85}, {"name": "brier", "value": 0.13}],
    "gates": [
        {"metric": "roc_auc", "threshold": 0.8, "passed": True, "value": 0.85, "bound": "min"},
        {"metric": "brier", "threshold": 0.16, "passed": True, "value": 0.13, "bound": "max"},
        {"metric": "roc_auc gain over average rate", "threshold": 0, "passed": True, "value": 0.3, "bound": "min"},
    ],
}


@pytest.mark.parametrize(
    ("gates", "problems"),
    [
        ([{"metric": "roc_auc", "min": 0.8}, {"metric": "brier", "max": 0.16}], 0),
        ([{"metric": "roc_auc", "min": 0.82}, {"metric": "brier", "max": 0.14}], 0),
        ([{"metric": "roc_auc", "min": 0.5}, {"metric": "brier", "max": 0.16}], 1),
        ([{"metric": "roc_auc", "min": 0.8}, {"metric": "brier", "max": 0.3}], 1),
        ([{"metric": "roc_auc", "min": 0.9}, {"metric": "brier", "max": 0.16}], 1),
        ([{"metric": "roc_auc", "min": 0.8}], 1),
        ([], 2),
        ("none", 2),
        ([3, {"min": "x"}], 2),
    ],
)
def test_gates_in_the_settings(gates: Any, problems: int) -> None:
    found = measured(Snapshot.of_files({"reports/metrics.json": json.dumps(REPORT).encode()}))
    assert found
    assert len(list(loosened(found, {"gates": gates}))) == problems
    assert list(loosened(found, {})) == []
