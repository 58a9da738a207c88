"""A drill: a fault in a copy of the project, which its owner finds and mends.

The copy is a worktree of Git on a branch of its own, made from the last commit. A file among Git's own files of that
worktree says which fault it has; the project does not change.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from scaffolder import git
from scaffolder.check.report import opened
from scaffolder.errors import OutsideError, TargetError, outside, shown
from scaffolder.exercises.judging import FAILED, PASSED, pytest, python_of
from scaffolder.practice.faults import FOLDER, HINTS, Fault, read
from scaffolder.practice.session import record_of
from scaffolder.project import renewal
from scaffolder.template import foreign

__all__ = ["HINTS", "Drill", "Verdict", "begun", "end", "hint", "judge", "plant", "tested"]

STATE = "scaffolder-drill.json"
TESTS = "tests"
_MOST_BYTES = 1_000_000  # of a file that a fault changes
_LONGEST = 3_600  # seconds for the tests of a project: no measure of speed, they must end some time
_COMMIT = ("commit", "--quiet", "--all", "--no-verify", "--no-gpg-sign", "--message=Something is wrong here")
_NOBODY = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "A drill"), ("EMAIL", "drill@localhost"))
}


@dataclass(frozen=True)
class Drill:
    """A drill that has begun: `folder` is a copy of `project`, and the commit `planted` has the fault."""

    folder: Path
    project: Path
    fault: Fault
    seed: int
    planted: str
    branch: str
    hints: int = 0  # those that were shown


@dataclass(frozen=True)
class Verdict:
    """Whether the fault is gone, the tests of the project pass, and a test of the owner fails with the fault.

    `caught` is None if no test has changed. `output` is the end of what failing tests of the project printed.
    """

    gone: bool
    whole: bool
    caught: bool | None
    output: str = ""


def plant(project: Path, seed: int) -> Drill:
    """Plant a fault in a new copy beside the project; the seed decides which.

    Raises `TargetError` if this is no project with a commit, if its template has no faults, or none that fits.
    """
    project = project.resolve()
    repo = opened(project)
    with foreign.opened(renewal.request(record_of(repo, project), project)) as (template, _):
        faults = read(template.folder)
        name = template.name
    if not faults:
        raise TargetError(f"The template {shown(name)} brings no faults: they lie in {FOLDER}/ beside its project.")
    if git.enclosing_repository(project / "any") != project:
        raise TargetError(f"{shown(project, 200)} is no repository of its own: a drill is a copy of its last commit.")
    if _state(project).is_file():
        raise TargetError(f"{shown(project, 200)} has a fault already: find that one, or go to the project itself.")
    for fault in random.Random(seed).sample(faults, len(faults)):  # noqa: S311 - a choice that a seed repeats
        files = fault.planted(_committed(project))
        if files:
            return _begin(project, fault, seed, files)
    raise TargetError("None of the template's faults fits: you have rewritten the code that each of them changes.")


def _committed(project: Path) -> Callable[[str], str | None]:
    """A function that gives the text of a file in the last commit."""

    def text_of(path: str) -> str | None:
        done = git.run("show", f"HEAD:./{path}", folder=project)
        if done.returncode or len(done.stdout) > _MOST_BYTES:
            return None
        with suppress(UnicodeDecodeError):
            return done.stdout.decode()
        return None

    return text_of


def _begin(project: Path, fault: Fault, seed: int, files: Mapping[str, str]) -> Drill:
    branch = f"drill-{seed}"
    folder = project.with_name(f"{project.name}-{branch}")
    if os.path.lexists(folder):
        raise TargetError(f"{shown(folder, 200)} is there already: end that drill, or take another --seed.")
    git.run("worktree", "prune", folder=project)  # of a copy that was deleted by hand
    if _commit(project, branch):
        raise TargetError(
            f"The branch {branch} of an earlier drill is there: 'git branch -D {branch}', or take another --seed."
        )
    git.checked("worktree", "add", "--quiet", "-b", branch, str(folder), "HEAD", folder=project)
    try:
        for path, text in files.items():
            (folder / path).write_bytes(text.encode())
        git.checked(*_COMMIT, folder=folder, environment=_NOBODY)
        planted = git.checked("rev-parse", "HEAD", folder=folder).strip()
        drill = Drill(folder, project, fault, seed, planted, branch)
        _keep(drill)
    except BaseException:
        git.run("worktree", "remove", "--force", str(folder), folder=project)
        git.run("branch", "--quiet", "-D", branch, folder=project)
        raise
    return drill


def begun(folder: Path) -> Drill:
    """The drill in `folder`, or around it; raises `TargetError` if there is none."""
    folder = folder.resolve()
    try:
        folder = Path(git.checked("rev-parse", "--show-toplevel", folder=folder).strip())
        told = json.loads(_state(folder).read_bytes())
        project, known = Path(told["project"]), str(told["fault"])
        with foreign.opened(renewal.request(record_of(opened(project), project), project)) as (template, _):
            faults = {fault.id: fault for fault in read(template.folder)}
        return Drill(folder, project, faults[known], told["seed"], told["planted"], told["branch"], told["hints"])
    except (OSError, OutsideError):
        raise TargetError(
            f"{shown(folder, 200)} is no drill: 'scaffolder practice --break' in a project makes one beside it."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise TargetError(f"The template has no such fault any more: remove {shown(folder, 200)}.") from None


def hint(drill: Drill) -> tuple[str, int]:
    """The next hint and its number; after the last one, the last one again."""
    number = min(drill.hints + 1, len(drill.fault.hints))
    _keep(replace(drill, hints=number))
    return drill.fault.hints[number - 1], number


def judge(drill: Drill) -> Verdict:
    """Run the tests of the fault, those of the project, and those that its owner has changed against the fault.

    Raises `TargetError` if there is no environment to run them in.
    """
    python = _python(drill)
    if not _is_gone(drill, python):
        return Verdict(gone=False, whole=False, caught=None)
    code, output = pytest(python, drill.folder, ["-x"], _LONGEST)
    if code != PASSED:
        return Verdict(gone=True, whole=False, caught=None, output=output[-4_000:])
    return Verdict(gone=True, whole=True, caught=_caught(drill, python))


def end(drill: Drill) -> bool:
    """Remove the copy, and its branch if nothing was committed there; returns whether the branch stays.

    Raises `TargetError` if something is not committed, `OutsideError` if Git refuses.
    """
    if changed := git.uncommitted(drill.folder):
        raise TargetError(
            f"{shown(changed[0], 200)} in {shown(drill.folder, 200)} is not committed: commit or undo it."
        )
    if git.checked("rev-list", "HEAD", "--not", "--branches", folder=drill.folder):
        raise TargetError(f"Commits in {shown(drill.folder, 200)} are on no branch: 'git switch -c NAME' keeps them.")
    git.checked("worktree", "remove", "--force", str(drill.folder), folder=drill.project)
    last = _commit(drill.project, drill.branch)
    if last == drill.planted:
        git.checked("branch", "--quiet", "-D", drill.branch, folder=drill.project)
    return last not in ("", drill.planted)


def tested(drill: Drill) -> list[str]:
    """The commits of the owner on the branch that change tests, the oldest first: the others have only the mend."""
    own = ("--reverse", "--no-merges", "--abbrev-commit", f"{drill.planted}..refs/heads/{drill.branch}")
    return git.checked("rev-list", *own, "--", TESTS, folder=drill.project).split()


def _commit(project: Path, branch: str) -> str:
    """The commit of a branch; "" if there is no such branch."""
    found = git.run("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", folder=project)
    return found.stdout.decode().strip()


def _state(folder: Path) -> Path:
    return folder / git.checked("rev-parse", "--git-path", STATE, folder=folder).strip()


def _keep(drill: Drill) -> None:
    known = {key: value for key, value in asdict(drill).items() if key in ("seed", "planted", "branch", "hints")}
    try:
        _state(drill.folder).write_text(
            json.dumps({**known, "fault": drill.fault.id, "project": str(drill.project)}), "utf-8"
        )
    except OSError as error:
        raise outside(error) from None


def _python(drill: Drill) -> Path:
    """The Python of the copy's environment, or else of the project's."""
    found = python_of(drill.folder) or python_of(drill.project)
    if found is None:
        raise TargetError(f"The tests need an environment: 'make setup' in {shown(drill.project, 200)} first.")
    return found


def _is_gone(drill: Drill, python: Path) -> bool:
    with tempfile.TemporaryDirectory() as place:
        test = Path(place) / f"test_{drill.fault.id}.py"
        test.write_text(drill.fault.test, "utf-8")
        code, _ = pytest(python, drill.folder, ["-c", os.devnull, "--noconftest", str(test)], _LONGEST)
    if code not in (PASSED, FAILED):
        raise TargetError(
            "Whether the fault is gone cannot be tried: a file is no Python, or code that is called has lost its name."
        )
    return code == PASSED


def _caught(drill: Drill, python: Path) -> bool | None:
    """Whether a test that the owner has changed or added fails with the fault; None if there is no such test."""
    listed = git.checked("diff", "--name-only", "-z", drill.planted, "--", TESTS, folder=drill.folder).split("\0")
    new = git.checked("ls-files", "--others", "--exclude-standard", "-z", "--", TESTS, folder=drill.folder).split("\0")
    changed = [path for path in (*listed, *new) if path.endswith(".py") and (drill.folder / path).is_file()]
    tests = [path for path in changed if Path(path).name.startswith("test_")]
    if not tests:
        return None
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "copy"
        git.checked("worktree", "add", "--quiet", "--detach", str(copy), drill.planted, folder=drill.project)
        try:
            for path in changed:
                (copy / path).parent.mkdir(parents=True, exist_ok=True)
                (copy / path).write_bytes((drill.folder / path).read_bytes())
            return pytest(python, copy, ["-x", *tests], _LONGEST)[0] == FAILED
        finally:
            git.run("worktree", "remove", "--force", str(copy), folder=drill.project)
