"""Split Markdown text into blocks, by the CommonMark rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..passages import Span

Kind = Literal["heading", "prose", "item", "row", "code"]

LEAVES: dict[str, Kind] = {
    "heading_open": "prose",
    "paragraph_open": "prose",
    "html_block": "prose",
    "hr": "prose",
    "tr_open": "row",
    "fence": "code",
    "code_block": "code",
}
LONGEST_HEADING = 200  # characters; a longer "heading" is a paragraph above a line of dashes
LINE_END = re.compile(r"\r\n?|\n")
EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")
TICKS = re.compile("`+")
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")

PARSER = MarkdownIt("commonmark").enable("table").disable("inline")  # block structure is all that is needed


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading, the text of a list item up to the next block, a table row, or a block of code."""

    kind: Kind
    span: Span
    level: int = 0  # of a heading, 1 to 6
    title: str = ""  # of a heading, without its marks


PROSE = Block("prose", Span(0, 0))


def blocks(text: str) -> list[Block]:
    """The blocks of a text in order, without blank space around them; nothing but blank space is between them."""
    starts = [0, *(found.end() for found in LINE_END.finditer(text)), len(text)]
    row: list[Block] = []
    cursor = 0
    for leaf in _leaves(PARSER.parse(text)):
        start, end = starts[leaf.span.start], starts[min(leaf.span.end, len(starts) - 1)]
        row += _block(PROSE, text, cursor, start)  # such as link definitions, which leave no token
        row += _block(leaf, text, start, end)
        cursor = end
    return row + _block(PROSE, text, cursor, len(text))


def plain(heading: str) -> str:
    """A heading's text without Markdown's marks, on one line; code such as `__init__` keeps its underscores."""
    heading = LINK.sub(r"\1", heading)
    kept, place = [], 0
    for code in code_spans(heading):
        kept += [EMPHASIS.sub("", heading[place : code.start]), heading[code.start : code.end].strip("`")]
        place = code.end
    return " ".join("".join([*kept, EMPHASIS.sub("", heading[place:])]).split())


def code_spans(text: str) -> list[Span]:
    """Inline code: from a run of backticks to the next run of the same length."""
    runs = [found.span() for found in TICKS.finditer(text)]
    last = {end - start: start for start, end in runs}  # of each length
    spans: list[Span] = []
    opening, wanted = 0, 0
    for start, end in runs:
        if not wanted and last[end - start] != start:
            opening, wanted = start, end - start
        elif wanted == end - start:
            spans.append(Span(opening, end))
            wanted = 0
    return spans


def _leaves(tokens: list[Token]) -> Iterator[Block]:
    """The tokens that hold text themselves; their spans count lines."""
    item = -1  # first line of the innermost list item
    for position, token in enumerate(tokens):
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "list_item_open":
            item = first
        elif token.type == "heading_open" and token.level == 0:  # one in a list or a quotation makes no section
            yield Block("heading", Span(first, last), int(token.tag[1]), plain(tokens[position + 1].content))
        elif token.type in LEAVES:
            kind = LEAVES[token.type]
            yield Block("item" if kind == "prose" and first == item else kind, Span(first, last))


def _block(leaf: Block, text: str, start: int, end: int) -> list[Block]:
    content = text[start:end]
    end -= len(content) - len(content.rstrip())
    if leaf.kind != "code":  # the indentation of its first line belongs to it
        start += len(content) - len(content.lstrip())
    if start >= end:
        return []
    return [replace(PROSE if leaf.level and end - start > LONGEST_HEADING else leaf, span=Span(start, end))]
