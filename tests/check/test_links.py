"""Links and anchors inside a repository."""

from __future__ import annotations

import pytest
from synthetic import facts, state

from scaffolder.check.items.links import Links
from scaffolder.results.finding import State

OTHER = "# A & B\n\n## Set up: `make`\n\n## Twice\n\n## Twice\n\n<a id='here'></a>\n"
FILES = {"docs/other.md": OTHER, "src/app.py": "a\nb\n", "docs/a b.md": "", "img/x.png": "", "LICENSE": ""}


@pytest.mark.parametrize(
    "target",
    [
        *("docs/other.md", "./docs/other.md", "/docs/other.md", "docs", "docs/", ".", "src/app.py#L2"),
        *("docs/other.md#a--b", "docs/other.md#set-up-make", "docs/other.md#twice-1", "docs/other.md#here"),
        *("docs/other.md#TWICE", "docs/a%20b.md", "img/x.png?raw=true", "#my-title", "https://example.org/nothing"),
        *("mailto:a@example.org", "//example.org", "../../issues", "../../actions/workflows/ci.yml"),
        *(".vscode/settings.json", "{{ site.url }}/a.md", "env/bin"),
    ],
)
def test_what_leads_somewhere_or_cannot_be_known(target: str) -> None:
    assert state(Links, {**FILES, "README.md": f"# My title\n\n[x](<{target}>)\n"}).counts


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("docs/none.md", "docs/none.md is not in the repository"),
        ("Docs/other.md", "is not in the repository"),
        ("../secret.md", "is not in the repository"),
        ("#nowhere", "no heading #nowhere"),
        ("docs/other.md#twice-2", "no heading"),
        ("src/app.py#L99", "only 3 lines"),
    ],
)
def test_what_leads_nowhere(target: str, reason: str) -> None:
    said = facts(Links, {**FILES, "README.md": f"# My title\n\n[x]({target})\n"})
    assert said.startswith("README.md:3: ")
    assert reason in said


def test_a_link_is_relative_to_its_document() -> None:
    page = {**FILES, "docs/page.md": "[x](other.md) [y](../src/app.py) [z](/LICENSE)"}
    assert state(Links, page) is State.DONE
    page["docs/page.md"] = "[x](docs/other.md)"
    assert facts(Links, page) == "docs/page.md:1: docs/other.md: docs/docs/other.md is not in the repository"


def test_images_of_the_readme_have_items_of_their_own_and_code_holds_no_links() -> None:
    assert state(Links, {"README.md": "![x](img/none.png)\n\n`[x](a.md)`\n\n```\n[x](a.md)\n```\n"}).counts
    assert state(Links, {"docs/page.md": "![x](img/none.png)"}) is State.MISSING
