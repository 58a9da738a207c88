"""Killed at a random moment and run again, a command on a cohort ends where it would have ended without the kill."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from projects import ROOT, scaffolder
from selection import everything
from support import git, make_template
from test_kills import finished, killed, moments

from scaffolder.cohort import ledger

pytestmark = pytest.mark.slow

KILLS = 30 if everything() else 10
STUDENTS = 40
REPOSITORIES = "ml/repositories/*/*.git"
CREATED = "2026-09-01T08:00:00Z"
HERE = {"PYTHONPATH": str(ROOT)}
COHORT = [sys.executable, "-m", "scaffolder", "cohort"]
Prepare = Callable[[Path], None]
"""Makes a cohort in a folder, as it is before the command."""


def prove(arguments: list[str], prepare: Prepare, state: Callable[[Path], Any], place: Path) -> None:
    """Kill `arguments` in many cohorts, run it again in each, and compare the cohorts by their `state`."""
    command = [*COHORT, *arguments]
    (place / "whole").mkdir()
    prepare(place / "whole")
    before = state(place / "whole")
    seconds = finished(command, place / "whole", **HERE)
    expected = state(place / "whole")
    assert expected != before
    early = 0
    for count, moment in enumerate(moments(seconds, KILLS)):
        folder = place / f"run{count}"
        folder.mkdir()
        prepare(folder)
        killed(command, folder, moment, **HERE)
        early += state(folder) != expected
        finished(command, folder, **HERE)
        assert state(folder) == expected, f"killed after {moment:.2f} of {seconds:.2f} s"
    print(f"{KILLS - early} of {KILLS} kills came too late")
    assert early


def ledger_of(cohort: Path, step: str) -> dict[Any, Any]:
    """What the ledger says of a step, but for its times."""
    if not (cohort / ledger.NAME).is_file():
        return {}
    with ledger.opened(cohort) as book:
        return {key: (each.state, each.detail, each.commit) for key, each in book.latest(step).items()}


def references(cohort: Path) -> dict[str, list[str]]:
    """All branches of all repositories."""
    return {
        bare.relative_to(cohort).as_posix(): git(bare, "show-ref").splitlines()
        for bare in sorted(cohort.glob("repositories/*/*.git"))
    }


def leftovers(cohort: Path) -> list[str]:
    """What a finished command does not leave."""
    hidden = cohort / ".scaffolder"
    mine = [path.name for path in hidden.iterdir() if path.name != "lock"] if hidden.is_dir() else []
    return [*mine, *(path.name for path in cohort.rglob("tmp_*"))]


# cohort new

NEW = ["new", "roster.csv", "-t", "classical-ml", "-t", "rag-assistant", "-o", "ml", "--workers", "2"]


def roster(folder: Path) -> None:
    cases = ("churn", "risk", "")
    lines = [f"s{number},{cases[number % 3]}" for number in range(STUDENTS)]
    (folder / "roster.csv").write_text("\n".join(["id,classical-ml.use_case", *lines, ""]))


def begun(folder: Path) -> None:
    """A cohort that has only its time, so that all have the same commits."""
    roster(folder)
    with ledger.opened(folder / "ml", create=True) as book:
        book.set_meta("created", CREATED)


def trees(folder: Path) -> dict[str, str]:
    """What is on each branch `main`, whenever it was committed."""
    return {str(bare.relative_to(folder)): git(bare, "rev-parse", "main^{tree}") for bare in folder.glob(REPOSITORIES)}


@pytest.mark.long
def test_new_ends_the_same(tmp_path: Path) -> None:
    prove(
        NEW,
        begun,
        lambda folder: (ledger_of(folder / "ml", "new"), references(folder / "ml"), leftovers(folder / "ml")),
        tmp_path,
    )
    made = [*tmp_path.glob(f"run*/{REPOSITORIES}")]
    assert made
    for bare in made[:: KILLS * 2]:
        assert git(bare, "fsck", "--strict", "--no-dangling") == ""


@pytest.mark.long
def test_new_ends_the_same_from_its_first_moment(tmp_path: Path) -> None:
    """Here nothing is there before, so the times of the commits differ."""
    prove(
        NEW,
        roster,
        lambda folder: (
            {key: state for key, (state, _, _) in ledger_of(folder / "ml", "new").items()},
            trees(folder),
            leftovers(folder / "ml"),
        ),
        tmp_path,
    )


# cohort push and cohort update: here and at the remotes all ends the same

PUSHED = 24
BEGAN = "2026-10-01T08:00:00Z"
CONFIG = {"project_slug": "tiny", "colour": ["red", "blue"]}
FILES = {f"part{number}.txt": b"one\ntwo\nthree\nfour\nfive\n" for number in range(20)}


def made(place: Path) -> Path:
    """A cohort that was never pushed, and the folder for its remotes."""
    make_template(place / "tiny", CONFIG, FILES)
    (place / "roster.csv").write_text("\n".join(["id", *(f"s{number}" for number in range(PUSHED)), ""]))
    scaffolder("cohort", "new", "roster.csv", "-t", "tiny", "-o", "ml", cwd=place)
    (place / "server").mkdir()
    return place


def worked(place: Path) -> Path:
    """The same cohort, pushed; every third student has worked elsewhere, and the template has changed."""
    made(place)
    scaffolder("cohort", "push", "ml", "--base", "server", cwd=place)
    for number in range(0, PUSHED, 3):
        git(place, "clone", "-q", f"server/s{number}/tiny.git", "clone")
        (place / "clone" / "own.txt").write_text("own\n")
        git(place / "clone", "add", "-A")
        git(place / "clone", "commit", "-qm", "Own")
        git(place / "clone", "push", "-q")
        shutil.rmtree(place / "clone")
    make_template(place / "tiny", CONFIG, {path: data.replace(b"three", b"THREE") for path, data in FILES.items()})
    return place


def copies(source: Path) -> Callable[[Path], None]:
    """Makes a folder like `source`, with remotes of its own; the template stays there, so that records are the same."""

    def copy(folder: Path) -> None:
        shutil.copytree(source, folder, dirs_exist_ok=True, symlinks=True)
        with ledger.opened(folder / "ml") as book:
            book.set_meta("update began", BEGAN)
            if book.meta("remote", ""):
                book.set_meta("remote", str(folder / "server" / "{student}" / "{project}.git"))
                for bare in folder.glob("ml/repositories/*/*.git"):  # each knows where it was pushed to
                    address = folder / "server" / bare.relative_to(folder / "ml" / "repositories")
                    git(bare, "config", "scaffolder.remote", address.as_posix())

    return copy


def state(step: str, folder: Path) -> Any:
    """What there is afterwards; for what the killed run had finished, the second one says that it is unchanged."""
    course = folder / "ml"
    there = {str(bare.relative_to(folder)): git(bare, "for-each-ref") for bare in sorted(folder.glob("server/*/*.git"))}
    said = {
        key: (
            "done" if state == "unchanged" else state,
            "" if detail == "It is as it was handed out." else detail,
            *rest,
        )
        for key, (state, detail, *rest) in ledger_of(course, step).items()
    }
    return said, references(course), there, leftovers(course)


@pytest.mark.long
def test_push_ends_the_same(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    source = made(tmp_path_factory.mktemp("made"))
    prove(
        ["push", "ml", "--base", "server", "--workers", "2"],
        copies(source),
        lambda folder: state("push", folder),
        tmp_path,
    )


@pytest.mark.long
def test_update_ends_the_same(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    source = worked(tmp_path_factory.mktemp("worked"))
    prove(["update", "ml", "--workers", "2"], copies(source), lambda folder: state("update", folder), tmp_path)
    pushed = [*tmp_path.glob("run*/server/*/*.git")]
    assert pushed
    for bare in pushed[::20]:
        assert git(bare, "fsck", "--strict", "--no-dangling") == ""
