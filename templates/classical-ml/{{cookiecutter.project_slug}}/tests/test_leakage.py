"""The model is measured without a possible leak, too, and the documents say both."""

import shutil
from contextlib import chdir
from pathlib import Path

import pytest

import toy
from predictor import evaluation, report
from predictor.reporting.markdown import number
from predictor.reporting.metrics import METRICS, read_json, read_report
from predictor.results import TRAINING, EvaluationReport
from toy import Project

SUSPECTED = toy.settings(data={"suspected": ["spent"]})


@pytest.fixture(scope="module")
def folder(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, whose input `spent` is suspected."""
    copy = Path(shutil.copytree(project.folder, tmp_path_factory.mktemp("suspected"), dirs_exist_ok=True))
    with chdir(copy), toy.few_resamples():
        evaluation.evaluate(SUSPECTED)
    return copy


def read(folder: Path) -> EvaluationReport:
    return read_report(folder / METRICS, EvaluationReport)


def test_a_suspected_leak_is_measured_with_and_without(project: Project, folder: Path, tmp_path: Path) -> None:
    """Without it, the scores are those of a project that never had that input."""
    others = {name: one for name, one in SUSPECTED.columns.items() if name != "spent"}
    toy.run(tmp_path, SUSPECTED.model_copy(update={"columns": others}), toy.table())
    measured, plain = read(folder), read(tmp_path)
    assert measured.metrics == read(project.folder).metrics
    without = {one.name: one.value for one in measured.baseline if one.model == "without spent"}
    assert without == pytest.approx({one.name: one.value for one in plain.metrics}, rel=1e-4)
    assert not [one for one in plain.baseline if one.model.startswith("without")]  # it has no such input


def test_both_scores_stand_in_the_documents(folder: Path) -> None:
    measured = read(folder)
    headline = measured.metric(SUSPECTED.training.headline)
    clean = {score.name: score.value for score in measured.baseline if score.model == "without spent"}[headline.name]
    with chdir(folder):
        blocks = report.render(measured, read_json(TRAINING), SUSPECTED)
    assert "**These numbers may be too good**" in blocks["headline"]
    said = f"without it, the model has {headline.label}\n{number(clean)} instead of {number(headline.value)}."
    assert said in blocks["results"]
