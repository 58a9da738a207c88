"""Links and anchors inside a repository."""

from __future__ import annotations

import pytest

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.links import broken_links
from scaffolder.check.readers.markdown import Document

OTHER = "# A & B\n\n## Set up: `make`\n\n## Twice\n\n## Twice\n\n<a id='here'></a>\n"
FILES = {"docs/other.md": OTHER, "src/app.py": "a\nb\n", "docs/a b.md": "", "img/x.png": "", "LICENSE": ""}


def reasons(text: str, path: str = "README.md") -> list[str]:
    files = {**FILES, path: text}
    documents = tuple(Document(name, content) for name, content in files.items() if name.endswith(".md"))
    readme = next((document for document in documents if document.path == "README.md"), None)
    snapshot = Snapshot.of_files({name: content.encode() for name, content in files.items()})
    return [broken.reason for broken in broken_links(documents, readme, snapshot)]


@pytest.mark.parametrize(
    "target",
    [
        "docs/other.md",
        "./docs/other.md",
        "/docs/other.md",
        "docs",
        "docs/",
        ".",
        "src/app.py#L2",
        "docs/other.md#a--b",
        "docs/other.md#set-up-make",
        "docs/other.md#twice-1",
        "docs/other.md#here",
        "docs/other.md#TWICE",
        "docs/a%20b.md",
        "img/x.png?raw=true",
        "#my-title",
        "https://example.org/nothing",
        "mailto:a@example.org",
        "//example.org",
        "../../issues",
        "../../actions/workflows/ci.yml",
    ],
)
def test_what_leads_somewhere(target: str) -> None:
    assert reasons(f"# My title\n\n[x]({target})\n") == []


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("docs/none.md", "docs/none.md is not there"),
        ("Docs/other.md", "not there"),
        ("../secret.md", "not there"),
        ("#nowhere", "no heading #nowhere"),
        ("docs/other.md#twice-2", "no heading"),
        ("src/app.py#L99", "only 3 lines"),
    ],
)
def test_what_leads_nowhere(target: str, reason: str) -> None:
    (found,) = reasons(f"# My title\n\n[x]({target})\n")
    assert reason in found


def test_a_link_is_relative_to_its_document() -> None:
    assert reasons("[x](other.md) [y](../src/app.py) [z](/LICENSE)", "docs/page.md") == []
    assert reasons("[x](docs/other.md)", "docs/page.md") == ["docs/docs/other.md is not there"]


def test_images_of_the_readme_have_items_of_their_own() -> None:
    assert reasons("![x](img/none.png)") == []
    assert len(reasons("![x](img/none.png)", "docs/page.md")) == 1


def test_code_holds_no_links() -> None:
    assert reasons("`[x](none.md)`\n\n```\n[x](none.md)\n```\n") == []
