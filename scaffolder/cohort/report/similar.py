"""The files that students wrote or changed, in folders for a tool that looks for what two of them share: JPlag, Dolos.

Beside them lies what was handed out in the place of the changed ones, which JPlag takes as its base code.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from scaffolder.cohort.course import home
from scaffolder.cohort.ledger import Collected
from scaffolder.cohort.work import steps
from scaffolder.cohort.work.update import last_render
from scaffolder.errors import OutsideError, ScaffolderError, TargetError, TemplateError, shown
from scaffolder.project import plan, store
from scaffolder.project.staging import staged
from scaffolder.tree import Tree, make_tree

SUFFIXES = (".ipynb", ".md", ".py")
STUDENTS, TEMPLATE = "students", "template"  # in the folder of a project, each with a folder for every student


def write(cohort: Path, snapshots: Iterable[Collected], target: Path) -> list[tuple[str, str]]:
    """Write the files of these snapshots into a new folder `target`.

    Returns the projects that cannot be read, as STUDENT/PROJECT, each with the reason. Raises `TargetError` if `target`
    is there already, `OutsideError` if it cannot be written.
    """
    if os.path.lexists(target):
        raise TargetError(f"{shown(target, 200)} is there already: name a folder that is not.")
    problems: list[tuple[str, str]] = []
    with staged(Path(os.path.abspath(target))) as hidden:
        for snapshot in snapshots:
            try:
                written, handed_out = changed(
                    home.repository(cohort, snapshot.student, snapshot.project), snapshot.commit
                )
            except ScaffolderError as error:
                problems.append((f"{snapshot.student}/{snapshot.project}", str(error)))
                continue
            for name, tree in ((STUDENTS, written), (TEMPLATE, handed_out)):
                folder = hidden / snapshot.project / name / snapshot.student
                folder.mkdir(parents=True)
                plan.write(tree, folder)
    return problems


def changed(repository: Path, commit: str) -> tuple[Tree, Tree]:
    """The files of a student's `commit` that are not as they were handed out, and those files as they were.

    Without a render in its history, all are the student's. Raises a `ScaffolderError` if they cannot be read.
    """
    repo = steps.repository(str(repository))
    with store.failures("The collected work cannot be read"):
        render = last_render(repo, commit)
        before = store.entries(repo, store.tree_of(repo, render)) if render else {}
        after = store.entries(repo, store.tree_of(repo, commit))
        paths = [path for path, file in after.items() if path.endswith(SUFFIXES) and before.get(path) != file]
        written = store.loaded(repo, after, store.small(repo, after, paths))
        handed_out = store.loaded(repo, before, store.small(repo, before, [path for path in paths if path in before]))
    try:
        return make_tree(written.items()), make_tree(handed_out.items())
    except TemplateError:
        raise OutsideError("Some of its files have names that cannot be written on every system.") from None
