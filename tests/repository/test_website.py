"""The site of the documentation: what tools/website.py makes of the pages before they are built."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import check_archive
import pytest
from support import ROOT, tool

from scaffolder.check.engine.snapshot import SKIPPED
from scaffolder.template import catalog

website = tool("website")


@pytest.fixture(autouse=True)
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "built/docs"
    monkeypatch.setattr(website, "BUILD", folder.parent)
    monkeypatch.setattr(website, "DOCS", folder)
    shutil.copytree(ROOT / "website/pages", folder)
    shutil.copy(ROOT / "website/zensical.toml", folder.parent)
    return folder


def test_the_gallery_shows_the_sites_that_are_there(tmp_path: Path, docs: Path) -> None:
    there, without, *others = catalog.names()
    (tmp_path / there / "site/static").mkdir(parents=True)
    (tmp_path / there / "site/index.html").write_text("The site")
    (tmp_path / without / "site").mkdir(parents=True)
    website.gallery(tmp_path)
    page = (docs / "gallery.md").read_text()
    assert f"[Open its site](projects/{there}/index.html)" in page
    assert page.count("\n## ") == 1
    assert [name for name in (without, *others) if catalog.bundled(name).about.title in page] == []
    assert (docs / "projects" / there / "index.html").read_text() == "The site"
    assert "gallery.md" in (docs / "index.md").read_text()


@pytest.mark.parametrize("projects", [None, "empty"])
def test_without_sites_no_door_leads_to_an_empty_gallery(tmp_path: Path, docs: Path, projects: str | None) -> None:
    website.gallery(projects and tmp_path / projects)
    assert not (docs / "gallery.md").exists()
    pages = [*docs.glob("*.md"), docs.parent / "zensical.toml"]
    assert [path.name for path in pages if "gallery.md" in path.read_text()] == []
    assert tomllib.loads((docs.parent / "zensical.toml").read_text())["project"]["nav"]


def test_links_out_of_the_documentation_lead_to_the_source() -> None:
    text = "[README](../README.md), [questions](questions.md); uvx --from git+https://github.com/OWNER/scaffolder"
    assert website.published(text, "https://host/ada/scaffolder") == (
        "[README](https://host/ada/scaffolder/blob/main/README.md), [questions](questions.md); "
        "uvx --from git+https://host/ada/scaffolder"
    )


@pytest.mark.parametrize(
    "page", [*ROOT.glob("docs/*.md"), *ROOT.glob("website/pages/*.md")], ids=lambda page: page.name
)
def test_no_published_page_has_a_placeholder_for_the_owner(page: Path) -> None:
    assert "OWNER" not in website.published(page.read_text("utf-8"), "https://host/ada/scaffolder")


def test_each_page_of_the_documentation_is_in_the_navigation() -> None:
    config = (ROOT / "website/zensical.toml").read_text("utf-8")
    named = re.findall(r'"([\w-]+\.md)"', config)
    written = [path.name for folder in ("docs", "website/pages") for path in (ROOT / folder).glob("*.md")]
    assert sorted(named) == sorted(written)


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
