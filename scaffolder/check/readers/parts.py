"""Parts of documents that are not sections: several sections together, or all but some of them."""

from __future__ import annotations

from collections.abc import Iterable

from scaffolder.check.readers.markdown import Document, Passage, Section
from scaffolder.check.readers.markdown_blocks import Block


class Part(Passage):
    """Some blocks of a document."""

    def __init__(self, document: Document, blocks: Iterable[Block]) -> None:
        self.path = document.path
        self.blocks = tuple(blocks)
        self._references = document._references


def apart_from(document: Document, *sections: Section | None) -> Part:
    """The document without some of its sections, headings included."""
    lines = [range(section.line, section.end + 1) for section in sections if section]
    return Part(document, (block for block in document.blocks if not any(block.line in inside for inside in lines)))


def together(document: Document, *sections: Passage | None) -> Part | None:
    """The blocks of several sections, each once, in the order of the document; None if there is no section."""
    if not any(sections):
        return None
    found = {block.line: block for section in sections if section for block in section.blocks}
    return Part(document, (found[line] for line in sorted(found)))
