"""A small template and a project of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import make_template, project_of
from update_kit import CONFIG, FILES


def kit(folder: Path) -> Path:
    return make_template(folder / "kit", CONFIG, FILES)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return kit(tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return project_of(kit, tmp_path)
