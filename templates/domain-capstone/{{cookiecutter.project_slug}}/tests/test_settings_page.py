"""docs/settings.md explains every key of settings.toml, with the default that the code has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_args

import pytest
from pydantic import BaseModel, TypeAdapter

from capstone.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"


def sections(kind: type[BaseModel], above: str = "") -> dict[str, type[BaseModel] | None]:
    """The sections in their order, with the model of one; None if it has no keys of its own."""
    found: dict[str, type[BaseModel] | None] = {}
    for name, field in kind.model_fields.items():
        model = next((one for one in types_in(field.annotation) if issubclass(one, BaseModel)), None)
        if model or not above:
            found |= {above + name: model, **(sections(model, f"{above}{name}.") if model else {})}
    return found


def types_in(annotation: Any) -> list[type]:
    """Column in `dict[str, Annotated[Column, ...]]`, for example."""
    inner = [one for part in get_args(annotation) for one in types_in(part)]
    return [annotation, *inner] if isinstance(annotation, type) else inner


SECTIONS = sections(Settings)
KEYS = {name: model.model_fields for name, model in SECTIONS.items() if model}


class Key(NamedTuple):
    default: str
    example: Any


def explained() -> dict[str, dict[str, Key]]:
    """The rows of each section's table."""
    heading = re.compile(r"^## `\[+([\w.]+?)(?:\.NAME)?\]+`$", re.MULTILINE)
    _, *parts = heading.split(PAGE.read_text(encoding="utf-8"))
    row = re.compile(r"^\| `(\w+)` \| .+ \| `?([^|]+?)`? \| `(.+)` \|$", re.MULTILINE)
    return {
        section: {key: Key(default, value(example)) for key, default, example in row.findall(text)}
        for section, text in zip(parts[::2], parts[1::2], strict=True)
    }


def value(toml: str) -> Any:
    return tomllib.loads(f"value = {toml}")["value"]


def test_every_section_is_explained() -> None:
    assert list(explained()) == list(SECTIONS)
    assert len(KEYS) > 3


@pytest.mark.parametrize("section", KEYS)
def test_every_key_is_explained_with_its_default(section: str) -> None:
    page = explained()[section]
    assert list(page) == list(KEYS[section])
    for name, field in KEYS[section].items():
        shown = page[name].default
        if field.is_required() or field.default is None:
            assert shown == ("required" if field.is_required() else "none"), name
        else:
            assert value(shown) == field.default, name


@pytest.mark.parametrize("section", KEYS)
def test_the_examples_are_accepted(section: str) -> None:
    page = explained()[section]
    for name, field in KEYS[section].items():
        with_bounds: Any = Annotated[field.annotation, field]
        TypeAdapter(with_bounds).validate_python(page[name].example)
