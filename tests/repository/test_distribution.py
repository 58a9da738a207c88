"""The name we are installed by: `scaffolder` on the Python package index is somebody else's project."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.metadata import entry_points, metadata
from pathlib import Path

import pytest
from support import ROOT

from scaffolder import __version__

BY_NAME = re.compile(
    r"""\b(?: (?:pip3?|pipx|uv\ tool) \s+ install | pipx\ run | uv\ add | uvx (?:\s+ --from)? )
        (?: \s+ -{1,2}[a-z][\w-]* )* [\s=]+ ["'`]? scaffolder (?! [\w/.-] )""",
    re.VERBOSE,
)
A_WARNING = "unrelated project"
NOT_OURS = {".git", ".venv", "demo", "dist", "build", "node_modules", "__pycache__"}


def files() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith("cache")]
        yield from (Path(folder, name) for name in names)


def installs_a_strangers_code(text: str) -> list[str]:
    return [line for line in text.splitlines() if BY_NAME.search(line) and A_WARNING not in line]


def test_we_are_installed_as_portfolio_scaffolder() -> None:
    assert metadata("portfolio-scaffolder")["Version"] == __version__
    (command,) = entry_points(group="console_scripts", name="scaffolder")
    assert command.value == "scaffolder.cli:main"
    assert command.dist is not None
    assert command.dist.name == "portfolio-scaffolder"


def test_no_file_tells_anybody_to_install_a_strangers_code() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in files()
        if path != Path(__file__) and (lines := installs_a_strangers_code(path.read_bytes().decode("utf-8", "replace")))
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize("folder", ["templates", "scaffolder", "docs", "website/pages"])
def test_until_a_release_nobody_is_told_to_install_us_from_the_package_index(folder: str) -> None:
    """The first release may take this test out: then the name leads to us."""
    by_name = re.compile(r"portfolio-scaffolder(?:\[[\w-]+\])?(?:['\"]|==)")
    texts = {
        path: path.read_bytes().decode("utf-8", "replace") for path in (ROOT / folder).rglob("*.*") if path.is_file()
    }
    assert len(texts) > 1
    assert [path for path, text in texts.items() if by_name.search(text) and "__pycache__" not in path.parts] == []
