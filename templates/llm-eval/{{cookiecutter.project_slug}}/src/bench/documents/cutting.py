"""Where a text may be split, and the best places for a given size."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..passages import Span
from .outline import Outline

WORD = re.compile(r"\S+")
LINE = re.compile(r"\S(?=[^\S\n]*(?:\n|\Z))")  # the last visible character of a line


@dataclass(frozen=True)
class Places:
    """Offsets, ascending, at which passages may end or begin.

    `ends` are kinds of places, the best kind first, each with how far from the ideal place it may lie, as a
    share of the size. `even` makes pieces of equal length the ideal, otherwise it is the full size.
    """

    text: str
    ends: Sequence[tuple[Sequence[int], float]]
    starts: Sequence[int]  # at which the repetition of the passage before may begin
    even: bool


def at_spaces(known: Outline, size: int) -> Places:
    """Between any two words."""
    words = _words(known, size)
    return Places(known.text, [([word.end for word in words], math.inf)], [word.start for word in words], even=False)


def by_structure(known: Outline, size: int) -> Places:
    """After a paragraph if one ends near the ideal place, else after a sentence, else between words.

    A heading is never the last line of a passage, unless nothing else fits.
    """
    paragraphs = [block.span.end for block in known.blocks if block.kind != "heading"]
    long_code = [block.span for block in known.blocks if block.kind == "code" and _length(block.span) > size]
    lines = [found.end() for span in long_code for found in LINE.finditer(known.text, span.start, span.end)]
    sentences = sorted({*(span.end for span in known.sentences), *lines})
    words = [word.end for word in _words(known, size)]
    starts = [span.start for span in known.units]
    return Places(known.text, [(paragraphs, 1 / 4), (sentences, math.inf), (words, math.inf)], starts, even=True)


def cut(places: Places, region: Span, size: int, overlap: int) -> Iterator[Span]:
    """Passages of a region: at most `size` characters each, at most `overlap` of them from the passage before.

    As long as more than `size` characters are left, a passage ends where `_end` says, and the next one begins where
    `_next_start` says. What is left is the last passage.
    """
    start = region.start
    while region.end - start > size:
        end = _end(places, Span(start, region.end), size, overlap)
        yield Span(start, end)
        start = _next_start(places, Span(start, end), region.end, size, overlap)
    yield Span(start, region.end)


def _end(places: Places, rest: Span, size: int, overlap: int) -> int:
    """The end of the first passage of `rest`, which is longer than `size`.

    The ideal length is that of even pieces or, if `places` are not `even`, the full size. Of each kind of ends, the
    best kind first, the one nearest to the ideal counts, if it lies at most `slack * size` characters from it. If no
    kind has one, the passage has `size` characters: a word is longer than that.
    """
    ideal = rest.start + (_even_length(_length(rest), size, overlap) if places.even else size)
    for offsets, slack in places.ends:
        end = _nearest(offsets, ideal, rest.start, rest.start + size)
        if end is not None and abs(end - ideal) <= slack * size:
            return end
    return rest.start + size


def _even_length(length: int, size: int, overlap: int) -> int:
    """The length of equal pieces, if as few as possible cover `length` and each repeats `overlap` of the one before."""
    pieces = math.ceil((length - overlap) / (size - overlap))
    return math.ceil((length + (pieces - 1) * overlap) / pieces)


def _next_start(places: Places, last: Span, stop: int, size: int, overlap: int) -> int:
    """Where the passage after `last` begins; it must end later than `last`.

    It repeats as much of `last` as `overlap` allows: it begins at the first of `places.starts` among the last `overlap`
    characters of `last`, but behind the start of `last`, from which the rest up to `stop` fits into a passage, or from
    which the next passage ends later than `last`. If there is none, it begins at the next visible character.
    """
    earliest = max(last.end - overlap, last.start + 1)
    for start in places.starts[bisect_left(places.starts, earliest) : bisect_left(places.starts, last.end)]:
        if stop - start <= size or _end(places, Span(start, stop), size, overlap) > last.end:
            return start
    found = WORD.search(places.text, last.end)
    return found.start() if found else stop


def _nearest(offsets: Sequence[int], ideal: int, above: int, limit: int) -> int | None:
    """The offset nearest to `ideal` among those in (above, limit], the lower one of two; None if there is none."""
    after = bisect_left(offsets, ideal)
    around = [offset for offset in offsets[max(after - 1, 0) : after + 1] if above < offset <= limit]
    return min(around, key=lambda offset: abs(offset - ideal), default=None)


def _words(known: Outline, size: int) -> list[Span]:
    """The words; a block of code that fits into a passage counts as one."""
    words: list[Span] = []
    for block in known.blocks:
        if block.kind == "code" and _length(block.span) <= size:
            words.append(block.span)
        else:
            words += [Span(*found.span()) for found in WORD.finditer(known.text, block.span.start, block.span.end)]
    return words


def _length(span: Span) -> int:
    return span.end - span.start
