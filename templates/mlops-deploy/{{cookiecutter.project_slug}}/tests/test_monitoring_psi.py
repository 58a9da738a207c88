"""PSI: nothing for the same values, more for others; and what happens after an alarm."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

import toy_parcels as toy
import watched
from service import data
from service.monitoring import psi
from service.training import retrain

MONDAY = pd.Timestamp("2024-04-01").date()


def one(before: Sequence[object], after: Sequence[object]) -> float:
    return float(psi.psi(pd.Series(before), pd.Series(after), pd.Series(["all"] * len(after)))["all"])


@examples(max_examples=50)
@given(st.lists(st.floats(-9, 9), min_size=1, max_size=40))
def test_the_same_values_have_not_moved(values: list[float]) -> None:
    assert one(values, values) == pytest.approx(0)


def test_a_known_value() -> None:
    assert one(["a", "b"] * 50, ["a"] * 75 + ["b"] * 25) == pytest.approx(0.25 * np.log(3))
    assert one(["a"] * 10, ["b"] * 10) > psi.USUAL_BOUND
    assert one([1.0, 2.0, 3.0] * 9, [9.0] * 9) > psi.USUAL_BOUND
    assert one([1.0, 2.0] * 9, [1.0, 2.0, float("nan")] * 6) > psi.USUAL_BOUND  # a gap is a value of its own
    assert one([1.0, 2.0] * 50, [1.0, 2.0] * 49 + [1.0, float("nan")]) < 0.1  # and one gap is a small change


def test_each_week_after_training_is_compared(tmp_path: Path) -> None:
    rows = toy.table().copy()
    rows.loc[rows["sent_on"] >= "2024-04-15", "size"] = "D"
    settings = toy.put(tmp_path, rows)
    weeks = list(psi.weekly(data.rows(settings, tmp_path), settings))
    assert [week["week"] for week in weeks] == sorted(week["week"] for week in weeks)
    assert {week["input"] for week in weeks if week["week"] >= "2024-04-15"} == {"size"}
    assert [week["reference"] for week in weeks if week["week"] in ("2024-04-01", "2024-04-22")] == [True, False]


def test_a_week_with_few_rows_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = toy.put(tmp_path)
    rows = data.rows(settings, tmp_path)
    first = str(MONDAY)
    count = int(rows["sent_on"].between(first, "2024-04-07").sum())
    for least, told in ((count, True), (count + 1, False)):
        monkeypatch.setattr(psi, "LEAST_ROWS", least)
        assert (first in [week["week"] for week in psi.weekly(rows, settings)]) == told


def test_the_best_candidate_is_proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = toy.put(tmp_path)
    monkeypatch.chdir(tmp_path)
    watched.install(shelf := watched.Shelf(), monkeypatch)
    found = retrain(settings, MONDAY)
    scores = [metric.value for metric in shelf.kept[0].manifest.metrics if metric.name == "brier"]
    assert found.version == "1"
    assert f"Brier score {scores[0]:.3f}. Release it: make deploy VERSION=1" in found.sentence
    assert shelf.kept[0].manifest.known_until == MONDAY
    compared = shelf.kept[0].manifest.compared
    assert list(compared) == ["logistic", "logistic_log", "boosting"], "so that each change can be told from the others"
    assert min(compared.values()) == compared[shelf.kept[0].manifest.candidate] == scores[0]


def test_a_retraining_that_fails_its_gate_is_not_registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = toy.put(tmp_path, gates=[{"metric": "brier", "max": 0.01}])
    monkeypatch.chdir(tmp_path)
    watched.install(shelf := watched.Shelf(), monkeypatch)
    found = retrain(settings, MONDAY)
    assert found.version is None
    assert not shelf.kept
    assert "Nothing was registered" in found.sentence
    assert "asks for at most 0.01" in found.sentence
