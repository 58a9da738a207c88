"""What a column alone tells about the answers, which columns only number the rows, and what a model has without one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toy
from predictor.leakage import alone, numbers_rows
from predictor.reporting.metrics import METRICS, read_report
from predictor.scoring import EvaluationReport
from toy import Project


def test_what_is_measured_agrees_with_what_the_column_knows() -> None:
    random = np.random.default_rng(0)
    number, event = random.normal(size=2_000), np.tile([0.0, 1.0], 1_000)
    noise = pd.Series(random.normal(size=2_000))
    assert alone(pd.Series(number.round(2)), number, classes=False) > 0.99
    assert alone(number + noise, number, classes=False) < 0.9
    assert abs(alone(noise, event, classes=True) - 0.5) < 0.1
    assert 0.6 < alone(noise + event, event, classes=True) < 0.9


def test_text_tells_as_much_as_numbers() -> None:
    event = np.tile([0.0, 1.0, 1.0], 100)
    assert alone(pd.Series(np.where(event == 1, "yes", "no")), event, classes=True) == 1


def test_the_rows_are_shuffled_before_they_are_divided() -> None:
    event = np.repeat([0.0, 1.0, 2.0], 40)  # in order, no part would have seen the answers of another
    assert alone(pd.Series(event), event, classes=False) > 0.99


def test_of_too_few_of_a_class_nothing_is_told() -> None:
    assert alone(pd.Series(range(30)), np.array([1.0] * 2 + [0.0] * 28), classes=True) == 0.5
    assert alone(pd.Series(range(30)), np.array([1.0] * 3 + [0.0] * 27), classes=True) != 0.5


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        ([3, 4, 6, 7], True),  # they rise
        ([7, 3, 6, 4], True),  # few gaps
        ([90, 3, 60, 40], False),
        ([90, 3, 60, 40] * 2, False),
        ([1.5, 2, 3, 4], False),
        ([1, 2, 3, None], False),
        (["1", "2", "3"], False),
    ],
)
def test_whole_numbers_that_only_number_the_rows(values: list[object], numbers: bool) -> None:
    assert numbers_rows(pd.Series(values)) is numbers


@pytest.mark.parametrize(("count", "numbers"), [(1_000, True), (999, False)])
def test_so_many_measured_numbers_would_repeat(count: int, numbers: bool) -> None:
    values = pd.Series(range(count)) * 1_000
    assert numbers_rows(values.sample(frac=1, random_state=0)) is numbers


def test_a_suspected_leak_is_measured_with_and_without(leavers: Project, tmp_path: Path) -> None:
    """Without it, the scores are those of a project that never had that input."""
    chosen = toy.settings(data={"suspected": ["spent"]})
    other = chosen.model_copy(update={"columns": {name: chosen.columns[name] for name in ("age", "plan", "city")}})
    for folder, one in (("with", chosen), ("never", other)):
        toy.run("leavers", tmp_path / folder, one, toy.leavers())
    measured, plain = (read_report(tmp_path / one / METRICS, EvaluationReport) for one in ("with", "never"))
    assert measured.metrics == read_report(leavers.folder / METRICS, EvaluationReport).metrics
    without = {one.name: one.value for one in measured.baseline if one.model == "without spent"}
    assert without == pytest.approx({one.name: one.value for one in plain.metrics}, rel=1e-4)
    assert not [one for one in plain.baseline if one.model.startswith("without")]  # it has no such input
