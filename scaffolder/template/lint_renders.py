"""Renders a template with each of its choices and with hostile answers, and finds what breaks in the projects.

Somebody else's template is rendered in the child of `sandbox`, which has limits.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from pathlib import PurePosixPath

from jinja2 import TemplateError as JinjaError

from scaffolder.errors import ScaffolderError, shown
from scaffolder.formats.json import load_json
from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.formats.yaml import load_yaml
from scaffolder.template.catalog import Template
from scaffolder.template.lint import CONFIG, Problem
from scaffolder.template.lint_picks import Choices, OwnData, completed, one_at_a_time, when
from scaffolder.template.render import render, walk
from scaffolder.template.sandbox import Worker
from scaffolder.tree import Tree

_READERS: Mapping[str, Callable[[str], object]] = {
    ".toml": load_toml,
    ".json": load_json,
    ".yaml": load_yaml,
    ".yml": load_yaml,
    ".py": ast.parse,
}
_LARGEST = 500_000  # bytes; a larger file is not read
_CONTRACT = "scaffolder.toml"
_MOST_RENDERS = 100  # of one kind of data
_MOST_FAILURES = 10  # renders that fail, after which no other is tried: each may take as long as the limits allow
_LONGEST = 600  # characters of a message: it may quote the template
_MOST_TEXTS = 40  # questions that get hostile answers
# What people may answer, each with others for a pattern that refuses the first of them.
_HOSTILE = (("a\"b\\'c", 'a"b', "a'b", "a\\b"), ("Kern: Anna", "a:"))
_MEASURED = re.compile(r"^#?[ \t]*(?:<!--)?[ \t]*measured:(\S+?)[ \t]*(?:-->)?[ \t]*$", re.MULTILINE)
_STATEMENT = re.compile(r"\{%[^%]{0,500}%\}")


@dataclass(frozen=True)
class Project:
    """A project with some choices: its files, or the problem because of which there are none.

    `files` are paths of the owner's data, which the template does not write.
    """

    choices: Choices
    tree: Tree = field(default_factory=dict)
    problem: Problem | None = None
    files: Sequence[str] = ()


@contextmanager
def limited(template: Template) -> Iterator[Template]:
    """The template as a child process with limits renders it."""
    with closing(Worker(template)) as worker:
        yield replace(template, worker=worker)


def projects(template: Template, own: Sequence[OwnData] = ()) -> list[Project]:
    """The projects with the defaults and with each choice alone, then the same about examples of `own` data."""
    found: list[Project] = []
    for example in (None, *own):
        answered = example.answers if example else {}
        left = (question for name, question in template.questions.items() if name not in answered)
        for choices in one_at_a_time(left)[:_MOST_RENDERS]:
            found.append(_project(template, choices, example))
            if sum(project.problem is not None for project in found) >= _MOST_FAILURES:
                return found
    return found


def _project(template: Template, choices: Choices, own: OwnData | None = None) -> Project:
    said = {"--data": "a file", **choices} if own else choices
    place = CONFIG
    try:
        answers = completed(template, choices, own)
        place = "."  # the sentence names the file
        return Project(said, render(template, answers), files=own.files if own else ())
    except (ScaffolderError, JinjaError) as error:
        return Project(said, problem=Problem(place, None, str(error)[:_LONGEST], "Correct it."))


def problems(template: Template, rendered: Sequence[Project]) -> Iterator[Problem]:
    """The problems in the projects, and in others with hostile answers."""
    valid = {path for project in rendered for path, file in project.tree.items() if is_valid(path, file.data)}
    place = sources(template)
    seen: dict[Problem, list[Choices]] = defaultdict(list)
    for project in rendered:
        for problem in chain(_invalid(project, valid, place), _undeclared(project, template.project_folder)):
            seen[problem].append(project.choices)
    yield from with_choices(seen, len(rendered))
    if not any(project.problem for project in rendered):
        yield from _unescaped(template, valid, place)


def with_choices(seen: Mapping[Problem, Sequence[Choices]], every: int) -> Iterator[Problem]:
    """Each problem once, with the choices that show it unless all do."""
    for problem, failed in seen.items():
        yield replace(problem, message=problem.message + when(failed, every))


def sources(template: Template) -> Mapping[str, str]:
    """The path of a file in a project -> that of its source, in whose name Jinja only decides whether it is there."""
    files = walk(template.folder / template.project_folder, ())
    return {_STATEMENT.sub("", source): f"{template.project_folder}/{source}" for source, _, _ in files}


def _invalid(project: Project, valid: Iterable[str], place: Mapping[str, str]) -> Iterator[Problem]:
    """The problem of a project that is not there, or its files that others have in a `valid` form."""
    if project.problem:
        yield project.problem
    for path, file in project.tree.items():
        if path in valid and not is_valid(path, file.data):
            yield Problem(place.get(path, path), None, f"It is not valid {format_of(path)}.", "Correct it.")


def _undeclared(project: Project, folder: str) -> Iterator[Problem]:
    """The problems where the contract, which `scaffolder check` reads, does not fit the documents."""

    def problem(message: str, remedy: str) -> Problem:
        return Problem(f"{folder}/{_CONTRACT}", None, message, remedy)

    if project.problem:
        return
    if _CONTRACT not in project.tree:
        said = "It is not there, so `scaffolder check` would give the projects no level."
        yield problem(said, "Write it: docs/contract.md of scaffolder shows how.")
        return
    try:
        content = load_toml(project.tree[_CONTRACT].data.decode())
    except (TomlError, UnicodeDecodeError) as error:
        yield problem(f"It is not valid TOML: {error}.", "Correct it.")
        return
    blocks, records = content.get("blocks"), f"{content.get('decisions')}/"  # no run has to find those again
    declared = _pairs(blocks if isinstance(blocks, dict) else {})
    pages = (path for path in project.tree if path.endswith(".md") and not path.startswith(records))
    texts = {path: project.tree[path].data.decode("utf-8", "replace") for path in pages}
    there = {(path, name) for path, text in texts.items() for name in _MEASURED.findall(text)}
    for path, name in sorted(there - declared):
        yield problem(f"[blocks] does not name the measured block {shown(name)} of {shown(path)}.", "Add it.")
    for path, name in sorted(declared - there):
        said = f"[blocks] names the measured block {shown(name)} of {shown(path)}, which is not there."
        yield problem(said, "Remove it, or print it there.")


def _pairs(blocks: Mapping[str, object]) -> set[tuple[str, str]]:
    return {(path, str(name)) for path, names in blocks.items() if isinstance(names, list) for name in names}


def _unescaped(template: Template, valid: Iterable[str], place: Mapping[str, str]) -> Iterator[Problem]:
    """The files that an answer breaks, although its question allows it."""
    texts = [name for name, question in template.questions.items() if question.kind == "text"]
    for name in texts[:_MOST_TEXTS]:
        told: set[str] = set()
        for value, project in _hostile(template, name):
            given = f"{name} = {shown(value)}"
            if project.problem and "." not in told:
                told.add(".")
                yield replace(project.problem, message=f"{project.problem.message} This happens with {given}.")
            broken = (path for path, file in project.tree.items() if path in valid and not is_valid(path, file.data))
            for path in [path for path in broken if path not in told]:
                told.add(path)
                form = format_of(path)
                said = f"With {given} it is not valid {form}."
                yield Problem(place.get(path, path), None, said, _remedy(name, form))


def _hostile(template: Template, name: str) -> Iterator[tuple[str, Project]]:
    """The projects with hostile answers to a question, but for those that it refuses."""
    for values in _HOSTILE:
        for value in values:
            project = _project(template, {name: value})
            if project.problem and project.problem.path == CONFIG:
                continue  # it is refused
            yield value, project
            if value == values[0]:
                break


def _remedy(name: str, form: str) -> str:
    if form == "Python":
        return "Keep answers out of Python: put it into settings.toml, and read it from there."
    return f"Write the answer with |tojson and without quotes around it, or give the question {name} a pattern."


@lru_cache(maxsize=10_000)
def is_valid(path: str, data: bytes) -> bool:
    """Whether a file is valid in the format that its suffix says; True if it says none, or the file is large."""
    reader = _READERS.get(PurePosixPath(path).suffix) if len(data) <= _LARGEST else None
    try:
        if reader:
            reader(data.decode())
    except (ValueError, SyntaxError, RecursionError, MemoryError):  # the last if it is nested too deep
        return False
    return True


def format_of(path: str) -> str:
    """The format of a file by its name, such as YAML."""
    return {".py": "Python", ".yml": "YAML"}.get(PurePosixPath(path).suffix, PurePosixPath(path).suffix[1:].upper())
