"""`scaffolder cohort new`: who gets what, what is refused, and what a second run does."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support import MINI, Outcome, git, make_template, on_disk, refused

from scaffolder import __version__
from scaffolder.cohort import ledger
from scaffolder.cohort.ledger import State
from scaffolder.cohort.work import create
from scaffolder.project import store
from scaffolder.template import catalog

Run = Callable[..., Outcome]
CREATED = "2026-09-01T08:00:00Z"
CONFIG = {"project_name": "Tiny", "kind": ["plain", "fancy"], "number": "1", "project_slug": "tiny"}
FILES = {
    "README.md": b"# {{ cookiecutter.project_name }}\n\n{{ 1 // (cookiecutter.number|int - 13) }}\n",
    "{% if cookiecutter.kind == 'fancy' %}fancy.txt{% endif %}": b"fancy\n",
    "run.sh": b"#!/bin/sh\n",
    "same.txt": b"the same for all\n",
}


def roster(folder: Path, lines: Iterable[str], name: str = "roster.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return path


def begun(folder: Path) -> Path:
    """A cohort that has only its time, so that another one with the same time gets the same commits."""
    with ledger.opened(folder, create=True) as book:
        book.set_meta("created", CREATED)
    return folder


def entries(folder: Path) -> dict[str, tuple[str, str, str]]:
    """What the ledger says: student/project -> state, commit, detail."""
    with ledger.opened(folder) as book:
        return {"/".join(key): (each.state, each.commit, each.detail) for key, each in book.latest("new").items()}


def states(folder: Path) -> dict[str, str]:
    return {key: state for key, (state, _, _) in entries(folder).items()}


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


@contextmanager
def tiny_in(folder: Path) -> Iterator[str]:
    """The only template that comes along; a project whose number is 13 cannot be rendered."""
    with pytest.MonkeyPatch.context() as patch:
        make_template(folder / "templates/tiny", CONFIG, FILES)
        patch.setattr(catalog, "templates_folder", lambda: folder / "templates")
        catalog.bundled.cache_clear()
        yield "tiny"
    catalog.bundled.cache_clear()


pytestmark = pytest.mark.usefixtures("no_child")


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[str]:
    with tiny_in(tmp_path) as found:
        yield found


def test_a_bare_repository_is_what_new_writes(scaffolder: Run, tmp_path: Path) -> None:
    listed = roster(tmp_path, ["id,use_case,author_name", "ada,risk,Zoë O'Hara", "bob,,"])
    code, out, err = scaffolder("cohort", "new", listed, "-t", "classical-ml", "-o", "ml")
    assert (code, err) == (0, "")
    assert out.startswith("Made 2 repositories in ml.\n")
    bare = tmp_path / "ml/repositories/ada/classical-ml.git"
    assert git(bare, "fsck", "--strict", "--no-dangling") == ""
    assert git(bare, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert git(bare, "branch", "--format=%(refname:short)").split() == ["main", "scaffold"]
    assert git(bare, "rev-list", "--count", "--all") == "1"
    said = git(bare, "log", "-1", "--format=%an|%ae|%cn|%ce|%s", "scaffold")
    assert said == "|".join(store.SCAFFOLDER * 2) + f"|Start from classical-ml (scaffolder {__version__})"
    git(tmp_path, "clone", "-q", str(bare), "clone")
    git(tmp_path / "clone", "checkout", "-q", "main")
    sets = ["--set", "use_case=risk", "--set", "author_name=Zoë O'Hara"]
    assert scaffolder("new", "classical-ml", "--yes", "--no-git", "-o", "alone", *sets).code == 0
    assert on_disk(tmp_path / "clone", without=()) == on_disk(tmp_path / "alone/credit-risk-scorer", without=())


@pytest.mark.slow
def test_other_processes_make_the_same(scaffolder: Run, tmp_path: Path, mini: Path) -> None:
    listed = roster(tmp_path, ["id,project_name", *(f"s{number},Thing {number % 9}" for number in range(45))])
    for name, workers in (("one", 1), ("two", 2)):
        arguments = ("cohort", "new", listed, "-t", mini, "-o", begun(tmp_path / name), "--workers", workers)
        assert scaffolder(*arguments).code == 0
    assert len(entries(tmp_path / "one")) == 45
    assert entries(tmp_path / "one") == entries(tmp_path / "two")
    assert [path.name for path in (tmp_path / "two/.scaffolder").iterdir()] == ["lock"]


def test_names_and_addresses_stay_in_the_roster(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id,name,email", "s1,Ada Lovelace,ada@example.org"])
    assert scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c").code == 0
    files = {path for path, (data, _) in everything(tmp_path / "c").items() if b"lovelace" in data.lower()}
    assert files == {str(tmp_path / "c/roster.csv")}


def test_a_course_file_has_paths_relative_to_it(scaffolder: Run, tmp_path: Path) -> None:
    make_template(tmp_path / "tiny", CONFIG, FILES)
    (tmp_path / "course").mkdir()
    roster(tmp_path / "course", ["id;kind", "ada;fancy"], "students.csv")
    text = 'roster = "students.csv"\n[[projects]]\ntemplate = "../tiny"\nname = "first"\ndue = 2026-12-01\n'
    (tmp_path / "course/ml.toml").write_text(text + '[projects.answers]\nproject_name = "Mine"\n')
    (tmp_path / "elsewhere").mkdir()
    os.chdir(tmp_path / "elsewhere")
    assert scaffolder("cohort", "new", "../course/ml.toml", "-o", "c").code == 0
    assert git(tmp_path / "elsewhere/c/repositories/ada/first.git", "show", "main:README.md").startswith("# Mine")
    assert (tmp_path / "elsewhere/c/roster.csv").read_text() == "id;kind\nada;fancy\n"
    os.chdir(tmp_path)
    assert scaffolder("cohort", "new", "elsewhere/c/cohort.toml", "-o", "elsewhere/c").out.startswith("Made 0 ")


def test_a_course_may_be_made_where_its_files_are(scaffolder: Run, tmp_path: Path) -> None:
    (tmp_path / "ml").mkdir()
    os.chdir(tmp_path / "ml")
    roster(Path(), ["id", "ada"])
    text = '# my course\nroster = "roster.csv"\n[[projects]]\ntemplate = "classical-ml"\n'
    Path("cohort.toml").write_text(text)
    assert scaffolder("cohort", "new", "cohort.toml").code == 0
    assert Path("cohort.toml").read_text() == text
    assert states(Path()) == {"ada/classical-ml": "done"}


def test_values_are_never_code(scaffolder: Run, tmp_path: Path) -> None:
    template = make_template(tmp_path / "mini", *MINI)
    values = ["{{ 7 * 7 }}", "{% raw %}", "$(id)", "'; rm -rf /", "=1+1", "\u202egnp"]
    listed = roster(tmp_path, ["id,project_name", *(f'''s{n},"{value}"''' for n, value in enumerate(values[:-1]))])
    assert scaffolder("cohort", "new", listed, "-t", template, "-o", "c").code == 0
    for number, value in enumerate(values[:-1]):
        bare = tmp_path / f"c/repositories/s{number}/mini.git"
        assert git(bare, "show", "main:README.md").startswith(f"# {value}\n")
        assert git(bare, "fsck", "--strict", "--no-dangling") == ""
    roster(tmp_path, ["id,project_name", f"s9,{values[-1]}"])
    assert scaffolder("cohort", "new", listed, "-t", template, "-o", "d").code == 2


def test_start_up_imports_nothing_heavy() -> None:
    code = "import sys; from scaffolder import cli; cli.run(['cohort', 'new', '--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "scaffolder.cohort.work.create" in loaded
    assert not loaded & {"rich", "distributed"}


def test_a_dry_run_writes_nothing(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id", "ada", "bob"])
    command = ("cohort", "new", listed, "-t", tiny, "-o", "a/c", "--dry-run")
    before = everything(tmp_path)
    code, out, _ = scaffolder(*command)
    assert (code, out) == (0, "Would make 2 repositories in a/c:\n  ada/tiny\n  bob/tiny\n")
    assert json.loads(scaffolder(*command, "--json").out)["would_make"][1] == {"student": "bob", "project": "tiny"}
    assert everything(tmp_path) == before
    assert not (tmp_path / "a").exists()
    assert scaffolder(*command[:-1], "--student", "ada").code == 0
    before = everything(tmp_path)
    assert scaffolder(*command).out == "Would make 1 repository in a/c:\n  bob/tiny\n"
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["id", "../x", "ok"], "row 2, column 'id': '../x' is a path, not a name"),
        (["id", "ada", "ADA"], "row 3, column 'id': 'ADA' is in row 2 too"),
        (["id", "con"], "row 2, column 'id': 'con' is a reserved name on Windows"),
        (["id", "-rf"], "row 2, column 'id': '-rf' begins like a formula"),
        (["id,kind", "ada,fance"], "did you mean 'fancy'?"),
        (["id,colour", "ada,red"], "row 1, column 'colour': no question has this name"),
        (["id"], "there are no students in it"),
    ],
)
def test_a_bad_roster_is_refused(scaffolder: Run, tmp_path: Path, tiny: str, lines: list[str], said: str) -> None:
    code, out, err = scaffolder("cohort", "new", roster(tmp_path, lines), "-t", tiny, "-o", "c", "--json")
    assert code == 2
    assert said in err
    document = json.loads(out)
    assert document["code"] == 2
    assert {"row", "column", "message"} == set(document["problems"][0])
    assert not (tmp_path / "c").exists()


def test_all_that_is_wrong_is_said_line_by_line(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id,kind", "../x,plain", "ada,nice", "ada,plain"])
    code, out, err = scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c")
    assert (code, out) == (2, "")
    assert [line.partition(":")[0] for line in err.splitlines()[1:]] == [
        "  row 2, column 'id'",
        "  row 3, column 'kind'",
        "  row 4, column 'id'",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["roster.csv", "-o", "c"], "Say which template"),
        (["nowhere.csv", "-t", "tiny", "-o", "c"], "There is no file 'nowhere.csv'"),
        (["nowhere.csv", "-t", "tiny"], "There is no file 'nowhere.csv'"),
        (["roster.csv", "-t", "nothing", "-o", "c"], "There is no template 'nothing'"),
        (["roster.csv", "-t", "tiny", "-t", "templates/tiny/", "-o", "c"], "Two templates make a project 'tiny'"),
        (
            ["roster.csv", "-t", "tiny", "-o", "c", "--set", "nmber=1"],
            "no template of the course asks for 'nmber'",
        ),
        (["roster.csv", "-t", "tiny", "-o", "c", "--set", "kind=odd"], "'odd' is not a valid answer to kind"),
        (["roster.csv", "-t", "tiny", "-o", "c", "--remote", "https://x.example/{x}"], "The remote "),
        (["roster.csv", "-t", "tiny", "-o", "c", "--remote", "ext::sh -c {student}"], "The remote "),
        (["roster.csv", "-t", "/", "-o", "c"], "gives no name to a project"),
        (["roster.csv", "-t", "tiny"], "is no cohort, and not empty"),
        (["roster.csv", "-t", "tiny", "-o", "roster.csv"], "is not a folder"),
        (["roster.csv", "-t", "tiny", "-o", "roster.csv/c"], "is not a folder"),
        (["roster.csv", "-t", "tiny", "-o", "c", "--executor", "nowhere"], "is not the address of a Dask scheduler"),
        (["ml.toml", "-t", "tiny", "-o", "c"], "leave out --template"),
        (["bad.toml", "-o", "c"], "cohort.toml cannot be used"),
    ],
)
def test_refusals(scaffolder: Run, tmp_path: Path, tiny: str, arguments: list[str], said: str) -> None:
    roster(tmp_path, ["id", "ada"])
    (tmp_path / "ml.toml").write_text('roster = "roster.csv"\n[[projects]]\ntemplate = "tiny"\n')
    (tmp_path / "bad.toml").write_text("[[projects]]\n")
    before = everything(tmp_path)
    code, out, err = scaffolder("cohort", "new", *arguments)
    assert (code, out) == (2, "")
    assert said.casefold() in err.casefold()
    assert everything(tmp_path) == before
    assert not (tmp_path / "c").exists()


def test_a_second_run_makes_nothing_twice(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id", "ada", "bob"])
    assert scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c").code == 0
    before = everything(tmp_path / "c/repositories")
    said = json.loads(scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c", "--json").out)
    assert (said["made"], said["unchanged"]) == ([], 2)
    assert everything(tmp_path / "c/repositories") == before


def test_what_a_killed_run_has_made_is_recognised(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id", "ada", "bob", "cyd"])
    assert scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c").code == 0
    whole, before = entries(tmp_path / "c"), everything(tmp_path / "c/repositories/ada")
    with ledger.opened(tmp_path / "c") as book:
        book._database.execute("DELETE FROM events")  # the kill came before the ledger was told
        book._database.commit()
    shutil.rmtree(tmp_path / "c/repositories/bob")
    (tmp_path / "c/repositories/cyd/tiny.git").rename(tmp_path / "c/.scaffolder/half")
    (tmp_path / "c/.scaffolder/new/0123/objects").mkdir(parents=True)
    assert scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c").code == 0
    assert entries(tmp_path / "c") == whole
    assert everything(tmp_path / "c/repositories/ada") == before
    assert not (tmp_path / "c/.scaffolder/new").exists()


def test_one_that_was_deleted_is_made_again(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id", "ada", "bob"])
    assert scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c").code == 0
    before = entries(tmp_path / "c")
    shutil.rmtree(tmp_path / "c/repositories/ada")
    assert scaffolder("cohort", "new", listed, "-o", "c").out.startswith("Made 1 repository in c; there before: 1")
    assert entries(tmp_path / "c") == before


def test_students_come_and_go(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    assert scaffolder("cohort", "new", roster(tmp_path, ["id", "ada", "bob"]), "-t", tiny, "-o", "c").code == 0
    before = everything(tmp_path / "c/repositories")
    code, out, err = scaffolder("cohort", "new", roster(tmp_path, ["id", "ada", "cyd"]), "-o", "c")
    assert (code, out.partition("\n")[0]) == (0, "Made 1 repository in c; there before: 1.")
    assert "Not in the roster any more, and left as they are: bob." in err
    after = everything(tmp_path / "c/repositories")
    assert {path: after[path] for path in before} == before
    assert set(states(tmp_path / "c")) == {"ada/tiny", "bob/tiny", "cyd/tiny"}


def test_other_answers_do_not_change_what_is_there(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    assert scaffolder("cohort", "new", roster(tmp_path, ["id,kind", "ada,", "bob,"]), "-t", tiny, "-o", "c").code == 0
    before = everything(tmp_path / "c/repositories")
    listed = roster(tmp_path, ["id,kind", "ada,fancy", "bob,", "cyd,fancy"])
    code, _, err = scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c")
    assert code == 0
    assert "replaces that of roster.csv." in err
    after = everything(tmp_path / "c/repositories")
    assert {path: after[path] for path in before} == before
    said = json.loads(scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c", "--set", "number=2", "--json").out)
    assert said["replaced"] == ["cohort.toml"]
    assert "number" in (tmp_path / "c/cohort.toml").read_text()


def test_a_template_that_is_added_leaves_the_others(scaffolder: Run, tmp_path: Path, tiny: str, mini: Path) -> None:
    listed = roster(tmp_path, ["id", "ada"])
    remote = "https://host.example/{student}-{project}.git"
    assert scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c", "--remote", remote).code == 0
    assert scaffolder("cohort", "new", listed, "-t", mini, "-o", "c").code == 0
    assert states(tmp_path / "c") == {"ada/tiny": "done", "ada/mini": "done"}
    assert remote in (tmp_path / "c/cohort.toml").read_text()


def test_one_that_fails_stops_nobody_and_is_tried_again(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id,number", "ada,1", "bob,13", "cyd,3", "dan,4"])
    command = ("cohort", "new", listed, "-t", tiny, "-o", "c")
    code, out, err = scaffolder(*command)
    assert (code, out.partition("\n")[0]) == (1, "Made 3 repositories in c; failed: 1.")
    assert "  bob/tiny: failed: The template's 'README.md' cannot be rendered: " in err
    state, commit, detail = entries(tmp_path / "c")["bob/tiny"]
    assert (state, commit) == (State.FAILED, "")
    assert detail.startswith("The template's 'README.md'")
    assert not (tmp_path / "c/repositories/bob").exists()
    roster(tmp_path, ["id,number", "ada,1", "bob,2", "cyd,3", "dan,4"])
    assert scaffolder(*command).out.startswith("Made 1 repository in c; there before: 3.")
    assert states(tmp_path / "c") == dict.fromkeys(("ada/tiny", "bob/tiny", "cyd/tiny", "dan/tiny"), "done")


def test_a_bug_of_ours_stops_nobody_else(
    scaffolder: Run, tmp_path: Path, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create._made
    monkeypatch.setattr(create, "_made", lambda *given: 1 / 0 if given[-1].student == "bob" else made(*given))
    code, _, err = scaffolder("cohort", "new", roster(tmp_path, ["id", "ada", "bob", "cyd"]), "-t", tiny, "-o", "c")
    assert (code, states(tmp_path / "c")) == (3, {"ada/tiny": "done", "bob/tiny": "failed", "cyd/tiny": "done"})
    assert "bob/tiny: failed: This is a bug of scaffolder: ZeroDivisionError: division by zero." in err


def test_some_students_and_a_project(scaffolder: Run, tmp_path: Path, tiny: str, mini: Path) -> None:
    listed = roster(tmp_path, ["id", "ada", "bob", "cyd"])
    command = ("cohort", "new", listed, "-t", tiny, "-t", mini, "-o", "c")
    assert scaffolder(*command, "--student", "ada", "--student", "cyd", "--project", "tiny").code == 0
    assert set(states(tmp_path / "c")) == {"ada/tiny", "cyd/tiny"}
    assert "no student 'adda' in the cohort: did you mean 'ada'?" in scaffolder(*command, "--student", "adda").err
    assert "no project 'xyz' in the cohort: choose from" in scaffolder(*command, "--project", "xyz").err


def test_what_stands_in_the_way_is_left_alone(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    begun(tmp_path / "c")
    places = [tmp_path / f"c/repositories/{name}" for name in ("ada/tiny.git", "bob/tiny.git", "cyd")]
    places[0].mkdir(parents=True)
    places[1].parent.mkdir()
    git(places[1].parent, "init", "-q", "tiny.git")
    places[2].write_text("a file")
    before = everything(tmp_path / "c/repositories")
    listed = roster(tmp_path, ["id", "ada", "bob", "cyd", "dan"])
    code, out, _ = scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c", "--json")
    assert code == 3  # the file is the disk's matter
    said = json.loads(out)
    assert [each["student"] for each in said["made"]] == ["dan"]
    reasons = {each["student"]: each["reason"] for each in said["failed"]}
    assert "cannot be opened as a Git repository" in reasons["ada"]
    assert "'cohort new' has not made it" in reasons["bob"]
    assert "tiny.git' cannot be made: " in reasons["cyd"]
    after = everything(tmp_path / "c/repositories")
    assert {path: after[path] for path in before} == before


def test_a_worker_that_was_thought_to_be_dead_does_no_harm(
    scaffolder: Run, tmp_path: Path, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one puts its repository in the same place a moment before."""
    listed = roster(tmp_path, ["id", "ada", "bob"])
    assert scaffolder("cohort", "new", listed, "-t", tiny, "-o", begun(tmp_path / "a")).code == 0
    rename = os.rename

    def late(made: Path, place: Path) -> None:
        if Path(place).suffix == ".git":
            shutil.copytree(made, place)
        rename(made, place)

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", late)
        assert scaffolder("cohort", "new", listed, "-t", tiny, "-o", begun(tmp_path / "b")).code == 0
    assert entries(tmp_path / "a") == entries(tmp_path / "b")


def test_ctrl_c_stops_with_the_ledger_right(
    scaffolder: Run, tmp_path: Path, tiny: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = roster(tmp_path, ["id", *(f"s{number:02}" for number in range(45))])
    command = ("cohort", "new", listed, "-t", tiny, "-o", "c", "--workers", 1)
    commit, calls = store.commit, itertools.count(1)

    def interrupted(*arguments: Any, **options: Any) -> str:
        if next(calls) == 25:
            os.kill(os.getpid(), signal.SIGINT)
        return commit(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(store, "commit", interrupted)
        code, _, err = scaffolder(*command)
    assert code == 130
    assert "Stopped after 40 of 45: the same command goes on, and does nothing twice." in err
    assert len(states(tmp_path / "c")) == len(list((tmp_path / "c/repositories").iterdir())) == 40
    assert scaffolder(*command).out.startswith("Made 5 repositories in c; there before: 40.")


def test_two_commands_at_once_are_refused(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    with ledger.opened(tmp_path / "c", create=True):
        code, _, err = scaffolder("cohort", "new", roster(tmp_path, ["id", "a"]), "-t", tiny, "-o", "c")
    assert code == 2
    assert "Another command is at work" in err


COURSE = """# mine
roster = "roster.csv"
[[projects]]
template = "tiny"
name = "ml"
due = "2026-12-15T23:59+01:00"
"""


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
    refused(scaffolder("cohort", "new", tmp_path), "cohort.toml'")


def test_columns_that_mean_nothing(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    (tmp_path / "list.csv").write_text("id,Matrikelnummer\nada,4711\n")
    command = ("cohort", "new", "list.csv", "-t", tiny, "-o", "c")
    refused(scaffolder(*command), "use --ignore")
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
    refused(
        scaffolder("cohort", "new", "list.csv", "-t", "./course.git", "-o", "c"),
        f"write its address, {(tmp_path / 'course.git').as_uri()}.",
    )
