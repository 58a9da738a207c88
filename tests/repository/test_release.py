"""What a release says of itself: its notes, its address and the Pythons that it runs on."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from support import ROOT, tool

from scaffolder import __version__

release = tool("release")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SOURCE = PROJECT["urls"]["Source"]
CHANGELOG = f"# Changelog\n\n## [Unreleased]\n\n## [{__version__}] - 2026-12-01\n\n### Added\n\n- This.\n\n## [0.0.1]\n\n- That.\n"


def test_the_notes_are_the_section_of_the_version() -> None:
    assert release.notes(CHANGELOG, __version__) == "### Added\n\n- This."
    assert release.notes(CHANGELOG, "0.0.1") == "- That."
    assert release.notes(CHANGELOG, "Unreleased") == ""
    assert release.notes(CHANGELOG, "0.0") == ""


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


def test_a_refusal_is_one_sentence_and_no_notes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"The tag is v0\.0\.0, but scaffolder/__init__\.py says"):
        release.main("v0.0.0", SOURCE)
    assert capsys.readouterr().out == ""


def test_the_project_has_one_address() -> None:
    assert all(url == SOURCE or url.startswith(f"{SOURCE}/") for url in PROJECT["urls"].values())
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["repository-code"] == SOURCE
    documented = re.findall(
        r"https://github\.com/[\w.-]+/scaffolder\b", (ROOT / "docs/check-in-ci.md").read_text("utf-8")
    )
    assert set(documented) == {SOURCE}


def test_ci_runs_each_python_that_is_promised() -> None:
    promised = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if "Python :: 3." in each]
    matrix = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]["test"]["strategy"][
        "matrix"
    ]
    assert matrix["python"] == promised
    assert PROJECT["requires-python"] == f">={promised[0]}"
