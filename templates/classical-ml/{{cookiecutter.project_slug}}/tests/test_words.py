"""Sentences name rows in the words of the settings, or by column and value; only tables name them by an equation."""

from contextlib import chdir

from predictor import report
from predictor.reporting.metrics import METRICS, read_json, read_report
from predictor.results import TRAINING, EvaluationReport
from toy import Project


def test_only_tables_name_a_slice_by_an_equation(project: Project) -> None:
    with chdir(project.folder):
        measured, record = read_report(METRICS, EvaluationReport), read_json(TRAINING)
        worst = measured.slices[0].model_copy(update={"value": -9.0, "ci95": (-9.0, -9.0), "n": 99})
        high = worst.model_copy(update={"value": 9e9, "ci95": (9e9, 9e9)})
        found = high if not measured.metric(worst.metric).higher_is_better else worst
        said = report.render(measured.model_copy(update={"slices": [found]}), record, project.settings)
    assert "on the basic plan" in said["errors"] or "`plan` is" in said["errors"]
    assert " = " not in said["errors"]
    assert f"| {found.name} |" in said["slices"]
