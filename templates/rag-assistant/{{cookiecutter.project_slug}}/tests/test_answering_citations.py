"""Citations are checked and renumbered, in whatever pieces the answer arrives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.citations import CitationCheck


def run(pieces: list[str], passages: int) -> tuple[str, CitationCheck]:
    check = CitationCheck(passages)
    text = "".join(check.feed(piece) for piece in pieces)
    return text + check.close(), check


@pytest.mark.parametrize(
    ("given", "expected", "cited", "unsupported"),
    [
        ("A with block closes files [2].", "A with block closes files [1].", (2,), ()),
        ("One [3]. Two [1]. Three [3].", "One [1]. Two [2]. Three [1].", (3, 1), ()),
        ("Both [1, 3] and [3;2].", "Both [1][2] and [2][3].", (1, 3, 2), ()),
        ("As [Passage 2] says.", "As [1] says.", (2,), ()),
        ("Made up [9]. True [1].", "Made up. True [1].", (1,), (9,)),
        ("Made up [0] [4][7].", "Made up.", (), (0, 4, 7)),
        ("Half of it [1, 8].", "Half of it [1].", (1,), (8,)),
        ("Directly[1].", "Directly[1].", (1,), ()),
        ("Take `items[0]` [1].", "Take `items[0]` [1].", (1,), ()),
        ("```python\nx = a[7]\n```\nSo [2].", "```python\nx = a[7]\n```\nSo [1].", (2,), ()),
        ("Take ``a[9]`` [2].", "Take ``a[9]`` [1].", (2,), ()),
        ("A list [a, b] and [ 1 ] stay.", "A list [a, b] and [ 1 ] stay.", (), ()),
        ("\n  Spaces around [1]  \n", "Spaces around [1]", (1,), ()),
        ("Open [1", "Open [1", (), ()),
        ("", "", (), ()),
    ],
)
def test_checked_and_renumbered(
    given: str, expected: str, cited: tuple[int, ...], unsupported: tuple[int, ...]
) -> None:
    for pieces in ([given], list(given), [given[:7], given[7:]]):
        text, check = run(pieces, passages=3)
        assert (text, check.cited, check.unsupported) == (expected, cited, unsupported)


@given(st.text(alphabet="a [](`1029,;.\n"), st.integers(0, 9), st.data())
def test_the_pieces_make_no_difference(text: str, passages: int, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole, pieced = run([text], passages), run(pieces, passages)
    assert pieced[0] == whole[0]
    assert (pieced[1].cited, pieced[1].unsupported) == (whole[1].cited, whole[1].unsupported)
    outside_code = re.sub(r"`+[^`]*(?:`+|\Z)", "", whole[0])
    assert all(1 <= int(number) <= passages for number in re.findall(r"\[(\d{1,4})\]", outside_code))


def test_text_is_shown_as_soon_as_it_is_sure() -> None:
    check = CitationCheck(2)
    assert check.feed("Files are closed ") == "Files are closed"
    assert check.feed("[2") == ""
    assert check.feed("]. Always") == " [1]. Always"
