"""The model is measured without a possible leak, too."""

from pathlib import Path

import pytest

import toy
from predictor.reporting.metrics import METRICS, read_report
from predictor.scoring import EvaluationReport
from toy import Project


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
