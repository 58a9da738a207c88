"""Text for the page: Markdown cut into blocks by offsets, so that a cited span can be marked inside it.

Enough of Markdown to read well (headings, lists, fenced and inline code); the words stay exactly the document's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..passages import Span

AROUND = 6000  # characters shown before and after what is cited
NOTHING = Span(0, 0)
LINE = re.compile(r"[^\n]*(?:\n|\Z)")
FENCE = re.compile(r"[ ]{0,12}(```|~~~)")
HEADING = re.compile(r"#{1,6}[ \t]+")
ITEM = re.compile(r"[ \t]*([-*+]|\d{1,4}[.)])[ \t]+")
INLINE = re.compile(r"(?<!`)(?P<code>`++)(?P<inner>[^`\n]++)(?P=code)(?!`)|\[(?P<number>\d{1,3})\]")

Kind = Literal["paragraph", "heading", "item", "code"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text with one style; `cites` is the number of a citation."""

    text: str
    code: bool = False
    marked: bool = False
    first: bool = False  # of the marked ones
    cites: int | None = None


@dataclass(slots=True)
class Block:
    """Lines that belong together, as spans of the text."""

    kind: Kind
    lines: list[Span] = field(default_factory=list)
    marker: str = ""  # of a list item
    pieces: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """Blocks around what is marked; `before` and `after` say whether there is more of the document."""

    blocks: Sequence[Block]
    before: bool
    after: bool


def read_source(text: str, mark: Span = NOTHING, around: int = AROUND) -> Reading:
    """The part of a document around `mark`, which may reach beyond the text, be empty, or end before it begins."""
    mark = Span(max(0, mark.start), max(0, mark.start, mark.end))
    low, high = mark.start - around, mark.end + around
    blocks = blocks_of(text)
    near = [place for place, one in enumerate(blocks) if one.lines[0].start < high and one.lines[-1].end > low]
    if not near:
        return Reading([], before=False, after=False)
    shown = blocks[near[0] : near[-1] + 1]
    first = True
    for block in shown:
        block.pieces = list(_pieces(text, block, mark))
        for position, piece in enumerate(block.pieces):
            if piece.marked and first:
                block.pieces[position] = Piece(piece.text, piece.code, marked=True, first=True)
                first = False
    return Reading(shown, before=near[0] > 0, after=near[-1] < len(blocks) - 1)


def read_answer(text: str, numbers: Collection[int]) -> list[Block]:
    """An answer's blocks, with `[n]` as a piece of its own where `n` is among `numbers`."""
    blocks = blocks_of(text)
    for block in blocks:
        block.pieces = list(_pieces(text, block, NOTHING, numbers))
    return blocks


def blocks_of(text: str) -> list[Block]:
    """Blocks in order, without their pieces; lines without content belong to none, save in code."""
    blocks: list[Block] = []
    fence, ended = "", True
    for match in LINE.finditer(text):
        line, start = match[0].removesuffix("\n"), match.start()
        opening = FENCE.match(line)
        if opening and fence in ("", opening[1]):
            fence = "" if fence else opening[1]
            blocks.append(Block("code"))
            ended = not fence
        elif fence:
            blocks[-1].lines.append(Span(start, start + len(line)))
        elif not line.strip():
            ended = True
        else:
            begun = _begun(line)
            if begun or ended:
                blocks.append(begun or Block("paragraph"))
            blocks[-1].lines.append(_content(line, start, begun))
            ended = blocks[-1].kind == "heading"
    return [block for block in blocks if block.lines]


def _begun(line: str) -> Block | None:
    """The block that a line begins, whatever came before it."""
    if HEADING.match(line):
        return Block("heading")
    if item := ITEM.match(line):
        return Block("item", marker=item[1])
    return None


def _content(line: str, start: int, begun: Block | None) -> Span:
    """Offsets of a line without its indentation and its mark."""
    pattern = {"heading": HEADING, "item": ITEM}.get(begun.kind) if begun else None
    match = pattern.match(line) if pattern else None
    skipped = match.end() if match else len(line) - len(line.lstrip())
    return Span(start + skipped, start + max(skipped, len(line.rstrip())))


def _pieces(text: str, block: Block, mark: Span, numbers: Collection[int] = ()) -> Iterator[Piece]:
    """The block's text cut where code, the mark or a citation begins or ends."""
    between = "\n" if block.kind == "code" else " "
    for position, line in enumerate(block.lines):
        if position:
            joined = mark.start < line.start and block.lines[position - 1].end < mark.end
            yield Piece(between, marked=joined)
        if block.kind == "code":
            yield from _cut(text, line, mark, code=False)
        else:
            yield from _inline(text, line, mark, numbers)


def _inline(text: str, line: Span, mark: Span, numbers: Collection[int]) -> Iterator[Piece]:
    done = line.start
    for match in INLINE.finditer(text, line.start, line.end):
        number = int(match["number"]) if match["number"] else None
        if number is not None and number not in numbers:
            continue
        yield from _cut(text, Span(done, match.start()), mark, code=False)
        if number is None:
            yield from _cut(text, Span(*match.span("inner")), mark, code=True)
        else:
            yield Piece(match[0], cites=number)
        done = match.end()
    yield from _cut(text, Span(done, line.end), mark, code=False)


def _cut(text: str, span: Span, mark: Span, *, code: bool) -> Iterator[Piece]:
    """The span before, inside and after the mark."""
    low, high = (min(max(edge, span.start), span.end) for edge in (mark.start, mark.end))
    for start, end, marked in ((span.start, low, False), (low, high, True), (high, span.end, False)):
        if start < end:
            yield Piece(text[start:end], code=code, marked=marked)
