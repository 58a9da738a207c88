"""The exercises of a template: each is a folder in `exercises/`, beside the folder of the project.

`exercises/ID/exercise.toml` says what is to be written, `exercises/ID/test_ID.py` judges it. A teacher adds others from
a folder, and a project from its record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from scaffolder.errors import AnswerError, TargetError, TemplateError, shown, suggestion
from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.safe import read_given
from scaffolder.template.catalog import Template
from scaffolder.tree import path_problem

FOLDER = "exercises"
LEVELS = ("core", "more")
_SETS = ("core", "all", "none")  # words that stand for several exercises
HINTS = 3
_ID = re.compile(r"[a-z][a-z0-9_]{0,30}")  # the name of a test module, too
_NAME = re.compile(r"[A-Za-z_]\w{0,80}(?:\.[A-Za-z_]\w{0,80})?", re.ASCII)
_MOST_BYTES = 200_000  # of one file
_MOST = 100  # exercises of one folder
_MOST_CHARACTERS = 400_000  # of added ones, since the record of a project keeps those that are its own
_TEXTS, _LISTS = ("title", "level", "file", "task", "why"), ("functions", "without", "hints", "after")


@dataclass(frozen=True)
class Exercise:
    """A task: the `functions` of a `file` that the owner of a project writes.

    The definitions in `without` are of use only to the functions, so a starter lacks them, too. `after` names the
    exercises that come before. `test` is the text of the tests that judge.
    """

    id: str
    title: str
    level: str
    minutes: int
    file: str
    functions: tuple[str, ...]
    without: tuple[str, ...]
    task: str
    why: str
    hints: tuple[str, ...]
    after: tuple[str, ...]
    test: str


@lru_cache(maxsize=32)  # a cohort makes thousands of starters
def declared(template: Template) -> Mapping[str, Exercise]:
    """The exercises of a template by id, each behind those that come before it, and short ones first.

    There are none if the template has no such folder.

    Raises `TemplateError` for the first that cannot be used.
    """
    contents = {**read(template.folder / FOLDER), **template.exercises}
    found = {name: _exercise(name, content) for name, content in contents.items()}
    for one in found.values():
        if lost := [name for name in one.after if name not in found]:
            raise TemplateError(
                f"The exercise {one.id} comes after {shown(lost[0])}, which the template does not have."
            )
    try:
        order = tuple(TopologicalSorter({name: one.after for name, one in found.items()}).static_order())
    except CycleError as error:
        raise TemplateError(f"The exercises {', '.join(sorted(set(error.args[1])))} come after each other.") from None
    depth: dict[str, int] = {}  # how many exercises in a row come before
    for name in order:
        depth[name] = max((depth[one] + 1 for one in found[name].after), default=0)
    return {name: found[name] for name in sorted(order, key=lambda one: (depth[one], found[one].minutes, one))}


def from_folder(template: Template, folder: Path) -> Template:
    """The template with the exercises in a folder added; raises `TemplateError` for the first that cannot be."""
    found = read(folder)
    if not found:
        raise TemplateError(f"{shown(folder, 200)} has no exercises: each is a folder with an exercise.toml.")
    if taken := sorted(found.keys() & declared(template).keys()):
        raise TemplateError(f"{template.name} has an exercise {shown(taken[0])} already: give yours another name.")
    wide = replace(template, exercises=found)
    declared(wide)
    if len(json.dumps(found)) > _MOST_CHARACTERS:
        raise TemplateError(f"The exercises in {shown(folder, 200)} have more than {_MOST_CHARACTERS:,} characters.")
    return wide


def from_record(template: Template, kept: Mapping[str, Mapping[str, Any]]) -> Template:
    """The template with the exercises that a project's record keeps, unless it has been given later versions of them.

    What the template no longer has does not come before them any more.
    """
    if not kept:
        return template
    contents = {**kept, **template.exercises}
    known = declared(template).keys() | contents.keys()
    return replace(template, exercises={name: _after(content, known) for name, content in contents.items()})


def _after(content: Mapping[str, Any], known: set[str]) -> Mapping[str, Any]:
    before = content.get("after")
    return {**content, "after": [each for each in before if each in known]} if isinstance(before, list) else content


def chosen(known: Mapping[str, Exercise], wanted: str, there: str = "There") -> tuple[str, ...]:
    """The ids that `core`, `all`, `none`, or ids with commas in between stand for.

    Raises `AnswerError`, which says in the words of `there` where an unknown exercise is not.
    """
    names = _words(wanted)
    if not known and names != {"none"}:
        raise AnswerError("This template has no exercises, so it makes finished projects only, and no starter.")
    if unknown := sorted(names - {*_SETS, *known}):
        raise AnswerError(f"{there} is no exercise {shown(unknown[0])}: {suggestion(unknown[0], (*_SETS, *known))}")
    return among(known, wanted)


def among(known: Mapping[str, Exercise], wanted: str) -> tuple[str, ...]:
    """Like `chosen`, of those that are known, whatever else is wanted."""
    names = _words(wanted)
    sets = {name: {name, "all", *(["core"] if one.level == "core" else [])} for name, one in known.items()}
    return tuple(name for name in known if names & sets[name])


def lacked(known: Mapping[str, Exercise], ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The names of the definitions that a new starter with the exercises of these ids lacks, by exercise."""
    return {name: (*known[name].functions, *known[name].without) for name in ids}


def left_out(known: Mapping[str, Exercise], names: Mapping[str, Iterable[str]]) -> list[Exercise]:
    """The exercises of a starter that lacked these `names` when it was made, in their order.

    A later version of an exercise may ask for more functions; in this starter they are written, and stay so.
    """
    found = (_narrowed(one, set(names[name])) for name, one in known.items() if name in names)
    return [one for one in found if one.functions]


def _narrowed(one: Exercise, names: set[str]) -> Exercise:
    functions, without = ([name for name in each if name in names] for each in (one.functions, one.without))
    return replace(one, functions=tuple(functions), without=tuple(without))


def _words(wanted: str) -> set[str]:
    return {*re.split(r"[\s,;]+", wanted.strip(" \t,;"))}


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """The contents of the exercises in a folder by id: those of exercise.toml, and the tests as `test`.

    Raises `TemplateError` for the first that cannot be read; whether it can be used, `declared` says.
    """
    places = sorted(path for path in folder.iterdir() if _ID.fullmatch(path.name)) if folder.is_dir() else []
    if len(places) > _MOST:
        raise TemplateError(f"{shown(folder.name)} has more than {_MOST} exercises.")
    return {place.name: _content(place) for place in places if place.is_dir() and not place.is_symlink()}


def _content(place: Path) -> dict[str, Any]:
    try:
        content = load_toml(_text(place / "exercise.toml"))
    except TomlError as error:
        raise TemplateError(f"{FOLDER}/{place.name}/exercise.toml is not TOML: {error}.") from None
    if "test" in content:
        raise TemplateError(f"{FOLDER}/{place.name}/exercise.toml: nothing reads test.")
    return {**content, "test": _text(place / f"test_{place.name}.py")}


def _exercise(name: str, content: Mapping[str, Any]) -> Exercise:
    if problem := _misfit(name, content):
        raise TemplateError(f"{FOLDER}/{shown(name)[1:-1]}/exercise.toml: {problem}.")
    fields: dict[str, Any] = {key: content[key].strip() for key in _TEXTS}
    fields |= {key: tuple(content.get(key, ())) for key in _LISTS}
    return Exercise(id=name, minutes=content["minutes"], test=content["test"], **fields)


def _text(file: Path) -> str:
    place = "/".join(file.parts[-3:])
    try:
        return read_given(file, _MOST_BYTES).decode().replace("\r\n", "\n")
    except (TargetError, UnicodeDecodeError):
        raise TemplateError(f"{place} is missing, is larger than {_MOST_BYTES:,} bytes, or is no UTF-8 text.") from None


def _misfit(name: str, content: Mapping[str, Any]) -> str:
    """The first thing that is wrong with the content of an exercise; empty if nothing is."""
    every = {*_TEXTS, *_LISTS, "minutes", "test"}
    checks = {
        "its name must be lower-case letters, digits and underscores": _ID.fullmatch(name) is not None,
        "its tests must be a text": isinstance(content.get("test"), str),
        f"it has no {', '.join(sorted(every - {'without', 'after'} - content.keys()))}": (
            every - {"without", "after"} <= content.keys()
        ),
        f"nothing reads {', '.join(sorted(content.keys() - every))}": content.keys() <= every,
        f"{', '.join(_TEXTS)} must be texts": all(_is_text(content.get(key)) for key in _TEXTS),
        f"{', '.join(_LISTS)} must be lists of texts": all(_are_texts(content.get(key, [])) for key in _LISTS),
        "minutes must be a whole number above 0": type(content.get("minutes")) is int and content["minutes"] > 0,
    }
    if problem := next((said for said, right in checks.items() if not right), ""):
        return problem
    names = (*content["functions"], *content.get("without", ()))
    checks = {
        f"level must be {' or '.join(LEVELS)}": content["level"] in LEVELS,
        f"there must be {HINTS} hints, from vague to nearly there": len(content["hints"]) == HINTS,
        "functions must name a function, or Class.method": bool(content["functions"])
        and all(map(_NAME.fullmatch, names)),
        "file must be the path of a Python file in the project": (
            content["file"].endswith(".py") and path_problem(content["file"]) is None
        ),
    }
    return next((said for said, right in checks.items() if not right), "")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))
