"""Text for the page: the words stay the document's, and the mark is where the citation says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.passages import Span
from assistant.serving.reading import Block, blocks_of, read_answer, read_source
from timing import growth

DOCUMENT = """# The `with` statement

It wraps a block
in a context manager.

1. The manager's `__enter__()` is called.
- A dash.

```python
with open(path) as file:
    ...
```

The end.
"""


def words(blocks: list[Block]) -> str:
    return " ".join("".join(piece.text for piece in block.pieces) for block in blocks)


def marked(blocks: list[Block]) -> str:
    return "".join(piece.text for block in blocks for piece in block.pieces if piece.marked)


def test_blocks_have_their_kinds() -> None:
    blocks = list(read_source(DOCUMENT).blocks)
    assert [block.kind for block in blocks] == ["heading", "paragraph", "item", "item", "code", "paragraph"]
    assert [block.marker for block in blocks if block.kind == "item"] == ["1.", "-"]
    assert [piece.text for piece in blocks[0].pieces if piece.code] == ["with"]
    assert "".join(piece.text for piece in blocks[4].pieces) == "with open(path) as file:\n    ..."
    assert "".join(piece.text for piece in blocks[1].pieces) == "It wraps a block in a context manager."


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("wraps a block\nin a context", "wraps a block in a context"),
        ("manager's `__enter__()` is", "manager's __enter__() is"),
        ("file:\n    ...", "file:\n    ..."),
        ("The end.", "The end."),
    ],
    ids=["over lines", "over code", "in code", "at the end"],
)
def test_the_quote_is_marked(quote: str, shown: str) -> None:
    start = DOCUMENT.index(quote)
    blocks = list(read_source(DOCUMENT, Span(start, start + len(quote))).blocks)
    assert marked(blocks) == shown
    assert [piece.first for block in blocks for piece in block.pieces if piece.marked][:2].count(True) == 1


def test_of_a_long_document_the_neighbourhood_is_shown() -> None:
    text = "\n\n".join(f"Paragraph {number} of many." for number in range(10_000))
    start = text.index("Paragraph 5000 ")
    reading = read_source(text, Span(start, start + 14))
    assert reading.before
    assert reading.after
    assert 100 < len(reading.blocks) < 1000
    assert marked(list(reading.blocks)) == "Paragraph 5000"


@pytest.mark.parametrize("text", ["# Heading\n\nText.", "- item\n- item", "Text.\n\n```\ncode\n```\n"])
def test_a_document_that_is_shown_whole_has_nothing_before_and_nothing_after(text: str) -> None:
    reading = read_source(text)
    assert not reading.before
    assert not reading.after


def test_citations_in_an_answer_are_pieces_and_other_brackets_are_text() -> None:
    (block,) = read_answer("A list [0] is `x[1]` here [1], not there [2].", {1})
    assert [piece.cites for piece in block.pieces if piece.cites] == [1]
    assert "".join(piece.text for piece in block.pieces) == "A list [0] is x[1] here [1], not there [2]."
    assert [piece.text for piece in block.pieces if piece.code] == ["x[1]"]


@pytest.mark.parametrize("hostile", ["x {ticks} {letters}", "{ticks}{letters}", "[{letters}{ticks}"])
def test_reading_takes_time_in_proportion_to_the_text(hostile: str) -> None:
    def read(size: int) -> None:
        read_source(hostile.format(ticks="`" * size, letters="a" * 4 * size))

    assert growth(read, 25_000) < 8


marks = st.tuples(st.integers(-5, 400), st.integers(-5, 400))
texts = st.text(alphabet="ab `#-1.\n[]~é\u2028", max_size=300)


@given(text=texts, mark=marks)
def test_any_text_keeps_its_letters_and_any_mark_its_place(text: str, mark: tuple[int, int]) -> None:
    blocks = list(read_source(text, Span(*mark)).blocks)
    letters = [one for one in text if one in "abé"]
    fences = sum(line.strip().startswith(("```", "~~~")) for line in text.split("\n"))
    if not fences:
        assert [one for one in words(blocks) if one in "abé"] == letters
        inside = text[max(0, mark[0]) : max(0, mark[1])]
        assert [one for one in marked(blocks) if one in "abé"] == [one for one in inside if one in "abé"]


@given(text=texts)
def test_blocks_come_in_order_and_do_not_overlap(text: str) -> None:
    spans = [line for block in blocks_of(text) for line in block.lines]
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
