"""`scaffolder new --data` on files as strangers export them, each to a green project that is about them alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from adoption_files import KINDS, NOTES, Kind, put
from projects import ROOT, Lend, Project, generate, pythons, run, scaffolder
from selection import picked
from support import git

from scaffolder.check.examine import check
from scaffolder.results.finding import State
from scaffolder.template import catalog

pytestmark = pytest.mark.template("classical-ml")
RECOMPUTE, PENGUINS = ROOT / "tests/slow/recompute.py", ROOT / "tests/slow/penguins.csv"
WRITE = "from sklearn import datasets as d; d.load_{0}(as_frame=True).frame.to_csv({1!r}, index=False)"
# "customer" is an example in comments and tests of code that is the same for all.
SHIPPED = re.compile(r"telco|telecom|\bIBM\b|modeldata|cardholder|births|tenure", re.IGNORECASE)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that waits for data, whose environment the others borrow."""
    python = list(pythons().values())[-1]
    project = generate(tmp_path_factory.mktemp("adoption"), "classical-ml", python, use_case="own")
    project.make("setup")
    return project


def code_of(project: Project) -> dict[Path, bytes]:
    """What the linters read."""
    found = {path for folder in ("src", "tests") for path in (project.path / folder).rglob("*.py")}
    return {path.relative_to(project.path): path.read_bytes() for path in (*found, project.path / "pyproject.toml")}


def files_with_shipped_words(project: Project) -> list[str]:
    tracked = git(project.path, "ls-files").splitlines()
    return [path for path in tracked if SHIPPED.search((project.path / path).read_bytes().decode("latin-1"))]


def is_about_its_owners_data_alone(project: Project) -> None:
    """No word, number, file or title of the data that come with the template."""
    assert files_with_shipped_words(project) == []
    about = catalog.bundled("classical-ml").config["_use_cases"]
    for one in about.values():
        assert one["project_name"] not in project.read("README.md")
        assert one["description"] not in project.read("README.md")


def every_number_is_recomputed(project: Project) -> None:
    """By scikit-learn, and by code that is not the project's; the check agrees with each that a page shows."""
    assert " numbers are equal" in run(project.path / ".venv/bin/python", RECOMPUTE, cwd=project.path)
    found = {finding.item: finding for finding in check(project.path).findings}
    assert found["evaluation-metrics"].state is State.DONE, found["evaluation-metrics"].evidence


@pytest.mark.long
def test_without_data_each_step_names_the_command(installed: Project) -> None:
    assert "scaffolder adopt --data path/to/file.csv --target column" in installed.make("demo", code=2)
    installed.make("test", "lint")


@pytest.mark.long
@pytest.mark.parametrize("kind", picked([*KINDS, NOTES], 2, "classical-ml"), ids=lambda kind: kind.name)
def test_own_data_from_the_first_command(kind: Kind, installed: Project, lend: Lend, tmp_path: Path) -> None:
    words = [word for key, value in {"target": "missed", **kind.words}.items() for word in (f"--{key}", value)]
    folder = tmp_path / "clinic"
    arguments = [
        "new",
        "classical-ml",
        "no-shows",
        "--data",
        put(kind, tmp_path),
        *words,
        "--yes",
        "--git",
        "-o",
        folder,
    ]
    said = scaffolder(*arguments, code=2 if kind.refused else 0)
    assert kind.says in said
    if kind.refused:
        assert not folder.exists()
        return
    project = lend(folder / "no-shows", installed)
    is_about_its_owners_data_alone(project)
    project.make("demo", "test")
    if code_of(project) != code_of(installed):  # whose linters pass: see above
        project.make("lint")
    every_number_is_recomputed(project)
    for document in ["README.md", "MODEL_CARD.md"]:
        assert project.read(document).count("Not measured yet") == 0
    is_about_its_owners_data_alone(project)


@pytest.mark.long
@pytest.mark.parametrize("name", picked(["iris", "wine", "digits", "penguins"], 1, "classical-ml"))
def test_the_tables_of_the_textbooks(name: str, installed: Project, lend: Lend, tmp_path: Path) -> None:
    """Classes that are numbers, which their owner has to say, and the names of penguins, with XGBoost."""
    if name == "penguins":
        file, words = PENGUINS, ["--target", "species", "--set", "model=xgboost"]
    else:
        file, words = tmp_path / f"{name}.csv", ["--target", "target", "--task", "classification"]
        run(installed.path / ".venv/bin/python", "-c", WRITE.format(name, str(file)), cwd=tmp_path)
    said = scaffolder("new", "classical-ml", name, "--data", file, *words, "--yes", "--git", "-o", tmp_path / "made")
    assert re.search(r"^'(target|species)' is '\w+' in .*%, .*% of them\.$", said, re.MULTILINE)
    project = Project(tmp_path / "made" / name, installed.python)
    if name != "penguins":  # which needs an environment of its own
        lend(project.path, installed)
    project.make("demo", "test", "lint")
    every_number_is_recomputed(project)


@pytest.mark.long
def test_own_data_in_a_project_that_has_run(installed: Project, lend: Lend, tmp_path: Path) -> None:
    project = lend(generate(tmp_path, "classical-ml", installed.python).path, installed)
    project.make("demo")
    readme = project.path / "README.md"
    readme.write_text(re.sub(r"TODO\(problem\).*", "The shop loses 3% a month.", readme.read_text()))
    git(project.path, "add", "--all")
    git(project.path, "commit", "--quiet", "-m", "Work")
    scaffolder("adopt", project.path, "--data", put(KINDS[0], tmp_path), "--target", "missed", "--yes")
    assert 'Before the data changed, it said: "The shop loses 3% a month."' in project.read("README.md")
    assert not (project.path / "reports/metrics.json").exists()
    assert not (project.path / "data/risk.csv.gz").exists()
    project.make("demo", "test")
    assert files_with_shipped_words(project) == ["scaffolder.toml"], (
        "there the checklist finds the words that it looks for"
    )
