"""The structure of a text for chunking: its blocks, its sentences, and the headings above each place."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from operator import attrgetter

from ..passages import Span
from .blocks import Block, blocks
from .sentences import units

SECTION_START = attrgetter("span.start")


@dataclass(frozen=True)
class Section:
    """A heading and what follows it, up to the next heading of any level; level 0 is what comes before the first."""

    level: int
    path: tuple[str, ...]
    span: Span


@dataclass(frozen=True)
class Outline:
    """The structure of `text`; blocks, sections, units and sentences are each in order."""

    text: str
    blocks: Sequence[Block]
    sections: Sequence[Section]
    units: Sequence[Span]  # sentences, headings included
    sentences: Sequence[Span]  # those that say something: no headings, no rules of a table

    def section_of(self, span: Span) -> tuple[str, ...]:
        """The path of the innermost section that holds all of a span."""
        first = bisect_right(self.sections, span.start, key=SECTION_START) - 1
        last = bisect_left(self.sections, span.end, key=SECTION_START)
        paths = [section.path for section in self.sections[max(first, 0) : last]]
        levels = takewhile(lambda titles: len(set(titles)) == 1, zip(*paths, strict=False))
        return tuple(titles[0] for titles in levels)

    def sentences_in(self, span: Span) -> tuple[Span, ...]:
        """The parts of the sentences that lie in a span; of a span with headings alone, the headings."""
        return _clipped(self.text, self.sentences, span) or _clipped(self.text, self.units, span)


def outline(text: str) -> Outline:
    """Find the structure of a Markdown text."""
    row = blocks(text)
    spans = [(block, span) for block in row for span in units(text, block)]
    return Outline(
        text=text,
        blocks=row,
        sections=_sections(row),
        units=[span for _, span in spans],
        sentences=[span for block, span in spans if block.kind != "heading" and _says_something(text, span)],
    )


def _sections(row: Sequence[Block]) -> list[Section]:
    sections: list[Section] = []
    open_headings: list[Block] = []
    for block in row:
        if block.kind == "heading":
            open_headings = [*(above for above in open_headings if above.level < block.level), block]
            sections.append(Section(block.level, tuple(one.title for one in open_headings if one.title), block.span))
        elif sections:
            last = sections[-1]
            sections[-1] = Section(last.level, last.path, Span(last.span.start, block.span.end))
        else:
            sections.append(Section(0, (), block.span))
    return sections


def _says_something(text: str, span: Span) -> bool:
    return any(character.isalnum() for character in text[span.start : span.end])


def _clipped(text: str, spans: Sequence[Span], within: Span) -> tuple[Span, ...]:
    first = bisect_right(spans, within.start, key=attrgetter("end"))
    last = bisect_left(spans, within.end, key=attrgetter("start"))
    clipped = (Span(max(one.start, within.start), min(one.end, within.end)) for one in spans[first:last])
    return tuple(span for span in (_trimmed(text, one) for one in clipped) if span.start < span.end)


def _trimmed(text: str, span: Span) -> Span:
    content = text[span.start : span.end]
    return Span(
        span.start + len(content) - len(content.lstrip()),
        span.end - len(content) + len(content.rstrip()),
    )
