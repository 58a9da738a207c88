"""Exercises that somebody adds to a template: a teacher from a folder, and a project from its record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaffolder.errors import TemplateError, shown
from scaffolder.exercises.declared import declared, read
from scaffolder.template.catalog import Template

_MOST_CHARACTERS = 400_000  # of all of them, since the record of a project keeps those that are its own


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
