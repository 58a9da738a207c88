"""Repeats the overlap without asking whether the next passage gets any further."""

from collections.abc import Iterator, Sequence


def _nearest(offsets: Sequence[int], ideal: int, above: int, limit: int) -> int | None:
    near = [offset for offset in offsets if above < offset <= limit]
    return min(near, key=lambda offset: abs(offset - ideal), default=None)


def _end(places: Places, rest: Span, size: int, overlap: int) -> int:
    ideal = rest.start + (_even_length(rest.end - rest.start, size, overlap) if places.even else size)
    for offsets, slack in places.ends:
        end = _nearest(offsets, ideal, rest.start, rest.start + size)
        if end is not None and abs(end - ideal) <= slack * size:
            return end
    return rest.start + size


def _next_start(places: Places, last: Span, stop: int, size: int, overlap: int) -> int:
    earliest = max(last.end - overlap, last.start + 1)
    found = [start for start in places.starts if earliest <= start < last.end]
    after = WORD.search(places.text, last.end)
    return found[0] if found else after.start() if after else stop


def cut(places: Places, region: Span, size: int, overlap: int) -> Iterator[Span]:
    start = region.start
    while region.end - start > size:
        end = _end(places, Span(start, region.end), size, overlap)
        yield Span(start, end)
        start = _next_start(places, Span(start, end), region.end, size, overlap)
    yield Span(start, region.end)
