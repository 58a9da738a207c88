"""Finds what would vanish or break in a template's files and questions as they are written.

No code of the template is run. `lint_renders` renders it, and finds what breaks then.
"""

from __future__ import annotations

import fnmatch
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from scaffolder.errors import TemplateError, one_line, shown
from scaffolder.template import catalog
from scaffolder.template.catalog import Template, Trust
from scaffolder.template.config import unknown_keys
from scaffolder.template.foreign import is_bare, validate_contents
from scaffolder.template.render import CACHES, walk
from scaffolder.tree import name_problem

CONFIG = "cookiecutter.json"
MOST = 200
"""The largest number of problems that are reported."""
_LARGE = 5_000_000  # bytes
_CACHES = CACHES | {".venv", "venv", "node_modules", ".tox", ".ipynb_checkpoints"}
_PRIVATE = ("_template", "_output_dir", "_repo_dir", "_checkout")  # variables that cookiecutter sets itself
_MENUS = ("template", "templates")  # in them, cookiecutter looks for a menu


@dataclass(frozen=True)
class Problem:
    """A part of a template that would vanish or break.

    `path` is relative to the template's folder, "." if the problem is not in one file; `line` counts from 1. `message`
    and `remedy` are sentences.
    """

    path: str
    line: int | None
    message: str
    remedy: str


def opened(folder: Path) -> Template:
    """The template in `folder`.

    Raises `TemplateError` if there is none, or one that `scaffolder new` would not even open.
    """
    try:
        named, folder = folder, folder.resolve()
        if is_bare(folder):
            raise TemplateError(f"{shown(named, 200)} is a bare Git repository: clone it, and check the clone.")
        if not (folder / CONFIG).is_file():
            raise TemplateError(f"{shown(named, 200)} is not a template: it has no {CONFIG}.")
        validate_contents(folder)
    except (OSError, RuntimeError, ValueError) as error:
        raise TemplateError(f"The template cannot be read: {one_line(str(error))}.") from error
    return catalog.read(folder, folder.name, Trust.SANDBOXED, dict.fromkeys(_PRIVATE, ""))


def problems(template: Template) -> Iterator[Problem]:
    """The problems of a template's files and questions as they are written; some may come several times."""
    folder = template.folder
    yield from _questions(template)
    for name in (template.project_folder, "templates", "hooks", "exercises"):
        yield from _files(folder, folder / name)
    yield from _folders(template)
    yield from _patterns(template)
    yield from _hooks(template)
    yield from _unknown_keys(template)


def told(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems, each once, by path and line; at most `MOST`."""
    ordered = sorted(set(found), key=lambda problem: (problem.path, problem.line or 0, problem.message))
    if len(ordered) > MOST:
        ordered[MOST - 1 :] = [Problem(".", None, "There are more problems than these.", "Mend these first.")]
    return tuple(ordered)


def _folders(template: Template) -> Iterator[Problem]:
    """The folders with a condition in their names."""
    project = template.folder / template.project_folder
    for folder in sorted(path for path in project.rglob("*{%*") if path.is_dir()):
        said = "A folder whose name is empty is the project's root, where its files would land or collide."
        path = folder.relative_to(template.folder).as_posix()
        yield Problem(path, None, said, "Give the condition to the names of the files in it.")


def _patterns(template: Template) -> Iterator[Problem]:
    """The patterns of files to copy that no file has."""
    names = {name for name, _, _ in walk(template.folder / template.project_folder, ())}
    places = names.union(*(map(str, PurePosixPath(name).parents) for name in names))
    for pattern in template.config.get("_copy_without_render") or ():
        if not fnmatch.filter(places, pattern):
            said = f"_copy_without_render names {shown(pattern)}, which matches no file."
            yield Problem(CONFIG, None, said, "Correct or remove it.")


def _hooks(template: Template) -> Iterator[Problem]:
    for hook in template.hooks:
        yield Problem(
            f"hooks/{hook.name}",
            None,
            "A hook does not run, unless somebody asks for it each time with --trust.",
            "Let Jinja select the files, and let the Makefile of the project do what is left.",
        )


def _files(root: Path, place: Path) -> Iterator[Problem]:
    """The problems of the files and folders below `place` as such, whatever is in them."""
    for here, folders, names in os.walk(place):
        caches = sorted(_CACHES.intersection([*folders, *names]))
        folders[:] = sorted(set(folders) - _CACHES - {".git"})
        for name in caches:
            path = Path(here, name).relative_to(root).as_posix()
            yield Problem(path, None, "This is a cache, which cookiecutter would copy into each project.", "Delete it.")
        for name in sorted({*folders, *names} - _CACHES):
            yield from _file(Path(here, name), Path(here, name).relative_to(root).as_posix())


def _file(file: Path, path: str) -> Iterator[Problem]:
    if problem := name_problem(file.name):
        yield Problem(path, None, f"Its name {problem}.", "Give it a name that every system allows.")
    if file.is_symlink():
        yield Problem(
            path, None, "It is a link, which zip files and Windows do not keep.", "Put the file itself there."
        )
    elif file.is_file() and file.stat().st_size > _LARGE:
        size = f"It has more than {_LARGE // 1_000_000} MB, in each project and in each version of it."
        yield Problem(path, None, size, "Make it smaller, or let the project fetch or make it.")


def _questions(template: Template) -> Iterator[Problem]:
    """The problems of the questions as cookiecutter.json has them; raises `TemplateError`."""
    asked = template.questions

    def problem(name: str, message: str, remedy: str) -> Problem:
        return Problem(CONFIG, line_of(template, name), f"{shown(name)} {message}", remedy)

    prompts = _object(template.config.get("__prompts__"))
    rules = _object(_object(template.config.get("_scaffolder")).get("questions"))
    for name, question in asked.items():
        if name in _MENUS or not name.isidentifier() or hasattr(dict, name):
            yield problem(
                name, f"cannot be asked: {{{{ cookiecutter.{one_line(name)} }}}} means something else.", "Rename it."
            )
        words = prompts.get(name)
        if not words or (isinstance(words, dict) and "__prompt__" not in words):
            yield problem(name, "is asked by its name alone.", "Give it a wording in __prompts__.")
        next_steps = rules.get(name, {}).get("next", {})
        for choice in sorted({*question.labels, *next_steps} - set(question.choices)):
            yield problem(
                name, f"has no choice {shown(choice)}, but words or commands for it.", "Remove or rename them."
            )
        for choice in question.choices if question.labels else ():
            if choice not in question.labels:
                yield problem(name, f"says nothing about its choice {shown(choice)}.", "Add it to __prompts__.")
    for name in sorted({*prompts, *rules} - set(asked)):
        yield problem(name, "is no question, but there are words or rules for it.", "Ask it, or remove them.")
    for name in sorted(set(_PRIVATE) & set(template.config)):
        yield problem(name, "is overwritten, because cookiecutter sets it itself.", "Rename it.")


def _unknown_keys(template: Template) -> Iterator[Problem]:
    """The keys under `_scaffolder` that nothing reads."""
    for name, known in unknown_keys(template.config.get("_scaffolder")):
        said = f"{shown(name)} means nothing here, so it would have no effect."
        yield Problem(CONFIG, line_of(template, name.rpartition(".")[2]), said, f"It can be {', '.join(known)}.")


def line_of(template: Template, name: str) -> int | None:
    """The first line of cookiecutter.json that begins with `name`."""
    lines = (template.folder / CONFIG).read_bytes().decode("utf-8", "replace").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.strip().startswith(json.dumps(name))), None)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
