"""A small template with two exercises, for tests of the tool."""

from __future__ import annotations

from pathlib import Path

from support import make_template

from scaffolder.template import catalog
from scaffolder.template.catalog import Template

SHARES = '''\
"""Shares of a total."""

import math
import os
from collections.abc import Iterable, Sequence

# How far a sum may be off.
NEAR = 1e-9

PLACES = 3


def share(part: float, total: float) -> float:
    """The part of the total, between 0 and 1.

    Raises:
        ValueError: the total is 0.
    """
    # Nothing is a share of nothing.
    if math.isclose(total, 0, abs_tol=NEAR):
        raise ValueError("the total is 0")
    return _rounded(part / total)


def _rounded(value: float) -> float:
    return round(value, PLACES)


class Shares:
    """All shares of some numbers."""

    def __init__(self, numbers: Sequence[float]) -> None:
        self.numbers = numbers

    def all(self) -> Iterable[float]:
        return [share(each, sum(self.numbers)) for each in self.numbers]


def folder() -> str:
    return os.getcwd()
'''
SHARE = """\
title = "A share"
level = "core"
minutes = 30
after = []
file = "src/pkg/shares.py"
functions = ["share"]
without = ["_rounded", "NEAR"]
task = "Divide."
why = "Everybody divides."
hints = ["Think.", "Divide.", "part / total"]
"""
ALL = """\
title = "All shares"
level = "more"
minutes = 45
after = ["share"]
file = "src/pkg/shares.py"
functions = ["Shares.all"]
task = "Divide each."
why = "Tables."
hints = ["a", "b", "c"]
"""
TEST_SHARE = """\
from pkg.shares import share


def test_share() -> None:
    assert share(1, 4) == 0.25, "one of four is a quarter"
"""
TEST_ALL = """\
from pkg.shares import Shares


def test_all() -> None:
    assert list(Shares([1, 3]).all()) == [0.25, 0.75]
"""
TEST_PROJECT = """\
import subprocess
import sys

import pytest

from pkg.shares import Shares, folder, share


def test_that_waits_for_nothing() -> None:
    assert folder()


@pytest.fixture
def shares() -> list[float]:
    return list(Shares([1, 1]).all())


def test_that_needs_a_fixture(shares: list[float]) -> None:
    assert shares == [0.5, 0.5]


def test_that_needs_a_share() -> None:
    with pytest.raises(ValueError, match="total"):
        share(1, 0)


def test_of_a_command() -> None:
    done = subprocess.run([sys.executable, "-m", "pkg"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
"""
FILES = {
    "README.md": "# {{ cookiecutter.project_name }}\n",
    "pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["tests"]\npythonpath = ["src"]\n',
    "src/pkg/__init__.py": '"""A package."""\n',
    "src/pkg/__main__.py": "from .shares import share\n\nprint(share(1, 2))\n",
    "src/pkg/shares.py": SHARES,
    "tests/test_project.py": TEST_PROJECT,
    "exercises:share/exercise.toml": SHARE,
    "exercises:share/test_share.py": TEST_SHARE,
    "exercises:every/exercise.toml": ALL,
    "exercises:every/test_every.py": TEST_ALL,
}
CONFIG = {"project_name": "Small Thing", "project_slug": "{{ cookiecutter.project_name|slugify }}"}


def template(folder: Path, **changes: str) -> Template:
    """The template in `folder`; `changes` are other contents, by path."""
    files = {path: text.encode() for path, text in {**FILES, **changes}.items()}
    return catalog.read(make_template(folder, CONFIG, files), "small")
