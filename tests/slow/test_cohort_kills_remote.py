"""`cohort push` and `cohort update`, killed at a random moment and run again: here and at the remotes all ends the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from projects import scaffolder
from support import git, make_template
from test_cohort_kills import ledger_of, leftovers, prove, references

from scaffolder.cohort import ledger

pytestmark = pytest.mark.slow

STUDENTS = 24
BEGAN = "2026-10-01T08:00:00Z"
CONFIG = {"project_slug": "tiny", "colour": ["red", "blue"]}
FILES = {f"part{number}.txt": b"one\ntwo\nthree\nfour\nfive\n" for number in range(20)}


def made(place: Path) -> Path:
    """A cohort that was never pushed, and the folder for its remotes."""
    make_template(place / "tiny", CONFIG, FILES)
    (place / "roster.csv").write_text("\n".join(["id", *(f"s{number}" for number in range(STUDENTS)), ""]))
    scaffolder("cohort", "new", "roster.csv", "-t", "tiny", "-o", "ml", cwd=place)
    (place / "server").mkdir()
    return place


def worked(place: Path) -> Path:
    """The same cohort, pushed; every third student has worked elsewhere, and the template has changed."""
    made(place)
    scaffolder("cohort", "push", "ml", "--base", "server", cwd=place)
    for number in range(0, STUDENTS, 3):
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
            if book.meta("remote base", ""):
                book.set_meta("remote base", str(folder / "server"))
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
