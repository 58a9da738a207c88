"""`update` and `track` in a repository that is damaged, locked or not ours: one sentence, and nothing is changed."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest
from support import Outcome, git, on_disk

from scaffolder.project import checkout

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_child")]

Run = Callable[..., Outcome]
ANSWER = ("--yes", "--set", "colour=small-thing-blue")
NOT_THERE = "0123456789012345678901234567890123456789\n"
REFUSED = "failed to create temporary file 'objects/tmp_object': Permission denied"


@pytest.fixture
def project(mini: Path, scaffolder: Run, tmp_path: Path) -> Path:
    assert scaffolder("new", mini, "--yes", "--git").code == 0
    return tmp_path / "small-thing"


def state(project: Path) -> dict[str, object]:
    """The files of a project, what Git says of them, and what its references are."""
    folder = project / ".git"
    references = [folder / "HEAD", *(folder / "refs").rglob("*")]
    return {
        "files": on_disk(project, without=()),
        "status": git(project, "status", "--porcelain") if git_can_read(project) else "",
        "references": {str(path): path.read_bytes() for path in references if path.is_file()},
        "journal": (folder / "scaffolder-update").exists(),
    }


def git_can_read(project: Path) -> bool:
    try:
        git(project, "rev-parse", "--verify", "HEAD^{commit}")
    except Exception:
        return False
    return True


def scaffold_says(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "refs/heads/scaffold").write_text(text)


def branches_below(folder: Path) -> None:
    (folder / "refs/heads/scaffold").unlink()
    (folder / "refs/heads/scaffold").mkdir()
    (folder / "refs/heads/scaffold/mine").write_bytes((folder / "refs/heads/main").read_bytes())


def no_logs(folder: Path) -> None:
    for path in sorted((folder / "logs").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (folder / "logs").rmdir()
    (folder / "logs").write_text("")


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "garbage": (scaffold_says("garbage\n"), "refs/heads/scaffold': the next update makes that branch again."),
    "empty": (scaffold_says(""), "refs/heads/scaffold': the next update makes that branch again."),
    "no such commit": (scaffold_says(NOT_THERE), "refs/heads/scaffold': the next update makes that branch again."),
    "main itself": (scaffold_says("ref: refs/heads/main\n"), "it stands for 'refs/heads/main'"),
    "leads nowhere": (scaffold_says("ref: refs/heads/nothing\n"), "a reference with that name already exists"),
    "branches below it": (branches_below, "there are refs beneath that folder"),
    "locked": (lambda folder: (folder / "refs/heads/scaffold.lock").touch(), "failed to lock file"),
    "main is locked": (lambda folder: (folder / "refs/heads/main.lock").touch(), "failed to lock file"),
    "main is garbage": (lambda folder: (folder / "refs/heads/main").write_text("garbage"), "refs/heads/main"),
    "no logs": (no_logs, "Not a directory"),
    "a folder in the journal's place": (lambda folder: (folder / "scaffolder-update").mkdir(), "Is a directory"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_repository_is_said_and_nothing_is_changed(project: Path, scaffolder: Run, name: str) -> None:
    damage, said = DAMAGES[name]
    damage(project / ".git")
    before = state(project)
    ends = 2 if said == "Is a directory" else 3  # what has the wrong kind is wrong input
    for _ in range(2):
        code, out, err = scaffolder("update", project, *ANSWER)
        assert (code, out, err.count("\n"), said in err) == (ends, "", 1, True), err
        assert "meanwhile" not in err
        assert state(project) == before


def test_the_damaged_branch_is_made_again_as_the_sentence_says(project: Path, scaffolder: Run) -> None:
    branch = project / ".git/refs/heads/scaffold"
    branch.write_text("garbage\n")
    assert f"Remove '{branch}'" in scaffolder("update", project, *ANSWER).err
    branch.unlink()
    assert scaffolder("update", project, *ANSWER).code == 0
    assert git(project, "show", "scaffold:.scaffolder.json") == (project / ".scaffolder.json").read_text().strip()


@pytest.mark.parametrize("call", ["create_blob", "create_commit"])
def test_objects_that_cannot_be_written(
    project: Path, mini: Path, scaffolder: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, call: str
) -> None:
    """As where they belong to root, or on a read-only mount."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/plain.txt").write_text("mine\n")
    git(tmp_path / "mine", "init", "-q", "-b", "main")
    git(tmp_path / "mine", "add", "-A")
    git(tmp_path / "mine", "commit", "-qm", "Mine")

    def refuse(*_: object) -> None:
        raise OSError(REFUSED)

    before = [state(project), state(tmp_path / "mine")]
    with monkeypatch.context() as patch:
        patch.setattr(pygit2.Repository, call, refuse, raising=False)
        for command in (("update", project, *ANSWER), ("track", mini, tmp_path / "mine", "--yes")):
            done = scaffolder(*command)
            assert done == (3, "", f"scaffolder: The repository cannot be written: {REFUSED}.\n")
    assert [state(project), state(tmp_path / "mine")] == before


# Root may write anywhere, unless it gives these rights away.
POWERS = "-dac_override,-dac_read_search"
WEAKER = ["setpriv", "--bounding-set", POWERS, "--inh-caps", POWERS] if os.geteuid() == 0 else []


@pytest.mark.slow
@pytest.mark.skipif(bool(WEAKER) and shutil.which("setpriv") is None, reason="root may write anywhere")
@pytest.mark.parametrize("place", ["", ".git", ".git/objects", ".git/refs/heads", ".git/logs/refs/heads/main", "red"])
def test_what_belongs_to_somebody_else(project: Path, place: str) -> None:
    (project / place).chmod(0o500)
    before = state(project)
    command = [*WEAKER, sys.executable, "-m", "scaffolder", "update", str(project), *ANSWER]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    (project / place).chmod(0o700)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1), done
    assert "Permission denied" in done.stderr
    assert state(project) == before


def failing_at(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one of the steps that put a file in its place fail, as on a full disk."""
    calls, really = itertools.count(), os.replace

    def replace(*arguments: str) -> None:
        if next(calls) == number:
            raise OSError(28, "No space left on device")
        really(*arguments)

    monkeypatch.setattr(os, "replace", replace)


@pytest.mark.parametrize("number", range(4))
def test_a_failure_in_the_middle_is_taken_back(
    project: Path, scaffolder: Run, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before = state(project)
    with monkeypatch.context() as patch:
        failing_at(number, patch)
        code, out, err = scaffolder("update", project, *ANSWER)
    assert (code, out) == (3, "")
    assert err == "scaffolder: Nothing was changed: [Errno 28] No space left on device.\n"
    assert state(project) == before
    assert scaffolder("update", project, *ANSWER).code == 0
    assert git(project, "status", "--porcelain") == ""


def test_what_cannot_be_taken_back_is_finished_by_the_next_run(
    project: Path, scaffolder: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        failing_at(2, patch)
        patch.setattr(checkout.Before, "restore", refuse)
        code, _, err = scaffolder("update", project, *ANSWER)
    assert (code, "'scaffolder update' finishes it" in err) == (3, True), err
    code, _, err = scaffolder("update", project)
    assert (code, "was finished" in err) == (0, True), err
    assert (project / "small-thing-blue").is_dir()
    assert git(project, "status", "--porcelain") == ""
