"""Free text is told from names, addresses, codes, and texts without words."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tables import base, proposed

from scaffolder.adopt.table.proposal import Uses

ROWS = 200
WORDS = Uses(words=True)
DRAW = random.Random()
THINGS = ["parcel", "box", "letter", "größe", "invoice", "driver", "door", "garden"]
VERBS, HOW = ["came", "went"], ["late", "early", "broken"]
FIRST, LAST = ["Anna", "Ben", "Cem", "Dora"], [f"Lastname{place}" for place in range(90)]


def drawn(*choices: list[str]) -> Callable[[int], str]:
    """A cell of one word of each list, and a number that makes it unlike the others."""
    return lambda row: " ".join([*map(DRAW.choice, choices), f"{row}x{row}"])


CELLS: dict[str, tuple[Callable[[int], str], bool]] = {
    "free text": (drawn(THINGS, VERBS, HOW, THINGS), True),
    "in capitals, with marks": (
        lambda row: f"{DRAW.choice(THINGS)}!!! {drawn(VERBS, HOW, THINGS)(row)}".upper(),
        True,
    ),
    "with gaps": (lambda row: "" if row % 3 == 0 else drawn(THINGS, VERBS, HOW, THINGS)(row), True),
    "names": (drawn(FIRST, LAST), False),
    "addresses": (lambda row: f"{row} {DRAW.choice(LAST)} Street, Bonn, 53{row:03}", False),
    "codes": (lambda row: f"AB-{row:05}-{row * 7919 % 1009}", False),
    "hashes": (lambda row: " ".join(f"{DRAW.getrandbits(64):x}" for _ in range(9)), False),
    "the same words": (lambda row: f"Order {row}x{row} was sent to the customer", False),
    "emojis": (lambda row: "😀" * (row + 1), False),
    "without spaces": (lambda row: f"荷物が遅れて届きました{row}x{row}", False),
}


@pytest.fixture(autouse=True)
def same_texts() -> None:
    """The texts are the same in whatever order the tests run."""
    DRAW.seed(3)


@pytest.mark.parametrize("kind", CELLS)
def test_free_text_is_told_by_words_that_recur(kind: str) -> None:
    cell, free = CELLS[kind]
    found = proposed({**base(ROWS), "note": [cell(row) for row in range(ROWS)]}, WORDS)
    if free:
        assert found.inputs["note"].kind == "text"
        assert "'note' is free text: does it name people, and may you use it?" in found.notes
    else:
        assert "different texts in " in found.dropped["note"]
        assert found.notes == []


def test_free_text_is_left_out_where_the_template_does_not_take_it() -> None:
    note = [drawn(THINGS, THINGS, THINGS, THINGS)(row) for row in range(ROWS)]
    assert "different texts in 200 rows" in proposed({**base(ROWS), "note": note}).dropped["note"]
    assert list(proposed({"y": base(ROWS)["y"], "note": note}, WORDS).inputs) == ["note"]


def test_free_text_that_gives_the_target_away_is_left_out() -> None:
    answers = base(ROWS)["y"]
    note = [f"{answer} {drawn(THINGS, THINGS, THINGS, THINGS)(row)}" for row, answer in enumerate(answers)]
    assert "predicts 'y' almost by itself" in proposed({**base(ROWS), "note": note}, WORDS).dropped["note"]


def test_texts_that_recur_are_categories() -> None:
    canned = [f"the {DRAW.choice(THINGS)} came {DRAW.choice(['late', 'broken'])}, as said" for _ in range(ROWS)]
    assert proposed({**base(ROWS), "note": canned}, WORDS).inputs["note"].kind == "categorical"
