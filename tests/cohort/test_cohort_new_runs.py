"""`scaffolder cohort new`, run again, in waves, stopped or with failures: nothing is made twice, and nothing is lost."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from new_cohorts import Run, begun, entries, everything, roster, states, tiny_in
from support import git

from scaffolder.cohort import ledger
from scaffolder.cohort.ledger import State
from scaffolder.project import store

pytestmark = pytest.mark.usefixtures("no_child")


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[str]:
    with tiny_in(tmp_path) as found:
        yield found


# A second run


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
        book._database.execute("DELETE FROM steps")  # the kill came before the ledger was told
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


# Waves, failures, stops


def test_waves(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id", *(f"s{number}" for number in range(5))])
    command = ("cohort", "new", listed, "-t", tiny, "-o", "c", "--limit", 2)
    for made, left in ((2, 3), (4, 1), (5, 0)):
        err = scaffolder(*command).err
        assert sorted(states(tmp_path / "c")) == [f"s{number}/tiny" for number in range(made)]
        assert (f"Left to make, with the same command: {left}." in err) == bool(left)


def test_one_that_fails_stops_nobody_and_is_tried_again(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id,number", "ada,1", "bob,13", "cyd,3", "dan,4"])
    command = ("cohort", "new", listed, "-t", tiny, "-o", "c")
    code, out, err = scaffolder(*command, "--limit", 3)
    assert (code, out.partition("\n")[0]) == (1, "Made 2 repositories in c; failed: 1.")
    assert "  bob/tiny: failed: The template's 'README.md' cannot be rendered: " in err
    state, commit, detail = entries(tmp_path / "c")["bob/tiny"]
    assert (state, commit) == (State.FAILED, "")
    assert detail.startswith("The template's 'README.md'")
    assert not (tmp_path / "c/repositories/bob").exists()
    roster(tmp_path, ["id,number", "ada,1", "bob,2", "cyd,3", "dan,4"])
    assert scaffolder(*command, "--failed").code == 0
    assert states(tmp_path / "c") == {"ada/tiny": "done", "bob/tiny": "done", "cyd/tiny": "done"}


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
