"""A Markdown document: sections, tables, fences, links, anchors and prose, all with line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from operator import itemgetter

from scaffolder.check.readers import markdown_blocks as blocks
from scaffolder.check.readers.headings import Meaning, meaning, phrases
from scaffolder.check.readers.markdown_blocks import Block, Table
from scaffolder.check.readers.markdown_inline import Link, html_anchors, links, plain

MAX_LINKS = 3_000

_FRONT = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_STOP = re.compile(r"[.!?]+[)\"'”’]*(?=\s)")
_PROSE = ("paragraph", "item", "html")


class Passage:
    """Some blocks of one document, and the tables, links and prose in them."""

    path: str
    blocks: tuple[Block, ...]
    _references: dict[str, tuple[str, int]]

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The pipe tables."""
        return tuple(block.table for block in self.blocks if block.table)

    @cached_property
    def fences(self) -> tuple[Block, ...]:
        """The blocks of code."""
        return tuple(block for block in self.blocks if block.kind == "fence")

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links and images outside code, in order, at most `MAX_LINKS`."""
        return tuple(islice(self._links(), MAX_LINKS))

    @cached_property
    def images(self) -> tuple[Link, ...]:
        """The links that show an image."""
        return tuple(link for link in self.links if link.image)

    def _links(self) -> Iterator[Link]:
        for block in self.blocks:
            if block.kind != "fence":
                yield from links(block.text, block.line, self._references)

    @cached_property
    def own(self) -> tuple[Block, ...]:
        """The prose that a person wrote: paragraphs, list items and HTML outside measured blocks."""
        return tuple(b for b in self.blocks if b.kind in _PROSE and not b.measured and b.text.strip())


class Section(Passage):
    """A heading and all that follows it up to the next heading of its own level or above."""

    def __init__(self, document: Document, heading: Block, inside: tuple[Block, ...], end: int) -> None:
        self.path = document.path
        self.title = " ".join(plain(heading.text).split())
        self.level = heading.level
        self.line = heading.line
        self.end = end
        self.blocks = inside
        self._references = document._references
        self._document = document

    @cached_property
    def text(self) -> str:
        """The source below the heading."""
        return "\n".join(self._document.lines[self.line : self.end])


class Document(Passage):
    """One Markdown file. `front_matter` is the YAML between its first two `---`, "" if there is none."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        front = _FRONT.match(text) if text.startswith("---") else None
        self.front_matter = front[1] if front else ""
        body = text[front.end() :] if front else text
        parsed = blocks.parse(body, 1 + text[: len(text) - len(body)].count("\n"))
        self.blocks = parsed.blocks
        self.cut = parsed.cut
        self._references = dict(parsed.references)
        self._titled: dict[tuple[str, ...], tuple[Section, ...]] = {}  # several items ask for the same

    @cached_property
    def lines(self) -> list[str]:
        """The source, line by line; `lines[0]` is line 1."""
        return self.text.split("\n")

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The section of each heading, in order; sections nest."""
        return tuple(self._sections())

    def _sections(self) -> Iterator[Section]:
        ends = {id(block): (at, line) for block, at, line in _ends(self.blocks, len(self.lines))}
        for at, block in enumerate(self.blocks):
            if block.kind == "heading":
                stop, line = ends[id(block)]
                yield Section(self, block, self.blocks[at + 1 : stop], line)

    def section(self, *names: str) -> Section | None:
        """The section whose title says one of `names` most surely; a name in `headings.toml` means its phrases."""
        return next(iter(self.titled(*names)), None)

    def titled(self, *names: str) -> tuple[Section, ...]:
        """The sections whose title says one of `names`, the surest first."""
        if names not in self._titled:
            known = phrases(*names)
            told: list[tuple[Meaning, int, Section]] = []
            for section in self.sections:
                how = meaning(section.title, known)
                if how and (section.level > 1 or not how.part):
                    told.append((how, section.line, section))
            self._titled[names] = tuple(section for *_, section in sorted(told, key=itemgetter(0, 1)))
        return self._titled[names]

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The anchors that `#…` may point to: GitHub's slugs of the headings, and HTML ids."""
        found: set[str] = set()
        counts: dict[str, int] = {}
        for block in self.blocks:
            if block.kind == "heading":
                slug = slugged(block.text)
                count = counts[slug] = counts.get(slug, -1) + 1
                found.add(f"{slug}-{count}" if count else slug)
            if block.kind != "fence":
                found.update(html_anchors(block.text))
        return frozenset(found)


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


def _ends(all_blocks: tuple[Block, ...], last_line: int) -> Iterator[tuple[Block, int, int]]:
    """Each heading with the index of the block that ends its section, and the section's last line."""
    opened: list[Block] = []
    for at, block in enumerate(all_blocks):
        if block.kind == "heading":
            while opened and opened[-1].level >= block.level:
                yield opened.pop(), at, block.line - 1
            opened.append(block)
    for block in opened:
        yield block, len(all_blocks), last_line


def slugged(heading: str) -> str:
    """GitHub's anchor of a heading: of an emoji, the mark U+FE0F stays if it has one."""
    return re.sub(r"[^\w\- \ufe0f]", "", plain(heading).strip().lower()).replace(" ", "-")


def sentences(block: Block) -> Iterator[str]:
    """The sentences of one block as a reader sees them; a full stop inside a number or a name ends none."""
    start, text = 0, plain(block.text)
    for end in [*(match.end() for match in _STOP.finditer(text)), len(text)]:
        if sentence := " ".join(text[start:end].split()):
            yield sentence
        start = end
