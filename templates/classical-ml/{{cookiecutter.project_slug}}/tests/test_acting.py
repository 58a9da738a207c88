"""On whom the model acts: a gap between groups is found where every score of the groups is equally good."""

import numpy as np

from predictor import acting

BLACK = np.arange(0, 100), np.arange(100, 400)  # positions of the rows
SLICES = [("black = 1", BLACK[0]), ("black = 0", BLACK[1])]
ACTS, OUTCOMES = np.zeros(400), np.zeros(400)
ACTS[:67], ACTS[100:136], OUTCOMES[:22] = 1, 1, 1


def test_a_group_that_the_model_acts_on_more_often_is_named() -> None:
    measured = list(acting.measure(["black"], SLICES, ACTS, OUTCOMES))
    assert [(one["n"], one["acted"], one["actual"]) for one in measured] == [(100, 0.67, 0.22), (300, 0.12, 0)]
    assert acting.widest(measured) == [(measured[0], measured[1])]


def test_of_several_columns_the_widest_gap_comes_first_and_equals_are_not_named() -> None:
    shares = {"a": (0.5, 0.4), "b": (0.1, 0.9), "c": (0.3, 0.3)}
    measured = [
        {"column": column, "slice": f"{column} = {place}", "n": 50, "acted": share, "actual": 0.1}
        for column, pair in shares.items()
        for place, share in enumerate(pair)
    ]
    assert [(most["slice"], least["slice"]) for most, least in acting.widest(measured)] == [
        ("b = 1", "b = 0"),
        ("a = 0", "a = 1"),
    ]


def test_a_column_may_be_called_as_another_begins() -> None:
    slices = [("plan = old = 1", np.arange(30)), ("plan = old", np.arange(30, 60))]
    measured = acting.measure(["plan", "plan = old"], slices, ACTS, OUTCOMES)
    assert [one["column"] for one in measured] == ["plan = old", "plan"]
