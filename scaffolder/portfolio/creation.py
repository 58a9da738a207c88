"""A project from each template in one folder, with shared answers and an index page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scaffolder.errors import AnswerError, TargetError, shown, suggestion
from scaffolder.project import plan as project
from scaffolder.project import record
from scaffolder.project.plan import Plan
from scaffolder.project.staging import hidden_folder, rename, staged
from scaffolder.safe import read_file
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Answer

_INDEX = "README.md"
_MOST_BYTES = 5_000_000
_BEGIN, _END = "<!-- scaffolder:portfolio -->", "<!-- /scaffolder:portfolio -->"
# These answers differ from project to project.
_PER_PROJECT = frozenset({"project_name", "project_slug", "description"})


@dataclass(frozen=True)
class Portfolio:
    """The projects to create in `folder`, which it does not have yet, and its index."""

    folder: Path
    plans: tuple[Plan, ...]
    present: Mapping[str, str]  # template -> folder name
    index: str | None  # the new README.md, or None to keep the present one


def shared_template() -> Template:
    """The text questions that all templates share, as a template that can be asked but not rendered.

    Choices are left out: a choice selects files of one template.
    """
    every = [catalog.bundled(name) for name in catalog.names()]
    texts = [{name for name, question in each.questions.items() if question.kind == "text"} for each in every]
    shared = set.intersection(*texts) - _PER_PROJECT | {"__prompts__", "_scaffolder"}
    config = {name: raw for name, raw in every[0].config.items() if name in shared}
    config["_scaffolder"] = {
        **config.get("_scaffolder", {}),
        "title": "Portfolio: the answers that all projects share",
    }
    return Template("portfolio", every[0].folder, config)


def plan(folder: Path, given: Mapping[str, Answer], guesses: Mapping[str, Answer], want_git: bool | None) -> Portfolio:
    """Plan a project for each template of which `folder` has none; raises a `ScaffolderError` for the first problem."""
    folder = Path(os.path.abspath(folder))
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise TargetError(f"{shown(folder, 200)} is not a folder, so no portfolio can be created in it.")
    reject_unknown(given)
    present, earlier = existing(folder)
    plans: list[Plan] = []
    for name in catalog.names():
        if name not in present:
            template = catalog.bundled(name)
            fitting = {key: value for key, value in given.items() if key in template.questions}
            answers = complete(template, chosen(fitting), {**guesses, **earlier})
            plans.append(project.plan(template, answers, folder, want_git=want_git))
    folders = {**present, **{each.template.name: each.target.name for each in plans}}
    rows = [(catalog.bundled(name), folders[name]) for name in catalog.names() if name in folders]
    return Portfolio(folder, tuple(plans), present, index(rows, _old_index(folder)))


def reject_unknown(given: Mapping[str, Answer]) -> None:
    """Raise `AnswerError` for an answer that no template asks for, or that projects cannot share."""
    known = {key for name in catalog.names() for key in catalog.bundled(name).questions} - _PER_PROJECT
    for key in given:
        if key in _PER_PROJECT:
            raise AnswerError(f"{key} differs from project to project: use 'scaffolder new' to choose it.")
        if key not in known:
            raise AnswerError(f"No template has a question {shown(key)}: {suggestion(key, sorted(known))}")


def existing(folder: Path) -> tuple[dict[str, str], dict[str, Answer]]:
    """The projects in `folder` (template -> folder name), and the answers they were created with."""
    present: dict[str, str] = {}
    answers: dict[str, Answer] = {}
    for path in sorted(folder.glob(f"*/{record.NAME}")) if os.path.isdir(folder) else ():
        with suppress(OSError, ValueError):
            found = record.read(read_file(path, _MOST_BYTES).decode("utf-8"))
            present.setdefault(found.template, path.parent.name)
            answers.update(found.answers)
    return present, {name: value for name, value in answers.items() if name not in _PER_PROJECT}


def carry_out(planned: Portfolio) -> tuple[str, ...]:
    """Create every planned project and the index, or nothing at all; returns notes for a person."""
    if not os.path.lexists(planned.folder):
        with staged(planned.folder) as folder:
            return _fill(planned, folder)
    with hidden_folder(planned.folder / "portfolio") as folder:
        notes = _fill(planned, folder)
        _move(folder, planned.folder, [each.target.name for each in planned.plans])
    return notes


def _fill(planned: Portfolio, folder: Path) -> tuple[str, ...]:
    notes: dict[str, None] = {}
    for each in planned.plans:
        place = folder / each.target.name
        place.mkdir()
        notes.update(dict.fromkeys(project.fill(each, place)[1]))
    if planned.index is None:
        notes[f"{_INDEX} does not mark a place for the table of projects, so it was not changed."] = None
    else:
        (folder / _INDEX).write_bytes(planned.index.encode())
    return tuple(notes)


def _move(made: Path, home: Path, projects: list[str]) -> None:
    """Move `projects`, then the index, from `made` to `home`; if one fails, move them back."""
    moved: list[str] = []
    try:
        for name in projects:
            rename(made / name, home / name)
            moved.append(name)
        if (made / _INDEX).exists():
            os.replace(made / _INDEX, home / _INDEX)
    except BaseException:
        for name in moved:
            os.rename(home / name, made / name)
        raise


def index(rows: Iterable[tuple[Template, str]], old: str | None) -> str | None:
    """The index page with a table of (template, folder); the rest of the `old` page is kept.

    None if `old` has no marks that show where the table goes.
    """
    head = ["| project | what it demonstrates | how to run it |", "| --- | --- | --- |"]
    block = "\n".join([_BEGIN, *head, *(_row(*row) for row in rows), _END])
    if old is None:
        return f"# Portfolio\n\n{block}\n"
    before, begin, rest = old.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    return f"{before}{block}{after}" if begin and end else None


def _row(template: Template, folder: str) -> str:
    skills = "; ".join(template.about.demonstrates) or template.about.summary
    command = " && ".join([f"cd {folder}", *template.about.next[:1]])
    return f"| [{folder}]({folder}/): {template.about.title} | {skills} | `{command}` |"


def _old_index(folder: Path) -> str | None:
    try:
        return read_file(folder / _INDEX, _MOST_BYTES).decode("utf-8") if os.path.lexists(folder / _INDEX) else None
    except (OSError, UnicodeError) as error:
        raise TargetError(
            f"{shown(folder / _INDEX, 200)} cannot be read, so the projects cannot be listed in it."
        ) from error
