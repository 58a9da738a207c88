"""Cuts every `size` characters, in the middle of words."""

from collections.abc import Iterator, Sequence


def _nearest(offsets: Sequence[int], ideal: int, above: int, limit: int) -> int | None:
    near = [offset for offset in offsets if above < offset <= limit]
    return min(near, key=lambda offset: abs(offset - ideal), default=None)


def _end(places: Places, rest: Span, size: int, overlap: int) -> int:
    return rest.start + size


def _next_start(places: Places, last: Span, stop: int, size: int, overlap: int) -> int:
    return last.end - overlap


def cut(places: Places, region: Span, size: int, overlap: int) -> Iterator[Span]:
    start = region.start
    while region.end - start > size:
        yield Span(start, start + size)
        start += size - overlap
    yield Span(start, region.end)
