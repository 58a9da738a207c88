"""Two columns that are harmless alone may tell the target by their difference or ratio."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tables import PLAIN, proposed

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


@pytest.mark.parametrize("order", ["reported", None], ids=["ordered", "drawn"])
def test_days_between_two_dates_that_tell_a_class_are_noted(order: str | None) -> None:
    """Their years, months, days and weekdays are the inputs, and none of them tells it alone."""
    reported = [date(2024, 1, 1) + timedelta(days=DRAW.randrange(500)) for _ in range(ROWS)]
    lasted = [DRAW.randrange(1, 30) for _ in range(ROWS)]
    closed = [day + timedelta(days=days) for day, days in zip(reported, lasted, strict=True)]
    late = ["yes" if days > 15 else "no" for days in lasted]
    table = cells(reported=reported, closed=closed, noise=NOISE, y=late)
    notes = proposed(table, replace(PLAIN, dates=True), time=order).notes
    [note] = [note for note in notes if "almost" in note]
    assert note.startswith("the difference of '")
    assert {"'reported'", "'closed'"} <= set(note.split())
    assert note.endswith(WORDS)


def test_a_ratio_that_is_the_target_is_noted() -> None:
    ratios = [f"{came / planned:.6f}" for came, planned in zip(CAME, PLANNED, strict=True)]
    [note] = [
        note for note in proposed(cells(planned=PLANNED, came=CAME, noise=NOISE, y=ratios)).notes if "'y'" in note
    ]
    assert note.startswith("the ratio of 'planned' and 'came' predicts 'y' almost by itself (0.9")


def test_numbers_that_tell_nothing_together_are_not_noted() -> None:
    answers = ["yes" if DRAW.random() < 0.5 else "no" for _ in range(ROWS)]
    assert proposed(cells(planned=PLANNED, came=CAME, noise=NOISE, y=answers)).notes == []
