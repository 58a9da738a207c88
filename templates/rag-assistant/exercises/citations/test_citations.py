"""Citations of an answer are checked against the passages and renumbered, however the answer arrives."""

from __future__ import annotations

import pytest

from assistant.answering.citations import CitationCheck


def run(pieces: list[str], passages: int = 3) -> tuple[str, list[int]]:
    check = CitationCheck(passages)
    shown = "".join([*map(check.feed, pieces), check.feed("", last=True)])
    assert shown == check.text, "what `feed` returns must add up to `text`"
    assert list(check.cited.values()) == list(range(1, len(check.cited) + 1)), "new numbers are 1, 2, 3 and so on"
    return shown, list(check.cited)


CASES = [
    ("Files are closed [2].", "Files are closed [1].", [2]),
    ("One [3]. Two [1]. Three [3].", "One [1]. Two [2]. Three [1].", [3, 1]),
    ("Made up [9]. True [1].", "Made up. True [1].", [1]),
    ("Made up [0] [4][7].", "Made up.", []),
    ("Half of it [1, 8].", "Half of it [1].", [1]),
    ("Both [1, 3] and [3;2].", "Both [1][2] and [2][3].", [1, 3, 2]),
    ("As [Passage 2] and [passages 1, 2] say.", "As [1] and [2][1] say.", [2, 1]),
    ("Spelled [^2], [#1], 【3】 and [Source 2].", "Spelled [1], [2], [3] and [1].", [2, 1, 3]),
    ("Ranges [1-3], a list [1 and 2].", "Ranges [1][2], a list [1][3].", [1, 3, 2]),
    ("Directly[1].", "Directly[1].", [1]),
    ("\n  Spaces around [1]  \n", "Spaces around [1]", [1]),
    ("A list [a, b] and [ 1 ] stay.", "A list [a, b] and [ 1 ] stay.", []),
    ("Open [1", "Open [1", []),
    ("Never closed [a, then [2].", "Never closed [a, then [1].", [2]),
    ("", "", []),
]
CODE = [
    ("Take `items[0]` [1].", "Take `items[0]` [1].", [1]),
    ("Take ``a[9]`[8]`` [2].", "Take ``a[9]`[8]`` [1].", [2]),
    ("```python\nx = `a[7]\n\ny = a[8]\n```\nSo [2].", "```python\nx = `a[7]\n\ny = a[8]\n```\nSo [1].", [2]),
    ("It`s open [7].\n\nSo [2] [9].", "It`s open [7].\n\nSo [1].", [2]),
]


@pytest.mark.parametrize(("given", "expected", "cited"), CASES)
def test_citations_are_checked_and_renumbered(given: str, expected: str, cited: list[int]) -> None:
    assert run([given]) == (expected, cited)


@pytest.mark.parametrize(("given", "expected", "cited"), CODE)
def test_brackets_in_code_are_no_citations(given: str, expected: str, cited: list[int]) -> None:
    assert run([given]) == (expected, cited)


@pytest.mark.parametrize(("given", "expected", "cited"), [*CASES, *CODE])
def test_the_pieces_make_no_difference(given: str, expected: str, cited: list[int]) -> None:
    for pieces in (list(given), [given[:7], given[7:]], [given[:-2], given[-2:]]):
        assert run(pieces) == (expected, cited), f"arrived as {pieces}"


def test_text_is_shown_as_soon_as_it_is_sure() -> None:
    check = CitationCheck(2)
    assert check.feed("Files are closed ") == "Files are closed", "blank space may belong to a citation"
    assert check.feed("[2") == "", "this may become a citation"
    assert check.feed("]. Always") == " [1]. Always"


def test_a_bracket_that_is_never_closed_is_shown_after_a_while() -> None:
    check = CitationCheck(2)
    shown = check.feed("Open [" + "a" * 200)
    assert len(shown) > 100, "no citation is that long"
