"""The Mermaid diagrams of a repository's documents, and those that its template has drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.check.diagrams.mermaid import Diagram, parse
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.markdown import Document

if TYPE_CHECKING:
    from scaffolder.tree import Tree

MOST_DIAGRAMS = 20
_FENCE = re.compile(r"^```mermaid[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Drawn(NamedTuple):
    """A diagram and where it stands."""

    path: str
    line: int  # of the fence
    diagram: Diagram


def diagrams(readme: Document | None, documents: tuple[Document, ...], snapshot: Snapshot) -> tuple[Drawn, ...]:
    """The diagrams of the README, then of the other documents and of `.mmd` files, at most 20."""
    first = [readme] if readme else []
    rest = [document for document in documents if document is not readme and "mermaid" in document.text]
    found = [drawn for document in (*first, *rest) for drawn in of_document(document)]
    for path in snapshot.glob("*.mmd", "docs/**/*.mmd", "*.mermaid")[:5]:
        found.append(Drawn(path, 1, parse(snapshot.text(path) or "")))
    return tuple(found[:MOST_DIAGRAMS])


def of_document(document: Document) -> Iterator[Drawn]:
    """The diagrams in one document."""
    fences = [fence for fence in document.fences if fence.language == "mermaid"]
    for fence in fences[:MOST_DIAGRAMS]:
        yield Drawn(document.path, fence.line, parse(fence.text, fence.line + 1))


def drawn_by_template(pristine: Tree | None) -> tuple[Diagram, ...]:
    """The diagrams that the template wrote for these answers; without a record, those of all templates."""
    if pristine is None:
        return _bundled()
    texts = (file.data.decode("utf-8", "replace") for path, file in pristine.items() if path.endswith(".md"))
    return tuple(_parsed(fence) for text in texts for fence in _FENCE.findall(text))


@lru_cache(maxsize=64)
def _parsed(text: str) -> Diagram:
    return parse(text, 1)


def is_template(diagram: Diagram, pristine: Tree | None) -> bool:
    """Whether a diagram joins the very things that the template's does, whatever their layout, labels and order.

    Without a record a part of a template's diagram is taken for it, since a choice may leave parts out.
    """
    edges = set(diagram.edges)
    for other in drawn_by_template(pristine):
        if diagram.nodes == other.nodes and edges == set(other.edges):
            return True
        if pristine is None and diagram.nodes <= other.nodes and edges <= set(other.edges):
            return True
    return False


@cache
def _bundled() -> tuple[Diagram, ...]:
    from scaffolder.template.catalog import templates_folder

    jinja = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)
    found: list[Diagram] = []
    for path in sorted(templates_folder().rglob("*.md")):
        text = path.read_text("utf-8")
        if "```mermaid" in text:
            document = Document(path.name, jinja.sub("x", text))
            found += (drawn.diagram for drawn in of_document(document))
    return tuple(found)
