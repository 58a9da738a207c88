"""`.scaffolder.json`, the record of the template and answers that a project was made from. Only this module uses it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffolder import __version__
from scaffolder.errors import TargetError, shown
from scaffolder.tree import File, Tree, digest_of, make_tree

if TYPE_CHECKING:  # who only reads records, such as `check`, should not wait for Jinja
    from scaffolder.template.answers import Answers
    from scaffolder.template.catalog import Template

NAME = ".scaffolder.json"
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Record:
    """The template's name, "" if it is not recorded, and the public answers.

    `version` is that of the scaffolder that rendered the project, `source` says where the template came from, and
    `render` is the `tree.digest` of all rendered files without the record; each is empty if the record lacks it.
    `data` tells of the owner's own data, if the project is about them: their `kind`, the `facts` for the template's
    texts, and the paths of their `files`. `exercises` are those that a starter's owner solves: by id, the names of the
    definitions that the starter lacked when it was made. `own_exercises` are the contents of those that are not the
    template's.
    """

    template: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)
    render: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    exercises: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_exercises: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class RecordError(ValueError):
    """A text that is not a record; the message says why."""


def read(text: str) -> Record:
    """Parse a record; raises `RecordError` if `text` is not a JSON object with `template` and `answers`."""
    if len(text) > MAX_BYTES:
        raise RecordError(f"it is larger than {MAX_BYTES:,} bytes")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise RecordError("it is not JSON") from None
    if not isinstance(content, dict):
        raise RecordError("it is not a JSON object")
    template, answers = content.get("template"), content.get("answers")
    if not isinstance(template, str) or not isinstance(answers, dict):
        raise RecordError("it has no `template` or no `answers`")
    version, render = (_if_is(str, content.get(key)) for key in ("version", "render"))
    source, data, exercises, own = (
        _if_is(dict, content.get(key)) for key in ("source", "data", "exercises", "own_exercises")
    )
    return Record(
        template,
        answers,
        version,
        source,
        render,
        data,
        exercises={name: tuple(names) for name, names in exercises.items() if _are_names(names)},
        own_exercises={name: declared for name, declared in own.items() if isinstance(declared, dict)},
    )


def _if_is(kind: type, value: Any) -> Any:
    """`value` if it is of this kind, else an empty one."""
    return value if isinstance(value, kind) else kind()


def of_project(text: str | None, folder: Path) -> Record:
    """The record in the `text` of `folder`'s file; raises `TargetError` if there is none, or none that can be used."""
    if text is None:
        raise TargetError(f"{shown(folder, 200)} has no {NAME} that says what it was made from.")
    try:
        return read(text)
    except RecordError as error:
        raise TargetError(f"{NAME} cannot be used: {error}.") from None


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)


def with_record(template: Template, answers: Answers, source: Mapping[str, Any], tree: Tree) -> Tree:
    """`tree`, the rendered files, with their record; it has no digest if hooks will change them."""
    from scaffolder.template.catalog import Trust

    hooks = template.trust is Trust.TRUSTED and template.hooks
    return make_tree([*tree.items(), write(template, answers, source, "" if hooks else digest_of(tree))])


def write(template: Template, answers: Answers, source: Mapping[str, Any], render: str) -> tuple[str, File]:
    """The record of a render, as a path and a file. A later update starts from it."""
    content = {
        "template": template.name,
        "version": __version__,
        "render": render,
        "source": source,
        "answers": answers.public,
    }
    if own := answers.data:
        content["data"] = {"kind": own.kind, "files": sorted(own.files), "facts": own.facts}
    if answers.exercises:
        content["exercises"] = answers.exercises
    if own_exercises := {name: template.exercises[name] for name in answers.exercises if name in template.exercises}:
        content["own_exercises"] = own_exercises
    return NAME, File((json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())
