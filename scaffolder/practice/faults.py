"""The faults of a template that `scaffolder practice --break` plants: folders in `faults/`, which no project gets.

`faults/ID/fault.toml` says what is changed and what people notice, `faults/ID/test_ID.py` tells whether it is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffolder.errors import TemplateError
from scaffolder.exercises import stubs
from scaffolder.exercises.declared import text_of
from scaffolder.exercises.stubs import SourceError
from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.tree import path_problem

FOLDER = "faults"
HINTS = 3
_ID = re.compile(r"[a-z][a-z0-9_]{0,30}")  # the name of a test module, too
_TEXTS, _KEYS = ("symptom", "postmortem"), {"symptom", "postmortem", "hints", "without", "change", "wrong"}


@dataclass(frozen=True)
class Change:
    """A passage of a file, and the one that takes its place."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Fault:
    """A fault as it happens at work.

    `without` names tests of the project, as `tests/test_x.py::test_y`, that would give it away: a team that has them
    would not have shipped the fault. `wrong` are mends that do not help. `test` fails as long as the fault is there.
    """

    id: str
    symptom: str
    hints: tuple[str, ...]
    postmortem: str
    changes: tuple[Change, ...]
    wrong: tuple[Change, ...]
    without: tuple[str, ...]
    test: str

    def planted(self, text_of: Callable[[str], str | None]) -> Mapping[str, str] | None:
        """The files that differ once the fault is there, with their texts; None if it does not fit.

        `text_of` gives the text of a file of the project, None if there is none. A fault fits if each passage that it
        changes is there once.
        """
        try:
            files = changed(self.changes, text_of)
            for place in self.without:
                path, _, name = place.partition("::")
                if text := files.get(path) or text_of(path):
                    files[path] = stubs.without(text, [name])
        except (LookupError, SourceError):
            return None
        return {path: text for path, text in files.items() if text != text_of(path)}


def changed(changes: tuple[Change, ...], text_of: Callable[[str], str | None]) -> dict[str, str]:
    """The texts of the files with the changes; raises `LookupError` if a passage is not there once."""
    files: dict[str, str] = {}
    for change in changes:
        text = files.get(change.file) or text_of(change.file) or ""
        if text.count(change.before) != 1:
            raise LookupError(change.file)
        files[change.file] = text.replace(change.before, change.after)
    return files


def read(folder: Path) -> tuple[Fault, ...]:
    """The faults of the template in `folder`, by id; none if it has no such folder.

    Raises `TemplateError` for the first that cannot be used.
    """
    place = folder / FOLDER
    found = sorted(path for path in place.iterdir() if _ID.fullmatch(path.name)) if place.is_dir() else []
    return tuple(_read(path) for path in found if path.is_dir() and not path.is_symlink())


def _read(place: Path) -> Fault:
    where = f"{FOLDER}/{place.name}/fault.toml"
    try:
        given = load_toml(text_of(place / "fault.toml"))
    except TomlError as error:
        raise TemplateError(f"{where} is not TOML: {error}.") from None
    if problem := _misfit(given):
        raise TemplateError(f"{where}: {problem}.")
    return Fault(
        id=place.name,
        symptom=" ".join(given["symptom"].split()),
        hints=tuple(given["hints"]),
        postmortem=" ".join(given["postmortem"].split()),
        changes=_changes(given["change"]),
        wrong=_changes(given.get("wrong", [])),
        without=tuple(given.get("without", [])),
        test=text_of(place / f"test_{place.name}.py"),
    )


def _changes(given: list[dict[str, str]]) -> tuple[Change, ...]:
    return tuple(Change(each["file"], each["before"], each["after"]) for each in given)


def _misfit(given: Mapping[str, Any]) -> str | None:
    """The first reason why `given` declares no fault; None if it does."""
    if unknown := sorted(given.keys() - _KEYS):
        return f"{unknown[0]} is no part of a fault"
    if lost := next((key for key in _TEXTS if not isinstance(given.get(key), str) or not given[key].strip()), None):
        return f"{lost} must be a text"
    if not _are_texts(given.get("hints")) or len(given["hints"]) != HINTS:
        return f"hints must be {HINTS} texts"
    if not _are_texts(given.get("without", [])):
        return "without must be a list of tests, such as tests/test_split.py::test_groups"
    for key in ("change", "wrong"):
        if not isinstance(given.get(key, []), list) or not all(map(_is_change, given.get(key, []))):
            return f"each [[{key}]] needs file, before and after, and a file inside the project"
    return None if given.get("change") else "it needs a [[change]]"


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _is_change(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"file", "before", "after"}:
        return False
    texts = all(isinstance(each, str) for each in value.values())
    return texts and bool(value["before"]) and not path_problem(value["file"])
