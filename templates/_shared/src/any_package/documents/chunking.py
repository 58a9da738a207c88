"""Documents to passages, by one of three methods.

All three cut at the best place that the size allows; they differ in what a good place is:

- `fixed`: any space between words. The baseline that the others have to beat.
- `recursive`: the end of a paragraph, else of a sentence, else a space, in pieces of even size.
- `headings`: first by the tree of headings, small sections together with their neighbours; what is still too
  long, recursively.

None cuts a block of code that would fit into a passage.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..passages import Chunk, Document, Span
from .cutting import at_spaces, by_structure, cut
from .outline import Outline, Section, outline

SMALL = 1 / 6  # of the size; a shorter section says too little to stand alone


class Chunking(BaseModel):
    """How documents are cut; sizes in characters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Literal["fixed", "recursive", "headings"] = "headings"
    size: int = Field(default=900, ge=100, le=8000)
    overlap: int = Field(default=120, ge=0)

    @model_validator(mode="after")
    def _overlap_is_smaller(self) -> Self:
        if self.overlap >= self.size:
            raise ValueError("overlap must be smaller than size")
        return self


def chunk(document: Document, settings: Chunking) -> list[Chunk]:
    """The passages of a document, in order.

    Together they hold all of its text but blank space; each has at most `settings.size` characters. Passages cut
    from the same text repeat at most `settings.overlap` characters of the one before.
    """
    known = outline(document.text)
    return [
        Chunk(
            id=f"{document.id}#{ordinal}",
            document=document.id,
            title=document.title,
            section=known.section_of(span),
            span=span,
            text=document.text[span.start : span.end],
            sentences=known.sentences_in(span),
            metadata=document.metadata,
        )
        for ordinal, span in enumerate(_spans(known, settings))
    ]


def _spans(known: Outline, settings: Chunking) -> Iterator[Span]:
    places = (at_spaces if settings.method == "fixed" else by_structure)(known, settings.size)
    regions = _by_headings(known, settings.size) if settings.method == "headings" else _everything(known)
    for region in regions:
        yield from cut(places, region, settings.size, settings.overlap)


def _everything(known: Outline) -> list[Span]:
    return [_hull(known.blocks[0].span, known.blocks[-1].span)] if known.blocks else []


def _by_headings(known: Outline, size: int) -> list[Span]:
    return _joined([region for family in _families(known.sections) for region in _regions(family, size)], size)


def _families(sections: Sequence[Section]) -> list[list[Section]]:
    """Each outermost section with those below it."""
    families: list[list[Section]] = []
    for section in sections:
        if families and section.level > families[-1][0].level:
            families[-1].append(section)
        else:
            families.append([section])
    return families


def _regions(family: Sequence[Section], size: int) -> list[Span]:
    """A section with all below it in one piece if it fits, else its own text and that of each child."""
    whole = _hull(family[0].span, family[-1].span)
    if len(family) == 1 or _length(whole) <= size:
        return [whole]
    children = [region for child in _families(family[1:]) for region in _regions(child, size)]
    return _joined([family[0].span, *children], size)


def _joined(regions: Sequence[Span], size: int) -> list[Span]:
    """Small regions joined with a neighbour: if both fit, or if the next is to be cut anyway."""
    joined: list[Span] = []
    for region in regions:
        if joined and _belong_together(joined[-1], region, size):
            joined[-1] = _hull(joined[-1], region)
        else:
            joined.append(region)
    return joined


def _belong_together(first: Span, second: Span, size: int) -> bool:
    small = SMALL * size
    if _length(_hull(first, second)) <= size:
        return min(_length(first), _length(second)) < small
    return _length(first) < small and _length(second) > size


def _hull(first: Span, last: Span) -> Span:
    return Span(first.start, last.end)


def _length(span: Span) -> int:
    return span.end - span.start
