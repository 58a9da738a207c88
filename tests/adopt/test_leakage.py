"""How well one column tells the target: nothing, something, or all of it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from tables import database

from scaffolder.adopt.table.leakage import SUSPICIOUS, TOO_GOOD, Judge, Verdict
from scaffolder.adopt.table.rows import Rows

DRAW = random.Random(1)
CLASSES = [float(DRAW.random() < 0.3) for _ in range(3_000)]
NUMBERS = [DRAW.lognormvariate(0, 0.5) for _ in range(3_000)]
KINDS = [float(DRAW.randrange(3)) for _ in range(3_000)]


@pytest.fixture(autouse=True)
def same_noise() -> None:
    """The noise is the same in whatever order the tests run."""
    DRAW.seed(2)


def noisy(values: list[float], spread: float) -> list[float]:
    return [value + DRAW.gauss(0, spread) for value in values]


def judged(values: Sequence[object], outcomes: Sequence[Sequence[float]], *, classes: bool) -> Verdict:
    """The verdict on a column of numbers or texts; the rows are in an order of chance."""
    connection = database().cursor()
    kind = "VARCHAR" if any(isinstance(value, str) for value in values) else "DOUBLE"
    named = [f"y{place}" for place in range(len(outcomes))]
    columns = ", ".join(["unnest(?::DOUBLE[]) AS " + name for name in named])
    connection.execute(f"CREATE TEMP TABLE cells AS SELECT unnest(?::{kind}[]) AS x, {columns}", [values, *outcomes])
    return Judge(Rows(connection), named, classes).column("x")


def alone(values: Sequence[object], outcomes: Sequence[float], *, classes: bool) -> float:
    [score] = judged(values, [outcomes], classes=classes).classes
    return score


def test_noise_tells_nothing() -> None:
    noise = [DRAW.random() for _ in CLASSES]
    assert abs(alone(noise, CLASSES, classes=True) - 0.5) < 0.05
    assert alone(noise, NUMBERS, classes=False) < 0.05


def test_a_copy_tells_all() -> None:
    assert alone(noisy(CLASSES, 0.1), CLASSES, classes=True) > TOO_GOOD
    assert alone(["ill" if one else "well" for one in CLASSES], CLASSES, classes=True) > 0.999999
    assert alone(NUMBERS, NUMBERS, classes=False) > TOO_GOOD
    assert alone([-number for number in NUMBERS], NUMBERS, classes=False) > SUSPICIOUS


def test_the_truth_with_noise_is_between() -> None:
    assert 0.8 < alone(noisy(CLASSES, 0.5), CLASSES, classes=True) < SUSPICIOUS
    assert 0.5 < alone(noisy(NUMBERS, 0.3), NUMBERS, classes=False) < SUSPICIOUS


def test_that_a_value_is_missing_may_tell_all() -> None:
    told = [None if one else DRAW.random() for one in CLASSES]
    assert alone(told, CLASSES, classes=True) > 0.999999
    assert alone(told[:60], CLASSES[:60], classes=True) > 0.999
    assert abs(alone([None] * len(CLASSES), CLASSES, classes=True) - 0.5) < 0.05


def test_too_few_of_one_class_tell_nothing() -> None:
    assert alone([1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 1.0, 0.0, 0.0, 0.0], classes=True) == 0.5


def gaps(values: list[float], *, every: int) -> list[float | None]:
    return [value if place % every == 0 else None for place, value in enumerate(values)]


@pytest.mark.parametrize("every", [2, 5])
@pytest.mark.parametrize(
    ("values", "outcomes"),
    [
        (NUMBERS, [NUMBERS]),
        (noisy(CLASSES, 0.1), [CLASSES]),
        (KINDS, [[float(kind == one) for kind in KINDS] for one in range(3)]),
    ],
    ids=["number", "two", "several"],
)
def test_a_copy_with_gaps_tells_all_where_it_is_filled(
    values: list[float], outcomes: list[list[float]], every: int
) -> None:
    classes = outcomes[0] is not NUMBERS
    found = judged(gaps(values, every=every), outcomes, classes=classes)
    assert sum(found.classes) / len(found.classes) < SUSPICIOUS < found.score
    assert found.where == " where it is filled"
    assert judged(values, outcomes, classes=classes).where == ""


def test_gaps_hide_nothing_that_all_rows_tell_and_few_values_tell_nothing() -> None:
    missing = [None if one else DRAW.random() for one in CLASSES]
    assert judged(missing, [CLASSES], classes=True).where == ""
    assert judged(gaps(CLASSES, every=61), [CLASSES], classes=True).score < SUSPICIOUS  # 50 rows, fewer than 20 of 1
    assert judged(gaps(NUMBERS, every=62), [NUMBERS], classes=False).score < SUSPICIOUS  # 49 rows
    some = gaps(noisy(NUMBERS, 0.3), every=2)
    assert judged(some, [NUMBERS], classes=False).score == alone(some, NUMBERS, classes=False)
