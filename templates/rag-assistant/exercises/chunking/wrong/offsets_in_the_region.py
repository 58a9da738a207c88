"""Counts offsets from the start of the region, so that each citation of a later section points to the wrong place."""

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
    for start in places.starts:
        if earliest <= start < last.end and (
            stop - start <= size or _end(places, Span(start, stop), size, overlap) > last.end
        ):
            return start
    found = WORD.search(places.text, last.end)
    return found.start() if found else stop


def cut(places: Places, region: Span, size: int, overlap: int) -> Iterator[Span]:
    start, stop = 0, region.end - region.start
    while stop - start > size:
        end = _end(places, Span(start, stop), size, overlap)
        yield Span(start, end)
        start = _next_start(places, Span(start, end), stop, size, overlap)
    yield Span(start, stop)
