"""What a column alone tells about the answers, and which columns only number the rows."""

import numpy as np
import pandas as pd
import pytest

from predictor.leakage import alone, numbers_rows


def test_what_is_measured_agrees_with_what_the_column_knows() -> None:
    random = np.random.default_rng(0)
    number, event = random.normal(size=2_000), np.tile([0.0, 1.0], 1_000)
    noise = pd.Series(random.normal(size=2_000))
    assert alone(pd.Series(number.round(2)), number, classes=False) > 0.99
    assert alone(number + noise, number, classes=False) < 0.9
    assert abs(alone(noise, event, classes=True) - 0.5) < 0.1
    assert 0.6 < alone(noise + event, event, classes=True) < 0.9


def test_text_tells_as_much_as_numbers() -> None:
    event = np.tile([0.0, 1.0, 1.0], 100)
    assert alone(pd.Series(np.where(event == 1, "yes", "no")), event, classes=True) == 1


def test_the_rows_are_shuffled_before_they_are_divided() -> None:
    event = np.repeat([0.0, 1.0, 2.0], 40)  # in order, no part would have seen the answers of another
    assert alone(pd.Series(event), event, classes=False) > 0.99


def test_of_too_few_of_a_class_nothing_is_told() -> None:
    assert alone(pd.Series(range(30)), np.array([1.0] * 2 + [0.0] * 28), classes=True) == 0.5
    assert alone(pd.Series(range(30)), np.array([1.0] * 3 + [0.0] * 27), classes=True) != 0.5


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        ([3, 4, 6, 7], True),  # they rise
        ([7, 3, 6, 4], True),  # few gaps
        ([90, 3, 60, 40], False),
        ([90, 3, 60, 40] * 2, False),
        ([1.5, 2, 3, 4], False),
        ([1, 2, 3, None], False),
        (["1", "2", "3"], False),
    ],
)
def test_whole_numbers_that_only_number_the_rows(values: list[object], numbers: bool) -> None:
    assert numbers_rows(pd.Series(values)) is numbers


@pytest.mark.parametrize(("count", "numbers"), [(1_000, True), (999, False)])
def test_so_many_measured_numbers_would_repeat(count: int, numbers: bool) -> None:
    values = pd.Series(range(count)) * 1_000
    assert numbers_rows(values.sample(frac=1, random_state=0)) is numbers
