"""Looks at every offset, without bisection, and keeps what a round knows in a loop."""

from collections.abc import Iterator, Sequence


def _nearest(offsets: Sequence[int], ideal: int, above: int, limit: int) -> int | None:
    best = None
    for offset in offsets:
        if above < offset <= limit and (best is None or abs(offset - ideal) < abs(best - ideal)):
            best = offset
    return best


def _end(places: Places, rest: Span, size: int, overlap: int) -> int:
    length = _even_length(rest.end - rest.start, size, overlap) if places.even else size
    ideal, limit = rest.start + length, rest.start + size
    found = ((_nearest(offsets, ideal, rest.start, limit), slack) for offsets, slack in places.ends)
    near = (end for end, slack in found if end is not None and abs(end - ideal) <= slack * size)
    return next(near, limit)


def _next_start(places: Places, last: Span, stop: int, size: int, overlap: int) -> int:
    for start in places.starts:
        if not max(last.end - overlap, last.start + 1) <= start < last.end:
            continue
        end = stop if stop - start <= size else _end(places, Span(start, stop), size, overlap)
        if end > last.end or stop - start <= size:
            return start
    after = last.end
    while after < len(places.text) and places.text[after].isspace():
        after += 1
    return after if after < len(places.text) else stop


def cut(places: Places, region: Span, size: int, overlap: int) -> Iterator[Span]:
    spans: list[Span] = []
    start = region.start
    while True:
        if region.end - start <= size:
            return iter([*spans, Span(start, region.end)])
        spans.append(Span(start, _end(places, Span(start, region.end), size, overlap)))
        start = _next_start(places, spans[-1], region.end, size, overlap)
