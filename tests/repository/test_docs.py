"""The generated parts of the documentation are up to date, and its links resolve."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import ROOT, tool

docs = tool("docs")


@pytest.mark.parametrize("name", docs.BLOCKS)
def test_a_generated_list_is_up_to_date(name: str) -> None:
    path, content = docs.BLOCKS[name]
    page = (ROOT / path).read_text(encoding="utf-8")
    assert docs.rewritten(page, name, content()) == page, "run `make docs`"


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/*.md")), ids=lambda p: p.name)
def test_links_inside_the_documentation_resolve(page: Path) -> None:
    links = local_links(page)
    assert len(links) > 5 or page.name != "README.md"
    assert [target for target in links if not (page.parent / target).exists()] == []


@pytest.mark.parametrize(
    ("pattern", "most"),
    [("README.md", 800), ("CHANGELOG.md", 400), ("docs/*.md", 21_300)],
    ids=lambda value: str(value),
)
def test_a_person_reads_what_they_need_once(pattern: str, most: int) -> None:
    """Words as `wc -w` counts them: 22,000 in README and docs together, less some room for the README."""
    words = {page.name: len(page.read_text("utf-8").split()) for page in ROOT.glob(pattern)}
    print(f"{sum(words.values())} words: {words}")
    assert words
    assert sum(words.values()) <= most


def local_links(page: Path) -> list[str]:
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets: list[str] = re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose)
    return [target for target in targets if "://" not in target]
