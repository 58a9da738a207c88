"""A teacher hands each student's project its data: one table for all, or one for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support import Outcome, git, make_template
from test_projects import CONFIG, FILES, edit, visits

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
COURSE = """roster = "roster.csv"

[[projects]]
template = "../kit"
name = "shift"

[projects.data]
path = "{path}"
target = "missed"
about = {{row = "visit"}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_template(tmp_path / "kit", {**CONFIG, "project_slug": "shift"}, FILES)
    (tmp_path / "class").mkdir()
    (tmp_path / "class/roster.csv").write_text("id\nada\ngrace\n")
    return tmp_path / "class"


def course(folder: Path, path: str) -> None:
    (folder / "cohort.toml").write_text(COURSE.format(path=path))


def shown(folder: Path, student: str, path: str) -> str:
    return git(folder / f"repositories/{student}/shift.git", "show", f"main:{path}")


def test_one_table_for_all(folder: Path, scaffolder: Run) -> None:
    visits(folder.parent)
    course(folder, "../visits.csv")
    done = scaffolder("cohort", "new", folder)
    assert done.code == 0, done.err
    for student in ("ada", "grace"):
        assert shown(folder, student, "settings.toml") == 'target = "missed"'
        assert "of a visit?" in shown(folder, student, "README.md")
        assert "data/visits.csv.gz" in git(folder / f"repositories/{student}/shift.git", "ls-tree", "-r", "main")
    again = scaffolder("cohort", "new", folder)
    assert again.code == 0, again.err


def test_a_table_for_each_and_one_that_is_missing(folder: Path, scaffolder: Run) -> None:
    visits(folder.parent, "ada.csv", seed=1)
    course(folder, "../{student}.csv")
    done = scaffolder("cohort", "new", folder)
    assert done.code == 1
    assert "grace" in done.out + done.err
    assert "grace.csv" in done.out + done.err
    assert "data/ada.csv.gz" in git(folder / "repositories/ada/shift.git", "ls-tree", "-r", "main")
    visits(folder.parent, "grace.csv", seed=2)
    assert scaffolder("cohort", "new", folder).code == 0
    assert "data/grace.csv.gz" in git(folder / "repositories/grace/shift.git", "ls-tree", "-r", "main")


def test_an_update_of_the_class_keeps_the_data(folder: Path, scaffolder: Run) -> None:
    visits(folder.parent)
    course(folder, "../visits.csv")
    assert scaffolder("cohort", "new", folder).code == 0
    edit(folder.parent / "kit/{{ cookiecutter.project_slug }}", "README.md", "## Results", "## All results")
    done = scaffolder("cohort", "update", folder)
    assert done.code == 0, done.err
    assert "## All results" in shown(folder, "ada", "README.md")
    assert shown(folder, "ada", "settings.toml") == 'target = "missed"'
    assert "data/visits.csv.gz" in git(folder / "repositories/ada/shift.git", "ls-tree", "-r", "main")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[projects.data]\ntarget = "missed"', "data, path: it is missing"),
        ('[projects.data]\npath = "a.csv"\ntargets = "missed"', "did you mean 'target'?"),
        ("data = 1", "it must be a table"),
        ('[projects.data]\npath = "a.csv"\nabout = 1', "it must be a table"),
    ],
)
def test_what_a_course_says_wrongly_of_data_is_named(folder: Path, scaffolder: Run, text: str, message: str) -> None:
    (folder / "cohort.toml").write_text(f'[[projects]]\ntemplate = "../kit"\n{text}\n')
    done = scaffolder("cohort", "new", folder)
    assert (done.code, message in done.err) == (2, True), done.err
