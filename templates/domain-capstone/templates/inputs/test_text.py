"""Reasons: one piece of the text at a time is left out."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from capstone import explain
from capstone.manifest import Array, Input, NumericInput, TextInput, Value
from timing import TIMES, growth
from toy_case import reasons

INPUTS: list[Input] = [
    TextInput(name="body", longest=20_000),
    NumericInput(name="size", nullable=False, typical=2, seen=(0, 9)),
]
LONG = "One two three. " * 20 + "Here is the key; it has a lock. " + "One two three. " * 20


def strength(frame: pd.DataFrame) -> Array:
    has = frame["body"].str.contains
    return np.asarray(0.5 * has("key") + 0.2 * has("lock") - 0.1 * has("door"), dtype=np.float64)


def test_of_a_short_text_single_words_are_the_reasons_the_strongest_first() -> None:
    case: dict[str, Value] = {"body": "A door, a lock\nand a key", "size": 1.0}
    found = reasons(strength, case, INPUTS, 5)
    assert [(name, value) for name, value, _ in found] == [("body", "key"), ("body", "lock"), ("body", "door,")]
    assert [effect for *_, effect in found] == pytest.approx([0.5, 0.2, -0.1])
    assert [value for _, value, _ in reasons(strength, case, INPUTS, 1)] == ["key"]


def test_of_a_long_text_sentences_are_the_reasons() -> None:
    found = reasons(strength, {"body": LONG, "size": 1.0}, INPUTS, 5)
    assert found[0][1] == "Here is the key;"
    assert [value for _, value, _ in found] == ["Here is the key;", "it has a lock."]


def test_a_long_piece_is_shown_shortened() -> None:
    (_, value, _), *rest = reasons(strength, {"body": "key " + "x" * 90 + (" word" * 999)}, INPUTS[:1], 5)
    assert rest == []
    assert str(value).startswith("key x")
    assert len(str(value)) <= explain.LONGEST
    assert str(value).endswith(" ...")


@pytest.mark.parametrize("body", ["", None, " \n "])
def test_where_there_is_no_piece_nothing_is_changed(body: str | None) -> None:
    assert explain.changes({"body": body}, INPUTS[:1]) == []


LONG_TEXTS = ["a" * 20_000, ". " * 10_000, " \n" * 10_000, "ab.\n\ncd; " * 2_000]


@pytest.mark.parametrize("text", LONG_TEXTS)
def test_the_pieces_are_found_in_time_that_grows_with_the_text_only(text: str) -> None:
    assert growth(lambda size: explain.pieces(text[:size]), len(text) // TIMES) < 1.5


@pytest.mark.parametrize("text", [*LONG_TEXTS, "x y.\n" * 9])
def test_the_pieces_are_few_in_order_and_together_the_text(text: str) -> None:
    parts = explain.pieces(text)
    assert len(parts) <= explain.MOST
    assert all(one.stop <= other.start for one, other in pairwise(parts))
    assert "".join(text[part] for part in parts).split() == text.split()
    assert all(len(explain.blanked(text, part)) == len(text) for part in parts)
