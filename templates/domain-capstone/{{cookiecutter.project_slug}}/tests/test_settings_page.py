"""docs/settings.md explains every key of settings.toml, with the default that the code has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel

from capstone import settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
SECTIONS: dict[str, type[BaseModel]] = {
    "problem": settings.Problem,
    "data": settings.Data,
    "columns": settings.Column,
    "training": settings.Training,
    "cost": settings.Cost,
    "policy": settings.Policy,
    "slices": settings.Slices,
    "monitoring": settings.Monitoring,
}


class Key(NamedTuple):
    default: str
    example: Any


def explained() -> dict[str, dict[str, Key]]:
    """The rows of each section's table."""
    _, *parts = re.split(r"^## `\[(\w+)\]`$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    row = re.compile(r"^\| `(\w+)` \| .+ \| `?(.+?)`? \| `(.+)` \|$", re.MULTILINE)
    return {
        section: {key: Key(default, value(example)) for key, default, example in row.findall(text)}
        for section, text in zip(parts[::2], parts[1::2], strict=True)
    }


def value(toml: str) -> Any:
    return tomllib.loads(f"value = {toml}")["value"]


def test_every_section_is_explained() -> None:
    assert list(explained()) == list(settings.Settings.model_fields)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_explained_with_its_default(section: str) -> None:
    fields = SECTIONS[section].model_fields
    page = explained()[section]
    assert list(page) == list(fields)
    for name, field in fields.items():
        shown = page[name].default
        if field.is_required() or field.default is None:
            assert shown == ("required" if field.is_required() else "none"), name
        else:
            assert value(shown) == field.default, name


@pytest.mark.parametrize("section", SECTIONS)
def test_the_examples_are_accepted(section: str) -> None:
    SECTIONS[section].model_validate({name: key.example for name, key in explained()[section].items()})
