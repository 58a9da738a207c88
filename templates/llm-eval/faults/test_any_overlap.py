"""A chunk is a find if it holds half of the evidence, and not if it holds less."""

import pytest

from bench.evaluation.evidence import Passage, covers
from bench.passages import Chunk, Span

EVIDENCE = Passage("guide", Span(100, 140))


@pytest.mark.parametrize(
    ("start", "end", "found"), [(0, 101, False), (121, 200, False), (0, 120, True), (90, 150, True)]
)
def test_half_of_the_evidence_is_needed(start: int, end: int, found: bool) -> None:
    chunk = Chunk("1", "guide", "Guide", (), Span(start, end), "", ())
    assert covers(chunk, EVIDENCE) is found
