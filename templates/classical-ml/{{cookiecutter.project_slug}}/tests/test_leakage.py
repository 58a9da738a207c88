"""Columns that only number the rows are known, and the model is measured without a possible leak."""

from pathlib import Path

import pandas as pd
import pytest

import toy
from predictor.reporting.metrics import METRICS, read_report
from predictor.scoring import EvaluationReport
from predictor.validation import numbers_rows
from toy import Project


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


def test_a_suspected_leak_is_measured_with_and_without(project: Project, tmp_path: Path) -> None:
    """Without it, the scores are those of a project that never had that input."""
    chosen = toy.settings(data={"suspected": ["spent"]})
    others = {name: one for name, one in chosen.columns.items() if name != "spent"}
    other = chosen.model_copy(update={"columns": others})
    for folder, one in (("with", chosen), ("never", other)):
        toy.run(tmp_path / folder, one, toy.table())
    measured, plain = (read_report(tmp_path / one / METRICS, EvaluationReport) for one in ("with", "never"))
    assert measured.metrics == read_report(project.folder / METRICS, EvaluationReport).metrics
    without = {one.name: one.value for one in measured.baseline if one.model == "without spent"}
    assert without == pytest.approx({one.name: one.value for one in plain.metrics}, rel=1e-4)
    assert not [one for one in plain.baseline if one.model.startswith("without")]  # it has no such input
