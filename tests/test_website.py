"""The site of the documentation: what tools/website.py makes of the pages before they are built."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import check_archive
import pytest
from support import ROOT, tool

from scaffolder import __version__
from scaffolder.check.engine.snapshot import SKIPPED
from scaffolder.template import catalog

website = tool("website")


@pytest.fixture(autouse=True)
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(website, "DOCS", tmp_path / "docs")
    return tmp_path / "docs"


def test_the_gallery_links_the_sites_that_are_there_and_says_which_are_not(tmp_path: Path, docs: Path) -> None:
    there, *others = catalog.names()
    (tmp_path / there / "site/static").mkdir(parents=True)
    (tmp_path / there / "site/index.html").write_text("The site")
    (tmp_path / others[0] / "site").mkdir(parents=True)
    page = website.gallery("# Gallery\n", tmp_path)
    assert page.count("](projects/") == 1
    assert f"[Open its site](projects/{there}/index.html)" in page
    assert [name for name in others if f"Not shown here. `scaffolder new {name} --yes`" not in page] == []
    assert (docs / "projects" / there / "index.html").read_text() == "The site"


def test_without_projects_the_gallery_says_how_each_site_is_made() -> None:
    page = website.gallery("", None)
    assert page.count("Not shown here.") == page.count("\n## ") == len(catalog.names())


def test_links_out_of_the_documentation_lead_to_the_source() -> None:
    text = "[README](../README.md), [questions](questions.md); uvx --from git+https://github.com/OWNER/scaffolder"
    assert website.published(text, "https://host/ada/scaffolder") == (
        "[README](https://host/ada/scaffolder/blob/main/README.md), [questions](questions.md); "
        "uvx --from git+https://host/ada/scaffolder"
    )


def test_each_page_of_the_documentation_is_in_the_navigation() -> None:
    config = (ROOT / "website/zensical.toml").read_text("utf-8")
    named = re.findall(r'"([\w-]+\.md)"', config)
    written = [path.name for folder in ("docs", "website/pages") for path in (ROOT / folder).glob("*.md")]
    assert sorted(named) == sorted(written)


def test_the_doors_of_the_first_page_are_those_of_the_navigation() -> None:
    first = (ROOT / "website/pages/index.md").read_text("utf-8")
    doors = re.findall("^## (.+)", first, re.MULTILINE)
    assert doors == ["I learn", "I teach", "I read portfolios"]
    config = tomllib.loads((ROOT / "website/zensical.toml").read_text("utf-8"))
    assert [name for entry in config["project"]["nav"] for name in entry if name in doors] == doors


def test_a_recording_shows_what_the_commands_print(tmp_path: Path) -> None:
    drawn = website.recorded([("scaffolder", "--version")], tmp_path)
    assert "$ scaffolder --version" in drawn
    assert f">scaffolder {__version__}<" in drawn


def test_the_page_has_the_bounds_that_it_tells() -> None:
    script, told = ((ROOT / "website" / path).read_text("utf-8") for path in ("check.js", "pages/check.md"))
    bounds = {
        name: int(value.replace("_", "")) for name, value in re.findall(r"^const (MOST_\w+) = ([\d_]+);", script, re.M)
    }
    assert bounds == {"MOST_FILES": check_archive.MOST_FILES, "MOST_BYTES": check_archive.MOST_UNPACKED}
    assert f"{check_archive.MOST_FILES:,} files or {check_archive.MOST_UNPACKED // 10**6} MB" in told
    assert f"more than {check_archive.MOST_PACKED // 10**6} MB" in told
    skipped = re.search(r"SKIPPED = new Set\(\[(.+)\]\)", script)
    assert skipped
    assert set(re.findall(r'"([^"]+)"', skipped[1])) < SKIPPED
