"""Rows that depend on each other count as one, and a bound for what has no value is not kept."""

from __future__ import annotations

import pandas as pd
import pytest

import toy
from predictor import scoring
from predictor.model import read_manifest
from predictor.results import Gain
from predictor.settings import SettingsError
from toy import Project

ROWS = pd.DataFrame({"customer": ["b", "b", "a", "c", "a"]})


def test_rows_of_one_cluster_depend_on_each_other() -> None:
    found = scoring.dependent_rows(ROWS, toy.task(data={"cluster": "customer"}))
    assert found is not None
    assert found.tolist() == [0, 0, 1, 2, 1]
    assert scoring.dependent_rows(ROWS, toy.task(data={"time": None})) is None


def test_a_bound_for_what_has_no_value_is_not_kept_and_one_for_no_score_is_refused(project: Project) -> None:
    bounded = toy.task(gates={"expected_cost": 0.1})
    outcome = read_manifest(project.folder / "artifacts").outcome
    scores = bounded.all_scores(outcome)
    gain = Gain(metric="expected_cost", versus="simple rule", value=0, ci95=(0, 0))
    (gate,) = scoring.check_gates([], scores, gain, bounded)
    assert (gate.metric, gate.passed, gate.value) == ("expected_cost", False, None)
    with pytest.raises(SettingsError, match="'beauty' is not measured; choose from "):
        scoring.check_gates([], scores, gain, toy.task(gates={"beauty": 1}))
