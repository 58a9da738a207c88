"""A small template and a project of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import make_template
from update_kit import CONFIG, FILES, Run


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return make_template(tmp_path / "kit", CONFIG, FILES)


@pytest.fixture
def project(template: Path, scaffolder: Run, tmp_path: Path) -> Path:
    assert scaffolder("new", template, "--yes", "--git").code == 0
    return tmp_path / "night-shift"
