"""A class of starters: `cohort new --starter`, cohort.toml, and `cohort update`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from mini import template
from support import Outcome, git

from scaffolder.cohort import course, home

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
STUDENTS = ("ada", "bob", "cy", "dee", "eve", "fay")  # so many that they share a pack
SHARES = "src/pkg/shares.py"


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The folder of the small template, and a roster beside it."""
    (tmp_path / "roster.csv").write_text("\n".join(["id", *STUDENTS, ""]))
    return template(tmp_path / "kit").folder


def shown(repository: Path, path: str) -> str:
    return git(repository, "show", f"main:{path}")


def test_each_student_gets_the_starter_that_new_makes(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    made = scaffolder("cohort", "new", "roster.csv", "-t", kit, "--starter", "share", "-o", "class")
    assert made.code == 0, made.err
    assert scaffolder("new", kit, "alone", "--yes", "--git", "--starter", "share").code == 0
    for student in STUDENTS:
        repository = home.repository(tmp_path / "class", student, "kit")
        assert shown(repository, SHARES) == shown(tmp_path / "alone", SHARES)
        assert "exercise share" in shown(repository, SHARES)
        assert json.loads(shown(repository, ".scaffolder.json"))["exercises"] == {
            "share": ["share", "_rounded", "NEAR"]
        }
    assert course.read((tmp_path / "class/cohort.toml").read_text()).projects[0].starter == "share"


def test_an_update_keeps_the_starter(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text(f'[[projects]]\ntemplate = "{kit}"\nstarter = "all"\n')
    assert scaffolder("cohort", "new", "course.toml", "-o", "class").code == 0
    readme = next(kit.glob("*/README.md"))
    readme.write_text(readme.read_text() + "\nA new sentence.\n")
    updated = scaffolder("cohort", "update", "class")
    assert updated.code == 0, updated.err
    repository = home.repository(tmp_path / "class", "ada", "kit")
    tip = git(repository, "for-each-ref", "--format=%(refname)", "refs/heads").splitlines()
    assert all("exercise share" in git(repository, "show", f"{name}:{SHARES}") for name in tip)
    assert "A new sentence." in git(repository, "show", "scaffold:README.md")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["roster.csv", "-t", "kit", "--starter", "nope"], "There is no exercise 'nope'"),
        (["roster.csv", "-t", "bare", "--starter", "core"], "has no exercises"),
        (["course.toml"], "starter: it must be a text of one line"),
        (["cohort.toml", "--starter", "core"], "leave out --template, --set, --starter"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    kit: Path, scaffolder: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    bare = tmp_path / "bare/{{ cookiecutter.project_slug }}"
    bare.mkdir(parents=True)
    (tmp_path / "bare/cookiecutter.json").write_text('{"project_slug": "bare"}')
    (tmp_path / "course.toml").write_text(f'[[projects]]\ntemplate = "{kit}"\nstarter = ["share"]\n')
    (tmp_path / "cohort.toml").write_text(f'[[projects]]\ntemplate = "{kit}"\n')
    arguments = [f"./{each}" if each in ("kit", "bare") else each for each in arguments]
    refused = scaffolder("cohort", "new", *arguments, "-o", "class")
    assert refused.code == 2
    assert said in refused.err
    assert not (tmp_path / "class").exists()


def with_column(folder: Path, **values: str) -> str:
    """A roster in which some students have a `starter` of their own."""
    rows = [f'{name},"{values.get(name, "")}"' for name in STUDENTS]
    (folder / "roster.csv").write_text("\n".join(["id,starter", *rows, ""]))
    return "roster.csv"


def exercises(cohort: Path, student: str) -> list[str]:
    return list(json.loads(shown(home.repository(cohort, student, "kit"), ".scaffolder.json")).get("exercises", ()))


def test_a_column_of_the_roster_goes_before_the_course(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    listed = with_column(tmp_path, bob="none", cy="all", dee="every", eve="every, share")
    made = scaffolder("cohort", "new", listed, "-t", kit, "--starter", "core", "-o", "class")
    assert made.code == 0, made.err
    given = {student: exercises(tmp_path / "class", student) for student in STUDENTS}
    assert given == {
        "ada": ["share"],
        "bob": [],
        "cy": ["share", "every"],
        "dee": ["every"],
        "eve": ["share", "every"],
        "fay": ["share"],
    }
    readme = next(kit.glob("*/README.md"))
    readme.write_text(readme.read_text() + "\nA new sentence.\n")
    assert scaffolder("cohort", "update", "class").code == 0
    assert {student: exercises(tmp_path / "class", student) for student in STUDENTS} == given
    bare = home.repository(tmp_path / "class", "bob", "kit")
    assert "exercise" not in shown(bare, SHARES)
    assert "A new sentence." in shown(bare, "README.md")
    works = json.loads(scaffolder("cohort", "report", "class", "--json").out)["works"]
    assert {one["student"]: one["starter"] for one in works} == {
        student: ", ".join(ids) for student, ids in given.items()
    }
    page = (tmp_path / "class/report.html").read_text()
    assert page.count("Made as a starter with the exercises share.") == 2
    assert page.count("Made as a starter") == 5


def test_another_value_later_changes_no_repository_and_is_told(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    made = scaffolder("cohort", "new", with_column(tmp_path, ada="share"), "-t", kit, "-o", "class")
    assert made.code == 0, made.err
    before = git(home.repository(tmp_path / "class", "ada", "kit"), "rev-parse", "main")
    again = scaffolder("cohort", "new", with_column(tmp_path, ada="all", bob="all", cy="none"), "-o", "class")
    assert again.code == 0, again.err
    assert "ada: another value in starter" in again.err
    assert "keep the exercises that they were made with, in brackets: ada/kit (share), bob/kit (none)." in again.err
    assert git(home.repository(tmp_path / "class", "ada", "kit"), "rev-parse", "main") == before
    found = json.loads(scaffolder("cohort", "new", "class", "--json").out)
    assert [one["student"] for one in found["other_starter"]] == ["ada", "bob"]


def test_a_wrong_value_is_refused_with_its_row(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    listed = with_column(tmp_path, bob="shore", cy="shared", dee="share;every")
    refused = scaffolder("cohort", "new", listed, "-t", kit, "-o", "class")
    assert refused.code == 2
    assert "row 3, column 'starter': There is no exercise 'shore': did you mean 'share'?" in refused.err
    assert "row 4, column 'starter'" in refused.err
    assert "row 5" not in refused.err
    assert not (tmp_path / "class").exists()


def test_of_several_projects_each_takes_its_part(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    bare = tmp_path / "bare/{{ cookiecutter.project_slug }}"
    bare.mkdir(parents=True)
    (bare / "README.md").write_text("# Bare\n")
    (tmp_path / "bare/cookiecutter.json").write_text('{"project_slug": "bare"}')
    listed = with_column(tmp_path, ada="share", bob="core")
    made = scaffolder("cohort", "new", listed, "-t", kit, "-t", "./bare", "-o", "class")
    assert made.code == 0, made.err
    assert [exercises(tmp_path / "class", student) for student in ("ada", "bob", "cy")] == [["share"], ["share"], []]
    record = shown(home.repository(tmp_path / "class", "ada", "bare"), ".scaffolder.json")
    assert "exercises" not in json.loads(record)
