"""The generated parts of the documentation are up to date, and its links resolve."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support import ROOT, tool

from scaffolder.adopt import kinds

docs = tool("docs")


@pytest.mark.parametrize("name", docs.BLOCKS)
def test_a_generated_list_is_up_to_date(name: str) -> None:
    path, content = docs.BLOCKS[name]
    page = (ROOT / path).read_text(encoding="utf-8")
    assert docs.rewritten(page, name, content()) == page, "run `make docs`"


def test_drift_is_seen_and_mended(tmp_path: Path) -> None:
    page = "a\n<!-- generated:x -->\nold\n<!-- /generated:x -->\nb"
    assert docs.rewritten(page, "x", "new") == page.replace("old", "new")
    for broken in ("no block", page + page):
        with pytest.raises(SystemExit, match="exactly once"):
            docs.rewritten(broken, "x", "new")


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


def test_no_line_of_code_in_the_readme_is_cut() -> None:
    """On GitHub a column of 816 pixels holds 96 characters of code."""
    code = re.findall(r"^```\w*\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(code) > 2
    assert [line for block in code for line in block.split("\n") if len(line) > 96] == []


def local_links(page: Path) -> list[str]:
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets: list[str] = re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose)
    return [target for target in targets if "://" not in target]


def test_the_files_of_a_use_case_are_all_named() -> None:
    template = ROOT / "templates" / "classical-ml"
    files = [path.relative_to(template).as_posix() for path in template.rglob("*") if path.is_file()]
    page = (ROOT / "docs" / "template-author.md").read_text("utf-8")
    named = re.findall(r"`([^`\n]*NAME[^`\n]*)`", page.partition("## Add a use case")[2].partition("\n## ")[0])
    patterns = "|".join(re.escape(name).replace("FILE", r"[\w.]+") for name in named)
    cases = json.loads((template / "cookiecutter.json").read_bytes())["use_case"]
    for case in set(cases) - {"own"}:  # which waits for data
        its_files = [file for file in files if re.search(rf"/{case}[./]|'{case}'", file)]
        assert its_files
        assert [file for file in its_files if not re.fullmatch(patterns.replace("NAME", case), file)] == []


@pytest.mark.parametrize("kind", sorted(kinds.KINDS))
def test_all_that_can_be_said_of_own_data_is_listed(kind: str) -> None:
    page = (ROOT / "docs/learner.md").read_text("utf-8")
    assert [name for name in kinds.KINDS[kind].ABOUT if f"`{name}`" not in page] == []
