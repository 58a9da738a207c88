"""An experiment is measured on folds of the training cases, beside what is served, and says what is wrong with it."""

import json
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from capstone import data, experiment
from capstone.__main__ import main
from capstone.settings import Settings
from toy_project import ROOT

SHUFFLED = """

right = features


def features(cases):
    return right(cases.sample(frac=1, random_state=0)).set_axis(cases.index)
"""


@pytest.fixture(autouse=True)
def folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (project / "docs").mkdir()
    (project / "experiments").mkdir()
    shutil.copy(ROOT / "docs/experiments.md", project / "docs/experiments.md")
    monkeypatch.setattr(experiment, "FOLDS", 2)
    return project


def measured(name: str, text: str) -> dict[str, Any]:
    path = Path("experiments", name)
    path.write_text(text, encoding="utf-8")
    assert main(["experiment", path.stem]) == 0
    found: dict[str, Any] = json.loads(Path("reports/experiments.json").read_text(encoding="utf-8"))
    return found[path.stem]  # type: ignore[no-any-return]


def repository() -> None:
    """The code of the project in a repository, since two commits are compared."""
    shutil.copytree(ROOT / "src", "src", ignore=shutil.ignore_patterns("__pycache__"))
    git("init", "-q")
    git("add", "src")
    git("commit", "-qm", "As it is")


def git(*arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True)


def test_code_that_changes_nothing_gains_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(experiment, "FOLDS", 5)  # as the code of the other commit has it, in a process of its own
    repository()
    Path("src/capstone/note.py").write_text("", encoding="utf-8")
    assert main(["experiment", "same", "--base", "HEAD"]) == 2
    assert "commit what has changed in src/" in capsys.readouterr().err
    git("add", "src")
    git("commit", "-qm", "A file that nobody uses")
    assert main(["experiment", "same", "--base", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert main(["experiment", "same", "--base", "HEAD~1"]) == 0
    found = json.loads(Path("reports/experiments.json").read_text(encoding="utf-8"))["same"]
    assert (found["gain"], found["ci95"]) == (0, [0, 0])
    assert "src/capstone/note.py" in Path("experiments/same.diff").read_text(encoding="utf-8")
    assert "docs/decisions/0001-same.md" in capsys.readouterr().out
    assert "no clear difference" in Path("docs/experiments.md").read_text(encoding="utf-8")


def test_code_that_knows_less_was_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiment, "FOLDS", 5)
    repository()
    path = Path("src/capstone/domain.py")
    path.write_text(path.read_text(encoding="utf-8") + SHUFFLED, encoding="utf-8")
    git("commit", "-qam", "Inputs of other cases")
    assert main(["experiment", "order", "--base", "HEAD"]) == 0
    found = json.loads(Path("reports/experiments.json").read_text(encoding="utf-8"))["order"]
    served, tried = next(iter(found["measures"].values()))
    assert 0 < found["gain"] == pytest.approx(abs(tried - served), rel=1e-3)


def test_another_bound_is_judged_by_what_is_accepted() -> None:
    measures = measured("none.toml", "[policy]\nmost_risk = 0.000001\n")["measures"]
    before, after = measures["Answered without a person, mean of the folds"]
    assert before >= after == 0


def test_both_are_judged_at_the_new_prices() -> None:
    found = measured("dear.toml", '[cost]\nreading = 7\ncurrency = "hours"\n')
    assert found["measured_on"].endswith("training cases, at the new prices")
    measures = found["measures"]
    (name,) = [name for name in measures if name.startswith("Cost per ") and "with its people" in name]
    assert "hours, mean of the folds" in name
    assert all(cost > 0 for cost in measures[name])


def test_no_case_is_scored_by_a_model_that_has_seen_it(settings: Settings) -> None:
    train = data.load(settings).train
    folds = experiment.make_folds(train, settings)
    assert len(folds) == experiment.FOLDS
    for parts in folds:
        assert all(len(part) for part in parts)
        assert sum(map(len, parts)) == len({case for part in parts for case in part})
        if time := settings.data.time:
            times = [train.frame.loc[part, time] for part in parts]
            assert all(before.max() <= after.min() for before, after in pairwise(times))
            continue
        fit, calibrate, _ = (train.frame.index.get_indexer(part) for part in parts)
        assert min(calibrate) < max(fit)  # drawn, since the file may be in the order of the answers
        if group := settings.data.group:
            groups = [{*train.frame.loc[part, group]} for part in parts]
            assert not groups[2] & (groups[0] | groups[1])


WRONG = {
    "broken.toml": ("[policy", "experiments/broken.toml is not valid TOML"),
    "unknown.toml": ("[policy]\nmost_risks = 1", "experiments/unknown.toml: policy.most_risks: Extra inputs"),
    "seed.toml": ("[training]\nseed = 2", "must change columns, cost, policy, and nothing else"),
    "nothing.toml": ("", "age = false under [columns] leaves the input age out"),
    "absent.toml": ('[columns]\nheight = "numeric"', "experiments/absent.toml must define inputs that fit the data: "),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_measured_is_said_in_one_sentence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text, sentence = WRONG[name]
    Path("experiments", name).write_text(text, encoding="utf-8")
    before = Path("docs/experiments.md").read_bytes()
    assert main(["experiment", name.partition(".")[0]]) == 2
    said = capsys.readouterr().err
    assert said.startswith("Error: ")
    assert sentence in said
    assert said.count("\n") == 1
    assert not Path("reports/experiments.json").exists()
    assert not Path("docs/decisions").exists()
    assert Path("docs/experiments.md").read_bytes() == before
