"""A drill: a fault in a copy of the project, which its owner finds and mends.

A template's faults are the patches `faults/ID.patch`, which no project gets. The text before the changes has two
paragraphs or more: what people notice, then what it was. The copy is a worktree of Git on a branch of its own, made
from the last commit; a file among Git's own files of that worktree says which fault it has.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from scaffolder import git
from scaffolder.check.examine import opened
from scaffolder.errors import OutsideError, TargetError, TemplateError, outside, shown
from scaffolder.project import generated, record
from scaffolder.safe import read_file, read_given
from scaffolder.template import foreign

FOLDER = "faults"
STATE = "scaffolder-drill.json"
TESTS = "tests"
_MOST_BYTES = 1_000_000  # of a patch, and of what a drill keeps
_COMMIT = ("commit", "--quiet", "--all", "--no-verify", "--no-gpg-sign", "--message=Something is wrong here")
_NOBODY = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "A drill"), ("EMAIL", "drill@localhost"))
}


class Fault(NamedTuple):
    """A fault as it happens at work: what people notice, what it was, and the patch that plants it."""

    id: str
    symptom: str
    postmortem: str
    patch: Path


@dataclass(frozen=True)
class Drill:
    """A drill that has begun: `folder` is a copy of `project`, and the commit `planted` has the fault."""

    folder: str
    project: str
    branch: str
    seed: int
    planted: str
    fault: str
    symptom: str
    postmortem: str


def faults(template: Path) -> list[Fault]:
    """The faults of the template in this folder, by id; raises `TemplateError` for one without its two paragraphs."""
    return [_fault(patch) for patch in sorted((template / FOLDER).glob("*.patch"))]


def _fault(patch: Path) -> Fault:
    text, _, diff = read_given(patch, _MOST_BYTES).decode(errors="replace").partition("\ndiff --git ")
    symptom, _, postmortem = text.strip().partition("\n\n")
    if not (diff and symptom and postmortem):
        raise TemplateError(
            f"{FOLDER}/{shown(patch.name)} needs what people notice, an empty line, what it was, and a diff of Git."
        )
    return Fault(patch.stem, " ".join(symptom.split()), " ".join(postmortem.split()), patch)


def plant(project: Path, seed: int) -> Drill:
    """Plant a fault in a new copy beside the project; the seed decides which of those that fit.

    Raises `TargetError` if this is no project with a commit, if its template has no faults, or none that fits.
    """
    project = project.resolve()
    known = record.of_project(opened(project).snapshot.text(record.NAME), project)
    with foreign.opened(generated.request(known, project)) as (template, _):
        planned = faults(template.folder)
        if not planned:
            raise TargetError(
                f"The template {shown(template.name)} brings no faults: they lie in {FOLDER}/ beside its project."
            )
        if git.enclosing_repository(project / "any") != project:
            raise TargetError(f"{shown(project, 200)} is no repository of its own: a drill is a copy of its commit.")
        if _state(project).is_file():
            raise TargetError(f"{shown(project, 200)} has a fault already: find that one, or go to the project itself.")
        shuffled = random.Random(seed).sample(planned, len(planned))  # noqa: S311 - a choice that a seed repeats
        return _begin(project, seed, shuffled)


def _begin(project: Path, seed: int, known: Sequence[Fault]) -> Drill:
    """Make the copy, with the first of the faults that fits; on an error, nothing of it stays."""
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
        fault = _apply_first(folder, known)
        git.checked(*_COMMIT, folder=folder, environment=_NOBODY)
        planted = git.checked("rev-parse", "HEAD", folder=folder).strip()
        drill = Drill(str(folder), str(project), branch, seed, planted, fault.id, fault.symptom, fault.postmortem)
        _keep(drill)
    except BaseException:
        git.run("worktree", "remove", "--force", str(folder), folder=project)
        git.run("branch", "--quiet", "-D", branch, folder=project)
        raise
    return drill


def _apply_first(folder: Path, known: Sequence[Fault]) -> Fault:
    """Apply the first patch that fits, each as a whole or not at all; raises `TargetError` if none does."""
    for fault in known:
        if git.run("apply", "--whitespace=nowarn", str(fault.patch.resolve()), folder=folder).returncode == 0:
            return fault
    raise TargetError("None of the template's faults fits: you have rewritten the code that each of them changes.")


def begun(folder: Path) -> Drill:
    """The drill in `folder`, or around it; raises `TargetError` if there is none."""
    with suppress(OSError, OutsideError, ValueError, TypeError):
        top = Path(git.checked("rev-parse", "--show-toplevel", folder=folder.resolve()).strip())
        return Drill(**json.loads(read_file(_state(top), _MOST_BYTES)))
    raise TargetError(
        f"{shown(folder.resolve(), 200)} is no drill: 'scaffolder practice --break' in a project makes one beside it."
    )


def end(drill: Drill) -> bool:
    """Remove the copy, and its branch if nothing was committed there; returns whether the branch stays.

    Raises `TargetError` if something is not committed, `OutsideError` if Git refuses.
    """
    folder, project = Path(drill.folder), Path(drill.project)
    if changed := git.uncommitted(folder):
        raise TargetError(f"{shown(changed[0], 200)} in {shown(folder, 200)} is not committed: commit or undo it.")
    if git.checked("rev-list", "HEAD", "--not", "--branches", folder=folder):
        raise TargetError(f"Commits in {shown(folder, 200)} are on no branch: 'git switch -c NAME' keeps them.")
    git.checked("worktree", "remove", "--force", str(folder), folder=project)
    last = _commit(project, drill.branch)
    if last == drill.planted:
        git.checked("branch", "--quiet", "-D", drill.branch, folder=project)
    return last not in ("", drill.planted)


def changed_files(drill: Drill) -> list[str]:
    """The files that the fault changed, without the tests that would have given it away."""
    listed = git.checked("diff", "--name-only", f"{drill.planted}~", drill.planted, folder=Path(drill.project))
    return [path for path in listed.splitlines() if not path.startswith(f"{TESTS}/")]


def _commit(project: Path, branch: str) -> str:
    """The commit of a branch; "" if there is no such branch."""
    asked = git.run("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", folder=project)
    return asked.stdout.decode().strip()


def _state(folder: Path) -> Path:
    return folder / git.checked("rev-parse", "--git-path", STATE, folder=folder).strip()


def _keep(drill: Drill) -> None:
    try:
        _state(Path(drill.folder)).write_text(json.dumps(asdict(drill)), "utf-8")
    except OSError as error:
        raise outside(error) from None
