"""docs/settings.md explains every key of settings.toml, with the default that the code has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from assistant.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
SECTIONS: dict[str, type[BaseModel]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}


def explained(section: str) -> dict[str, Any]:
    """The keys in a section's table, each with its default; `required` if it has none."""
    text = PAGE.read_text(encoding="utf-8").partition(f"## `[{section}]`\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (?:`(.+)`|required) \|$", text, re.MULTILINE)
    return {key: tomllib.loads(f"value = {shown}")["value"] if shown else "required" for key, shown in rows}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_explained_with_its_default(section: str) -> None:
    fields = SECTIONS[section].model_fields
    assert explained(section) == {
        name: "required" if field.is_required() else field.default for name, field in fields.items()
    }


def test_every_section_is_explained() -> None:
    assert len(SECTIONS) > 4
    found = re.findall(r"^## `\[(\w+)\]`$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert found == list(Settings.model_fields)
