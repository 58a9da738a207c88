"""Parts of documents that are no section: what stands around a table, or all but some sections."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scaffolder.check.readers.markdown import Document, Passage, Section
from scaffolder.check.readers.markdown_blocks import Block
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.words.placeholders import VERBATIM, Shingle, containment


class Part(Passage):
    """Some blocks of a document."""

    def __init__(self, document: Document, blocks: Iterable[Block]) -> None:
        self.path = document.path
        self.blocks = tuple(blocks)
        self._references = document._references


def around(document: Document, line: int) -> Part:
    """The blocks between the headings before and after `line`."""
    start, inside = 0, False
    for at, block in enumerate(document.blocks):
        if block.kind == "heading":
            if inside:
                return Part(document, document.blocks[start:at])
            start = at
        inside = inside or block.line >= line
    return Part(document, document.blocks[start:])


def apart_from(document: Document, *sections: Section | None) -> Part:
    """The document without some of its sections."""
    cut = {id(block) for section in sections if section for block in section.blocks}
    return Part(document, (block for block in document.blocks if id(block) not in cut))


def together(document: Document, *sections: Section | None) -> Part | None:
    """The blocks of several sections, each once; None if there is no section."""
    if not any(sections):
        return None
    return Part(document, {id(b): b for section in sections if section for b in section.blocks}.values())


def own_text(passage: Passage, stubs: frozenset[Shingle]) -> str:
    """What a person wrote, tables included, without the blocks and cells that a template wrote."""
    texts = [plain(block.text) for block in passage.own]
    texts += [plain(cell) for table in passage.tables for row in table.rows for cell in row]
    return "\n".join(text for text in texts if not re.match(r"\s*$", text) and containment(text, stubs) < VERBATIM)
