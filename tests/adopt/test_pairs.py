"""Two columns that are harmless alone may tell the target by their difference or ratio."""

from __future__ import annotations

import random

from tables import proposed

ROWS = 400
DRAW = random.Random(1)
PLANNED = [DRAW.randrange(300, 1400) for _ in range(ROWS)]
LATE = [DRAW.randrange(-20, 60) for _ in range(ROWS)]
CAME = [planned + late for planned, late in zip(PLANNED, LATE, strict=True)]
NOISE = [f"{DRAW.random():.3f}" for _ in range(ROWS)]
WORDS = "predicts 'y' almost by itself (1.000 of 1): are both known beforehand?"


def cells(**columns: list[object]) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in columns.items()}


def test_a_difference_that_tells_a_class_is_noted() -> None:
    late = ["yes" if minutes > 15 else "no" for minutes in LATE]
    notes = proposed(cells(planned=PLANNED, came=CAME, noise=NOISE, y=late)).notes
    assert [note for note in notes if "almost" in note] == [f"the difference of 'planned' and 'came' {WORDS}"]


def test_a_ratio_that_is_the_target_is_noted() -> None:
    ratios = [f"{came / planned:.6f}" for came, planned in zip(CAME, PLANNED, strict=True)]
    [note] = [
        note for note in proposed(cells(planned=PLANNED, came=CAME, noise=NOISE, y=ratios)).notes if "'y'" in note
    ]
    assert note.startswith("the inverse ratio of 'planned' and 'came' predicts 'y' almost by itself (0.9")


def test_numbers_that_tell_nothing_together_are_not_noted() -> None:
    answers = ["yes" if DRAW.random() < 0.5 else "no" for _ in range(ROWS)]
    assert proposed(cells(planned=PLANNED, came=CAME, noise=NOISE, y=answers)).notes == []
