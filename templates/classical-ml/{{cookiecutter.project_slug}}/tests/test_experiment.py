"""An experiment is measured on folds of the training rows, beside what is served, and says what is wrong with it."""

import shutil
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
from toy_target import TARGET

AGAIN = "def features(rows):\n    return rows\n"
NOISE = "import pandas as pd\n\n\ndef features(rows):\n    return pd.DataFrame({'same': 1.0}, rows.index)\n"
TEXTS = "def features(rows):\n    return rows.assign(old=rows['age'] > 60, city=rows['city'].str.upper())\n"


@pytest.fixture
def folder(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = Path(shutil.copytree(project.folder, tmp_path / "copy"))
    toy.documents(copy)
    (copy / "experiments").mkdir()
    monkeypatch.chdir(copy)
    monkeypatch.setattr(experiment, "ANSWERS", 2)
    return copy


def put(name: str, text: str) -> None:
    Path("experiments", name).write_text(text, encoding="utf-8")


def measured(name: str) -> dict[str, Any]:
    assert main(["experiment", name.partition(".")[0]]) == 0
    return dict(read_json(RESULTS)[name.partition(".")[0]])


@pytest.mark.usefixtures("folder")
def test_a_change_that_changes_nothing_gains_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    put("again.py", AGAIN)
    found = measured("again.py")
    assert (found["gain"], found["ci95"]) == (0, [0, 0])
    assert "docs/decisions/0001-again.md" in capsys.readouterr().out
    assert "no clear difference" in Path("docs/experiments.md").read_text(encoding="utf-8")
    assert main(["report"]) == 0
    assert "no clear difference" in Path("docs/experiments.md").read_text(encoding="utf-8")


def test_a_model_that_sees_nothing_is_worse_and_no_other_rows_are_used(
    project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("noise.py", NOISE)
    dataset = data.load(project.settings, folder)
    none: Any = None
    monkeypatch.setattr(data, "load", lambda _settings: replace(dataset, validation=none, test=none))
    found = measured("noise.py")
    assert found["ci95"][0] < found["gain"] < 0
    assert found["measured_on"] == "3 folds of 240 training rows"


def test_new_inputs_may_be_texts_and_truth_values(project: Project, folder: Path) -> None:
    put("texts.py", TEXTS)
    rows = data.load(project.settings, folder).train
    table, changed = experiment.with_features(Path("experiments/texts.py"), rows, project.settings)
    assert {name: column.kind for name, column in changed.columns.items() if name in ("age", "old", "city")} == {
        "age": "numeric",
        "old": "categorical",
        "city": "categorical",
    }
    assert set(table["old"]) == {"True", "False"}
    put("self.py", "def features(rows):\n    return rows.rename(columns={'city': 'self'})\n")  # a name of Python's own
    assert "self" in experiment.with_features(Path("experiments/self.py"), rows, project.settings)[0]
    assert {*table["city"].dropna()} == {"AACHEN", "BONN"}
    assert table[TARGET].equals(rows[TARGET])


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
    "empty.py": ("x = 1\n", "experiments/empty.py must define features(rows), which gets the inputs without"),
    "syntax.py": ("def features(:\n", ": SyntaxError"),
    "raises.py": ("def features(rows):\n    return rows['height']\n", "KeyError: 'height'"),
    "none.py": ("def features(rows):\n    pass\n", "and returns a table: "),
    "series.py": ("def features(rows):\n    return rows['age']\n", "and returns a table: "),
    "fewer.py": ("def features(rows):\n    return rows[:9]\n", "must return the same rows"),
    "mean.py": ("def features(rows):\n    return rows.assign(age=rows['age'].mean())\n", "without a look at others"),
    "endless.py": ("def features(rows):\n    return rows.assign(far=rows['age'] / 0)\n", "far inf is not finite"),
    "target.py": (f"def features(rows):\n    return rows.assign({TARGET}=1)\n", f"{TARGET}"),
    "mixed.py": ("def features(rows):\n    return rows.assign(age='old')\n", "age 'old' is not a number"),
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
    put("again.py", AGAIN)
    assert main(["experiment", "agian"]) == 2
    assert capsys.readouterr().err.endswith("there is again.py\n")
