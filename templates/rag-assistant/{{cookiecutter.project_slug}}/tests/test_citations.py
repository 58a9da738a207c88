"""Citations are checked and renumbered, in whatever pieces the answer arrives."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.citations import CitationCheck
from timing import growth


def run(pieces: list[str], passages: int) -> tuple[str, list[int]]:
    check = CitationCheck(passages)
    shown = "".join([*map(check.feed, pieces), check.feed("", last=True)])
    assert shown == check.text
    assert list(check.cited.values()) == list(range(1, len(check.cited) + 1))
    return shown, list(check.cited)


@pytest.mark.parametrize(
    ("given", "expected", "cited"),
    [
        ("A with block closes files [2].", "A with block closes files [1].", [2]),
        ("One [3]. Two [1]. Three [3].", "One [1]. Two [2]. Three [1].", [3, 1]),
        ("Both [1, 3] and [3;2].", "Both [1][2] and [2][3].", [1, 3, 2]),
        ("As [Passage 2] and [passages 1, 2] say.", "As [1] and [2][1] say.", [2, 1]),
        ("Made up [9]. True [1].", "Made up. True [1].", [1]),
        ("Made up [0] [4][7].", "Made up.", []),
        ("Half of it [1, 8].", "Half of it [1].", [1]),
        ("Directly[1].", "Directly[1].", [1]),
        ("Take `items[0]` [1].", "Take `items[0]` [1].", [1]),
        ("```python\nx = `a[7]\n\ny = a[8]\n```\nSo [2].", "```python\nx = `a[7]\n\ny = a[8]\n```\nSo [1].", [2]),
        ("Take ``a[9]`[8]`` [2].", "Take ``a[9]`[8]`` [1].", [2]),
        ("It`s open [7].\n\nSo [2] [9].", "It`s open [7].\n\nSo [1].", [2]),
        ("Spelled [^2], [#1], 【3】 and [Source 2].", "Spelled [1], [2], [3] and [1].", [2, 1, 3]),
        ("Ranges [1-3] and [2–7], a list [1 and 2].", "Ranges [1][2] and [3], a list [1][3].", [1, 3, 2]),
        ("Made up [7-9] [12345].", "Made up.", []),
        ("A list [a, b] and [ 1 ] stay.", "A list [a, b] and [ 1 ] stay.", []),
        ("\n  Spaces around [1]  \n", "Spaces around [1]", [1]),
        ("Open [1", "Open [1", []),
        (f"Long [{'1, ' * 30}1]", f"Long [{'1, ' * 30}1]", []),
        ("", "", []),
    ],
)
def test_checked_and_renumbered(given: str, expected: str, cited: list[int]) -> None:
    for pieces in ([given], list(given), [given[:7], given[7:]]):
        assert run(pieces, passages=3) == (expected, cited)


@given(st.text(alphabet="a [](`1029,;.\n【】^#-"), st.integers(0, 9), st.data())
def test_the_pieces_make_no_difference(text: str, passages: int, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole = run([text], passages)
    assert run(pieces, passages) == whole
    if "`" not in text:
        assert all(1 <= int(number) <= passages for number in re.findall(r"\[(\d{1,4})\]", whole[0]))


def test_text_is_shown_as_soon_as_it_is_sure() -> None:
    check = CitationCheck(2)
    assert [check.feed(piece) for piece in ("Files are closed ", "[2", "]. Always")] == [
        "Files are closed",
        "",
        " [1]. Always",
    ]


@pytest.mark.parametrize("sign", [" ", "\n", "`", "[", "[1 ", "[1,", "` ", "\n ", "[passage "])
def test_the_work_grows_with_the_text_only(sign: str) -> None:
    assert growth(lambda size: run([f"{sign * size}x", "y"], 3), 1000) < 1.5
