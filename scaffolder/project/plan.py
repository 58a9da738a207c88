"""Plans and checks a project, then writes it completely or not at all, with its record and first commit."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffolder import __version__, git
from scaffolder.errors import OutsideError, TargetError, shown
from scaffolder.project import checkout, record
from scaffolder.project.staging import staged
from scaffolder.template.answers import Answers
from scaffolder.template.catalog import Template, Trust
from scaffolder.template.render import folder_name, render
from scaffolder.tree import EXECUTABLE, PLAIN, File, Tree, make_tree

BUNDLED: Mapping[str, Any] = {"kind": "bundled"}


@dataclass(frozen=True)
class Plan:
    """A project to create, and where. Nothing is written yet. `notes` are sentences for a person."""

    template: Template
    answers: Answers
    source: Mapping[str, Any]
    target: Path
    tree: Tree
    git: bool
    notes: tuple[str, ...] = ()


def plan(
    template: Template,
    answers: Answers,
    output: Path,
    *,
    source: Mapping[str, Any] = BUNDLED,
    want_git: bool | None = None,
) -> Plan:
    """Check the target folder, then render. If `want_git` is None, Git is used unless inside another repository.

    Raises a `ScaffolderError` for the first problem.
    """
    target = free_target(output, folder_name(template, answers))
    use_git, note = _decide_git(want_git, target)
    notes = [note] if note else []
    if template.trust is Trust.SANDBOXED and template.hooks:
        notes.append("The template's hooks were not run, because they are programs; --trust runs them.")
    tree = record.with_record(template, answers, source, _files(template, answers))
    return Plan(template, answers, source, target, tree, use_git, tuple(notes))


def rendered(template: Template, answers: Answers, source: Mapping[str, Any] = BUNDLED) -> Tree:
    """All files of a project with its record; for a trusted template with hooks, as its hooks leave them."""
    tree = record.with_record(template, answers, source, _files(template, answers))
    if not (template.trust is Trust.TRUSTED and template.hooks):
        return tree
    with tempfile.TemporaryDirectory(prefix="scaffolder-") as temporary:
        folder = Path(temporary) / folder_name(template, answers)
        folder.mkdir()
        fill(Plan(template, answers, source, folder, tree, git=False), folder)
        return read(folder)


def _files(template: Template, answers: Answers) -> Tree:
    """The rendered files, and those of the owner's data; of a starter, without what its owner writes."""
    tree = render(template, answers)
    if answers.exercises:
        from scaffolder.exercises.declared import declared, left_out
        from scaffolder.exercises.starter import starter

        tree = starter(tree, left_out(declared(template), answers.exercises))
    return tree if answers.data is None else make_tree([*tree.items(), *answers.data.files.items()])


def read(folder: Path) -> Tree:
    """The files under `folder` as a Tree; links are left out."""
    return make_tree(
        (
            path.relative_to(folder).as_posix(),
            File(path.read_bytes(), EXECUTABLE if os.access(path, os.X_OK) else PLAIN),
        )
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def free_target(output: Path, name: str) -> Path:
    """`output`/`name` as an absolute path; raises `TargetError` if it exists or cannot be created."""
    target = Path(os.path.abspath(output)) / name
    if kind := _kind(target):
        raise TargetError(f"There is already a {kind} {shown(target, 200)}: choose another name or another --output.")
    existing = next(parent for parent in target.parents if os.path.lexists(parent))
    if not os.path.isdir(existing):
        raise TargetError(f"{shown(existing, 200)} is not a folder, so nothing can be created in it.")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise TargetError(f"You have no permission to write in {shown(existing, 200)}.")
    return target


def _kind(path: Path) -> str | None:
    """The kind of file at `path`: 'link', 'folder' or 'file'; None if there is nothing."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise TargetError(f"{shown(path, 200)} cannot be created: {error.strerror}.") from error
    return "link" if stat.S_ISLNK(mode) else "folder" if stat.S_ISDIR(mode) else "file"


def _decide_git(wanted: bool | None, target: Path) -> tuple[bool, str]:
    if wanted is False:
        return False, ""
    if not git.available():
        if wanted:
            raise OutsideError("Git is not installed: install it, or leave out --git.")
        return False, "Git is not installed, so the project has no repository yet."
    around = git.enclosing_repository(target)
    if around and not wanted:
        return (
            False,
            f"{shown(around, 200)} is a Git repository, so none was created inside it; --git creates one.",
        )
    return True, ""


def carry_out(planned: Plan) -> tuple[str | None, tuple[str, ...]]:
    """Write the planned project; returns its first commit, if any, and notes for a person.

    A failure leaves nothing behind. Raises `OutsideError` if the disk, Git or a trusted template's hook fails.
    """
    with staged(planned.target) as folder:
        return fill(planned, folder)


def fill(planned: Plan, folder: Path) -> tuple[str | None, tuple[str, ...]]:
    """Write the planned project into the empty `folder`: its files, then a trusted template's hooks, then Git."""
    run_hook = _hooks(planned, folder)
    run_hook("pre_gen_project")
    write(planned.tree, folder)
    run_hook("post_gen_project")
    if not planned.git:
        return None, planned.notes
    author, note = _author(planned)
    message = f"Start from {planned.template.name} (scaffolder {__version__})"
    try:
        return git.baseline(folder, message, author), (*planned.notes, *note)
    except OutsideError as error:
        raise OutsideError(f"{error} With --no-git the project is made without a repository.") from error


def write(tree: Tree, folder: Path) -> None:
    """Write every file of `tree` under `folder`, with the mode that a Git checkout gives it under this umask."""
    checkout.write(folder, tree)


def _author(planned: Plan) -> tuple[tuple[str, str], tuple[str, ...]]:
    known = git.settings(planned.target.parent if planned.target.parent.is_dir() else Path.cwd())
    if "user.name" in known and "user.email" in known:
        return (known["user.name"], known["user.email"]), ()
    name = str(planned.answers.public.get("author_name") or known.get("user.name") or "scaffolder")
    note = "The first commit has a placeholder address: Git does not know yours (git config --global user.email)."
    return (name, "noreply@scaffolder.invalid"), (note,)


def _hooks(planned: Plan, folder: Path) -> Callable[[str], None]:
    """A function that runs a hook of a trusted template in `folder`; for other templates it does nothing."""
    if planned.template.trust is not Trust.TRUSTED:
        return lambda _: None
    from scaffolder.template.hooks import run

    return lambda name: run(planned.template, planned.answers, name, folder)
