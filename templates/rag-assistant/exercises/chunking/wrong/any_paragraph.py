"""Takes the last paragraph that fits, however short that makes the passage."""

from collections.abc import Iterator, Sequence


def _nearest(offsets: Sequence[int], ideal: int, above: int, limit: int) -> int | None:
    near = [offset for offset in offsets if above < offset <= limit]
    return min(near, key=lambda offset: abs(offset - ideal), default=None)


def _end(places: Places, rest: Span, size: int, overlap: int) -> int:
    for offsets, _ in places.ends:
        end = _nearest(offsets, rest.start + size, rest.start, rest.start + size)
        if end is not None:
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
    start = region.start
    while region.end - start > size:
        end = _end(places, Span(start, region.end), size, overlap)
        yield Span(start, end)
        start = _next_start(places, Span(start, end), region.end, size, overlap)
    yield Span(start, region.end)
