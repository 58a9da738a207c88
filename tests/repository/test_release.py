"""What a release says of itself: its notes, its address and the Pythons that it runs on."""

from __future__ import annotations

import tomllib

import pytest
import yaml
from support import ROOT, tool

from scaffolder import __version__

release = tool("release")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SOURCE = PROJECT["urls"]["Source"]
CHANGELOG = f"# Changelog\n\n## [Unreleased]\n\n## [{__version__}] - 2026-12-01\n\n### Added\n\n- This.\n\n## [0.0.1]\n\n- That.\n"


@pytest.mark.parametrize(
    ("tag", "address", "changelog", "says"),
    [
        (f"v{__version__}", SOURCE, CHANGELOG, ""),
        ("v0.0.1", SOURCE, CHANGELOG, "The tag is v0.0.1"),
        (__version__, SOURCE, CHANGELOG, "The tag is"),
        (f"v{__version__}", "https://github.com/someone/else", CHANGELOG, "The repository is"),
        (f"v{__version__}", SOURCE, "# Changelog\n\n## [Unreleased]\n\n- This.\n", "CHANGELOG.md has no section"),
    ],
)
def test_what_does_not_fit_is_not_released(tag: str, address: str, changelog: str, says: str) -> None:
    found = release.problem(tag, address, changelog)
    assert bool(found) == bool(says)
    assert found.startswith(says)


def test_ci_runs_each_python_that_is_promised() -> None:
    promised = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if "Python :: 3." in each]
    matrix = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]["test"]["strategy"][
        "matrix"
    ]
    assert matrix["python"] == promised
    assert PROJECT["requires-python"] == f">={promised[0]}"
