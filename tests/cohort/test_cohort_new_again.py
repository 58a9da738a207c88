"""`scaffolder cohort new`, run again: which files count, and what is said of what changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import Outcome, git, make_template

from scaffolder.template import catalog

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
CONFIG = {"project_name": "Tiny", "kind": ["plain", "fancy"], "project_slug": "tiny"}
COURSE = """# mine
roster = "roster.csv"
[[projects]]
template = "tiny"
name = "ml"
due = "2026-12-15T23:59+01:00"
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    make_template(tmp_path / "templates/tiny", CONFIG, {"README.md": b"# {{ cookiecutter.kind }}\n"})
    monkeypatch.setattr(catalog, "templates_folder", lambda: tmp_path / "templates")
    catalog.bundled.cache_clear()
    yield "tiny"
    catalog.bundled.cache_clear()


@pytest.fixture
def autumn(scaffolder: Run, tmp_path: Path, tiny: str) -> Path:
    """A cohort made from course/cohort.toml; its own cohort.toml and roster.csv were changed since."""
    (tmp_path / "course").mkdir()
    (tmp_path / "course/cohort.toml").write_text(COURSE)
    (tmp_path / "course/roster.csv").write_text("id,name,kind\nada,Ada,fancy\nbob,Bob,\n")
    assert scaffolder("cohort", "new", "course/cohort.toml", "-o", "autumn").code == 0
    folder = tmp_path / "autumn"
    toml = (folder / "cohort.toml").read_text().replace("2026-12-15T22:59:00Z", "2027-01-31T22:59:00Z")
    (folder / "cohort.toml").write_text(f"# extended\n{toml}")
    (folder / "roster.csv").write_text("id,name,kind\nada,Ada Lovelace,fancy\nbob,Bob,\ncyd,Cyd,fancy\n")
    return folder


def files(folder: Path) -> tuple[str, str]:
    return (folder / "cohort.toml").read_text(), (folder / "roster.csv").read_text()


def test_it_is_said_that_another_source_replaces_the_cohorts_own_files(scaffolder: Run, autumn: Path) -> None:
    before = files(autumn)
    command = ("cohort", "new", "course/cohort.toml", "-o", "autumn")
    for options in (["--dry-run"], []):
        assert files(autumn) == before
        err = scaffolder(*command, *options).err
        assert "In autumn, other content replaces that of cohort.toml and roster.csv." in err
    assert scaffolder(*command).err == ""
    (autumn / "cohort.toml").write_text("[[projects]]\n")
    assert "replaces that of cohort.toml." in scaffolder(*command).err


@pytest.mark.parametrize("source", ["autumn", "autumn/cohort.toml"])
def test_the_cohorts_own_files(scaffolder: Run, autumn: Path, source: str) -> None:
    before = files(autumn)
    code, out, err = scaffolder("cohort", "new", source)
    assert (code, err) == (0, "")
    assert out.startswith("Made 1 repository in autumn; there before: 2.")
    assert files(autumn) == before
    os.chdir(autumn)
    assert scaffolder("cohort", "new", ".").out.startswith("Made 0 repositories in .; there before: 3.")


def test_the_cohorts_own_roster_counts_whatever_roster_says(scaffolder: Run, autumn: Path, tmp_path: Path) -> None:
    text = (autumn / "cohort.toml").read_text()
    (autumn / "cohort.toml").write_text(
        'roster = "../course/roster.csv"\n' + text.replace('roster = "roster.csv"\n', "")
    )
    before = files(autumn)
    code, out, err = scaffolder("cohort", "new", "autumn")
    assert (code, err) == (0, "")
    assert out.startswith("Made 1 repository in autumn; there before: 2.")
    assert files(autumn) == before


def test_relative_paths_in_an_own_file_stay(scaffolder: Run, tmp_path: Path) -> None:
    make_template(tmp_path / "mini", CONFIG, {"README.md": b"# {{ cookiecutter.kind }}\n"})
    (tmp_path / "autumn").mkdir()
    (tmp_path / "autumn/cohort.toml").write_text('# mine\n[[projects]]\ntemplate = "../mini"\n')
    (tmp_path / "autumn/roster.csv").write_text("id\nada\n")
    before = files(tmp_path / "autumn")
    for _ in range(2):
        assert scaffolder("cohort", "new", "autumn").code == 0
        assert files(tmp_path / "autumn") == before


def test_a_folder_that_is_no_cohort(scaffolder: Run, tmp_path: Path) -> None:
    code, _, err = scaffolder("cohort", "new", tmp_path)
    assert (code, "cohort.toml'" in err) == (2, True)


def test_columns_that_mean_nothing(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    (tmp_path / "list.csv").write_text("id,Matrikelnummer\nada,4711\n")
    command = ("cohort", "new", "list.csv", "-t", tiny, "-o", "c")
    code, _, err = scaffolder(*command)
    assert (code, "use --ignore" in err) == (2, True)
    assert scaffolder(*command, "--ignore", "Matrikelnummer").code == 0
    assert scaffolder(*command).code == 0, "cohort.toml knows it"
    assert scaffolder("cohort", "update", "c").code == 0


def test_the_column_that_becomes_public_is_said(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    canvas = tmp_path / "canvas.csv"
    canvas.write_text('Student,ID,SIS User ID,SIS Login ID,Section\n"L, A",17,4711,ada,X\n')
    assert "column 'SIS User ID'" in scaffolder("cohort", "new", canvas, "-t", tiny, "-o", "c").err
    canvas.write_text('Student,ID,SIS User ID,SIS Login ID,Section,id\n"L, A",17,4711,ada,X,s1\n')
    assert scaffolder("cohort", "new", canvas, "-t", tiny, "-o", "d").err == ""
    assert (tmp_path / "d/repositories/s1/tiny.git").is_dir()


@pytest.mark.parametrize(
    ("remote", "end"),
    [("", " --base ADDRESS"), ("https://h/{student}.git", "")],
)
def test_next_says_what_push_needs(scaffolder: Run, tmp_path: Path, tiny: str, remote: str, end: str) -> None:
    (tmp_path / "list.csv").write_text("id\nada\n")
    out = scaffolder("cohort", "new", "list.csv", "-t", tiny, "-o", "c", *(["--remote", remote] if remote else [])).out
    assert out.splitlines()[2] == f"Next: scaffolder cohort push c{end}"


def test_a_bare_repository_needs_an_address(scaffolder: Run, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "course.git")
    (tmp_path / "list.csv").write_text("id\nada\n")
    code, _, err = scaffolder("cohort", "new", "list.csv", "-t", "./course.git", "-o", "c")
    assert (code, f"write its address, {(tmp_path / 'course.git').as_uri()}." in err) == (2, True)
