"""Split Markdown text into blocks, by the CommonMark rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

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
TICKS = re.compile("(`+)")
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")

PARSER = MarkdownIt("commonmark").enable("table").disable("inline")  # block structure is all that is needed


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, the text of a list item up to the next block, a table row, or a block of code."""

    kind: Kind
    span: Span
    level: int = 0  # of a heading, 1 to 6
    title: str = ""  # of a heading, without its marks


class Leaf(NamedTuple):
    """A block by its lines: `first` to before `last`."""

    kind: Kind
    first: int
    last: int
    level: int = 0
    title: str = ""


def blocks(text: str) -> list[Block]:
    """The blocks of a text in order, without blank space around them; nothing but blank space is between them."""
    starts = [0, *(found.end() for found in LINE_END.finditer(text)), len(text)]
    row: list[Block] = []
    cursor = 0
    for leaf in _leaves(PARSER.parse(text)):
        start, end = starts[leaf.first], starts[min(leaf.last, len(starts) - 1)]
        row += _block(Leaf("prose", 0, 0), text, cursor, start)  # such as link definitions, which leave no token
        row += _block(leaf, text, start, end)
        cursor = end
    return row + _block(Leaf("prose", 0, 0), text, cursor, len(text))


def plain(heading: str) -> str:
    """A heading's text without Markdown's marks, on one line; code such as `__init__` keeps its underscores."""
    parts = TICKS.split(LINK.sub(r"\1", heading))  # text, backticks, text, backticks, ..., text
    closing, kept, place = _closing(parts), [], 0
    while place < len(parts):
        end = closing.get(place, place)
        kept.append("".join(parts[place + 1 : end]) if end > place else EMPHASIS.sub("", parts[place]))
        place = end + 1
    return " ".join("".join(kept).split())


def _closing(parts: list[str]) -> dict[int, int]:
    """For the place of each backticks the place of the next ones of the same number, if there are any."""
    found: dict[int, int] = {}
    later: dict[str, int] = {}
    for place in range(len(parts) - 2, 0, -2):
        if parts[place] in later:
            found[place] = later[parts[place]]
        later[parts[place]] = place
    return found


def _leaves(tokens: list[Token]) -> Iterator[Leaf]:
    """The tokens that hold text themselves."""
    item = -1  # first line of the innermost list item
    for position, token in enumerate(tokens):
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "list_item_open":
            item = first
        elif token.type == "heading_open" and token.level == 0:  # one in a list or a quotation makes no section
            yield Leaf("heading", first, last, int(token.tag[1]), plain(tokens[position + 1].content))
        elif token.type in LEAVES:
            kind = LEAVES[token.type]
            yield Leaf("item" if kind == "prose" and first == item else kind, first, last)


def _block(leaf: Leaf, text: str, start: int, end: int) -> list[Block]:
    content = text[start:end]
    end -= len(content) - len(content.rstrip())
    if leaf.kind != "code":  # the indentation of its first line belongs to it
        start += len(content) - len(content.lstrip())
    if start >= end:
        return []
    if leaf.kind == "heading" and end - start <= LONGEST_HEADING:
        return [Block("heading", Span(start, end), leaf.level, leaf.title)]
    return [Block("prose" if leaf.kind == "heading" else leaf.kind, Span(start, end))]
