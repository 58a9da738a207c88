"""The model is measured without a possible leak, too, and the documents say both until it is settled."""

import shutil
from contextlib import chdir
from pathlib import Path

import pytest

import toy
from predictor import evaluation, report
from predictor.model import ARTIFACTS, load_model
from predictor.reporting.markdown import number
from predictor.reporting.metrics import METRICS, read_report
from predictor.results import EvaluationReport
from predictor.serving.page import render_page
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


def test_both_scores_stand_in_the_documents_until_it_is_settled(project: Project, folder: Path, tmp_path: Path) -> None:
    measured, name = read(folder), SUSPECTED.training.headline
    theirs = next(one.value for one in measured.baseline if (one.model, one.name) == ("without spent", name))
    ours = measured.metric(name).value
    said = f"without it, the model has {measured.title(name)}\n{number(theirs)} instead of {number(ours)}."
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    toy.documents(tmp_path)
    for chosen, source in ((SUSPECTED, folder), (project.settings, project.folder)):
        shutil.copy(source / METRICS, tmp_path / METRICS)
        with chdir(tmp_path):
            report.write(chosen)
        suspected = chosen == SUSPECTED
        for document in ("README.md", "MODEL_CARD.md"):
            text = (tmp_path / document).read_text(encoding="utf-8")
            assert ("**These numbers may be too good**" in text) == (document == "README.md" and suspected)
            found = ["**A leak is suspected**" in text, said in text, "| without spent |" in text]
            assert found == [suspected] * 3


def test_the_page_says_it_beside_the_scores(project: Project, folder: Path) -> None:
    for place in (folder, project.folder):
        page = render_page(load_model(place / ARTIFACTS).manifest, site=True)
        assert ("These numbers may be too good: spent may give the answer away." in page) == (place == folder)
