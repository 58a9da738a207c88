"""An experiment is measured on folds of the training rows, beside what is served, and says what is wrong with it."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import toy
from predictor import data, experiment
from predictor.__main__ import main
from predictor.reporting.experiments import RESULTS
from predictor.reporting.metrics import read_json
from toy import Project


@pytest.fixture
def folder(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = Path(shutil.copytree(project.folder, tmp_path / "copy"))
    toy.documents(copy)
    (copy / "experiments").mkdir()
    monkeypatch.chdir(copy)
    return copy


def put(name: str, text: str) -> None:
    Path("experiments", name).write_text(text, encoding="utf-8")


def measured(name: str) -> dict[str, Any]:
    assert main(["experiment", name.partition(".")[0]]) == 0
    return dict(read_json(RESULTS)[name.partition(".")[0]])


@pytest.mark.usefixtures("folder")
def test_code_that_changes_nothing_gains_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(toy.ROOT / "src", "src", ignore=shutil.ignore_patterns("__pycache__"))
    git("init", "-q")
    git("add", "src")
    git("commit", "-qm", "As it is")
    Path("src/predictor/note.py").write_text("", encoding="utf-8")
    assert main(["experiment", "same", "--base", "HEAD"]) == 2
    assert "commit what has changed in src/" in capsys.readouterr().err
    git("add", "src")
    git("commit", "-qm", "A file that nobody uses")
    assert main(["experiment", "same", "--base", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert main(["experiment", "same", "--base", "HEAD~1"]) == 0
    found = read_json(RESULTS)["same"]
    assert (found["gain"], found["ci95"]) == (0, [0, 0])
    assert "src/predictor/note.py" in Path("experiments/same.diff").read_text(encoding="utf-8")
    assert "docs/decisions/0001-same.md" in capsys.readouterr().out
    assert main(["report"]) == 0
    assert "no clear difference" in Path("docs/experiments.md").read_text(encoding="utf-8")


def git(*arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True)


def test_a_model_that_sees_little_is_worse_and_no_other_rows_are_used(
    project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_out = [name for name in project.settings.columns if name != "city"]
    put("noise.toml", "[columns]\n" + "".join(f"{name} = false\n" for name in left_out))
    dataset = data.load(project.settings, folder)
    none: Any = None
    monkeypatch.setattr(data, "load", lambda _settings: replace(dataset, validation=none, test=none))
    found = measured("noise.toml")
    assert found["ci95"][0] < found["gain"] < 0
    assert found["measured_on"] == "3 folds of 240 training rows"


def test_settings_can_leave_out_an_input(project: Project, folder: Path) -> None:
    put("without.toml", "[columns]\nage = false\n")
    rows = data.load(project.settings, folder).train
    _, changed = experiment.with_settings(Path("experiments/without.toml"), rows, project.settings)
    assert [*changed.columns] == [name for name in project.settings.columns if name != "age"]


def test_settings_can_be_changed_and_other_columns_added(project: Project, folder: Path) -> None:
    put("fewer.toml", '[training]\nsearch_iterations = 1\n[columns]\nregion = "categorical"\n')
    rows = data.load(project.settings, folder).train
    table, changed = experiment.with_settings(Path("experiments/fewer.toml"), rows, project.settings)
    assert changed.training.search_iterations == 1
    assert changed.training.folds == project.settings.training.folds
    assert [*changed.columns] == [*project.settings.columns, "region"]
    assert [*table.index] == [*rows.index]


WRONG = {
    "broken.toml": ("[training", "experiments/broken.toml is not valid TOML"),
    "unknown.toml": ("[training]\nserch = 1", "experiments/unknown.toml: training.serch: Extra inputs"),
    "folds.toml": ("[training]\nfolds = 2", "must change [columns] or search_iterations under"),
    "nothing.toml": ("", "age = false under [columns] leaves the input age out"),
    "absent.toml": ('[columns]\nheight = "numeric"', "experiments/absent.toml must define inputs that fit the data: "),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_measured_is_said_in_one_sentence(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, sentence = WRONG[name]
    put(name, text)
    before = Path("docs/experiments.md").read_bytes()
    assert main(["experiment", name.partition(".")[0]]) == 2
    said = capsys.readouterr().err
    assert said.startswith("Error: ")
    assert sentence in said
    assert said.count("\n") == 1
    assert not (folder / RESULTS).exists()
    assert not (folder / "docs/decisions").exists()
    assert Path("docs/experiments.md").read_bytes() == before


@pytest.mark.usefixtures("folder")
def test_an_unknown_name_lists_those_that_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    put("again.toml", "")
    assert main(["experiment", "agian"]) == 2
    assert capsys.readouterr().err.endswith("there is again.toml\n")
