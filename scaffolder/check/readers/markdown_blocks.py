"""Markdown as blocks with line numbers, by markdown-it-py's block rules alone: its inline rules take as long again."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_CHARACTERS = 400_000
MAX_LINES = 20_000
MAX_CELLS = 30_000  # of all tables
MAX_BLOCKS = 20_000  # of which one line may hold several

Kind = Literal["heading", "paragraph", "item", "table", "fence", "html"]

_STORE = re.compile(r"\s*<!--[ \t]*data:[a-z0-9-]+[ \t]*-->")
BLOCK_MARK = re.compile(r"[ \t]*<!--[ \t]*/?(?:data|measured):[a-z0-9-]+[ \t]*-->[ \t]*")
"""A line that only says where a block begins or ends, for programs."""
_MARK = re.compile(r"(?:<!--|#)\s*(/?)measured:([a-z0-9][a-z0-9-]*)\s*(?:-->)?")  # with # in YAML


class Table(NamedTuple):
    """A pipe table: its cells as written, the line of its header and of each row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: int
    row_lines: tuple[int, ...]


class Span(NamedTuple):
    """A measured block: the lines between its two marks."""

    name: str
    line: int  # of the opening mark
    end: int  # of the closing mark


class Block(NamedTuple):
    """One leaf of a document: its source without HTML comments, and its first and last line, from 1."""

    kind: Kind
    text: str
    line: int
    end: int
    level: int = 0  # of a heading
    info: str = ""  # of a fence: its language
    table: Table | None = None
    measured: str | None = None  # the name of the measured block that it stands in

    @property
    def language(self) -> str:
        """The language of a fence: 'mermaid' of 'mermaid {theme}'."""
        return re.split(r"[\s{,]", self.info.lstrip("{."), maxsplit=1)[0].lower()


class Parsed(NamedTuple):
    """The result of `parse`."""

    blocks: tuple[Block, ...]
    references: Mapping[str, tuple[str, int]]  # the label of a link reference definition -> its target and line
    cut: bool  # whether the document was too long to be read to its end


def parse(text: str, first_line: int = 1) -> Parsed:
    """Parse the blocks of `text`, whose first line has the number `first_line`."""
    body = _up_to(_up_to(text[:MAX_CHARACTERS], "\n", MAX_LINES), "|", MAX_CELLS)
    environment: dict[str, dict[str, dict[str, object]]] = {}
    tokens = _parser().parse(body, environment)
    if tokens and tokens[-1].type == "fence" and body == text and (opened := _unclosed(body, tokens[-1])):
        tokens = _parser().parse(opened, environment)
    spans = measured_spans(body, first_line)
    blocks = []
    for block in _leaves(tokens, first_line):
        blocks.append(block)
        if len(blocks) == MAX_BLOCKS:
            break
    starts = [span.line for span in spans]
    placed = tuple(_placed(block, spans, starts) for block in blocks)
    references = {
        label: (str(definition["href"]), _first_line(definition, first_line))
        for label, definition in environment.get("references", {}).items()
    }
    return Parsed(placed, references, len(text.rstrip()) > len(body) or len(blocks) == MAX_BLOCKS)


def _up_to(text: str, sign: str, most: int) -> str:
    return sign.join(text.split(sign, most)[:most])


def _unclosed(text: str, fence: Token) -> str:
    """The text without the opening mark of its last block of code, if nobody closed that; "" if somebody did."""
    first, end = fence.map or (0, 0)
    lines = text.split("\n")
    if end - 1 > first and lines[end - 1].lstrip(" >").startswith(fence.markup):
        return ""
    return "\n".join([*lines[:first], "", *lines[first + 1 :]])


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _first_line(definition: Mapping[str, object], first_line: int) -> int:
    lines = definition.get("map")
    return first_line + int(lines[0]) if isinstance(lines, list) else first_line


def measured_spans(text: str, first_line: int = 1) -> tuple[Span, ...]:
    """The measured blocks that are opened and closed; marks that do not pair are comments like any other."""
    spans: list[Span] = []
    name, opened = "", 0
    for number, line in enumerate(text.split("\n"), first_line):
        mark = _MARK.fullmatch(line.strip()) if "measured:" in line else None
        if mark and mark[1] and mark[2] == name:
            spans.append(Span(name, opened, number))
        if mark:
            name, opened = ("", 0) if mark[1] else (mark[2], number)
    return tuple(spans)


def _placed(block: Block, spans: tuple[Span, ...], starts: list[int]) -> Block:
    index = bisect_right(starts, block.line) - 1
    if index < 0 or block.line > spans[index].end:
        return block
    return Block(block.kind, block.text, block.line, block.end, block.level, block.info, block.table, spans[index].name)


def _leaves(tokens: list[Token], first_line: int) -> Iterator[Block]:
    items = at = 0
    while at < len(tokens):
        token = tokens[at]
        lines = token.map or [0, 1]
        line, end = first_line + lines[0], first_line + max(lines[1] - 1, lines[0])
        if token.type in ("list_item_open", "list_item_close"):
            items += token.nesting
        elif token.type == "heading_open":
            yield Block("heading", without_comments(tokens[at + 1].content), line, end, level=int(token.tag[1]))
            at += 1
        elif token.type == "inline":
            yield Block("item" if items else "paragraph", without_comments(token.content), line, end)
        elif token.type in ("fence", "code_block"):
            yield Block("fence", token.content, line, end, info=token.info.strip())
        elif token.type == "html_block":
            yield Block("html", without_comments(token.content), line, end)
        elif token.type == "table_open":
            yield _table(tokens, at, line, end, first_line)
            at = _end_of_table(tokens, at)
        at += 1


def _end_of_table(tokens: list[Token], at: int) -> int:
    while tokens[at].type != "table_close":
        at += 1
    return at


def _table(tokens: list[Token], at: int, line: int, end: int, first_line: int) -> Block:
    rows: list[tuple[str, ...]] = []
    row_lines: list[int] = []
    cells: list[str] = []
    for token in tokens[at : _end_of_table(tokens, at)]:
        if token.type == "tr_open":
            cells = []
            row_lines.append(first_line + token.map[0] if token.map else line + len(row_lines) + 1)
        elif token.type == "inline":
            cells.append(without_comments(token.content).strip())
        elif token.type == "tr_close":
            rows.append(tuple(cells))
    table = Table(rows[0], tuple(rows[1:]), line, tuple(row_lines[1:]))
    return Block("table", "\n".join(" | ".join(row) for row in rows), line, end, table=table)


def is_store(text: str) -> bool:
    """Whether a file is a store of texts, as its first line says, which a program inserts into other documents."""
    return bool(_STORE.match(text))


def without_comments(text: str) -> str:
    """`text` without its HTML comments; their line breaks stay, so that lines keep their numbers."""
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join([*kept, text[at:]]) if kept else text
