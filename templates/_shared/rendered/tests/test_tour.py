"""docs/tour.md names files and functions that exist."""

import re
from pathlib import Path
from pydoc import locate

import pytest

TOUR = Path(__file__).parents[1] / "docs/tour.md"
TEXT = TOUR.read_text(encoding="utf-8")
PATHS = {*re.findall(r"\]\(([^)#]+)", TEXT), *(f"../{path}" for path in re.findall(r"`(tests/[\w/]+\.py)`", TEXT))}
NAMES = {name for name in re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)+)`", TEXT) if not name.endswith((".toml", ".sql"))}


@pytest.mark.parametrize("path", sorted(PATHS - {"../settings.toml"}))  # a project for own data begins without settings
def test_files_exist(path: str) -> None:
    assert (TOUR.parent / path).exists()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_functions_exist(name: str) -> None:
    assert locate(f"any_package.{name}") is not None
