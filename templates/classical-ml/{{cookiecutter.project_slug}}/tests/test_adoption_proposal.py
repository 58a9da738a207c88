"""What is proposed: the target, the class to find, the split, and a reason for each column that is left out."""

import re
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from predictor.adoption.proposal import Proposal
from predictor.adoption.proposal import propose as propose_of
from predictor.adoption.replacing import AdoptionError

ROWS = 60
propose = partial(propose_of, fewest_rows=50, seed=0)


def proposed(**cells: Any) -> Proposal:
    """A proposal for a table with these columns; the target `y` and the input `x` are there anyhow."""
    random = np.random.default_rng(0)
    target = np.where(random.random(ROWS) < 0.4, "yes", "no")
    table = pd.DataFrame({"x": random.random(ROWS).round(3).astype(str), "y": target, **cells})
    return propose(table, "y")


def test_the_class_to_find() -> None:
    assert proposed().positive == "yes"
    assert proposed(y=["ill"] * 20 + ["well"] * 40).positive == "ill"
    assert "POSITIVE=well" in str(proposed(y=["ill"] * 20 + ["well"] * 40).hints)
    assert "POSITIVE='on time'" in str(proposed(y=["late"] * 20 + ["on time"] * 40).hints)


def test_numbers_are_forecast() -> None:
    proposal = proposed(y=[str(place % 30) for place in range(ROWS)])
    assert proposal.positive is None
    assert proposal.outcomes.mean() == 14.5


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (["a", "b", "c"] * 20, "has 3 values .*make a column with two values"),
        (["a"] * ROWS, "nothing to predict"),
        ([*map(str, range(59)), "on request"], "^'y' is text, though most .*: correct those such as 'on request'$"),
        (["a"] * 41 + [""] * 19, "41 rows have a 'y'"),
        (["a"] * 50 + ["b"] * 10, "'b' in 10 rows"),
    ],
)
def test_a_target_that_cannot_be_predicted_is_refused(target: list[str], message: str) -> None:
    with pytest.raises(AdoptionError, match=message):
        proposed(y=target)


def test_each_column_that_is_left_out_has_a_reason() -> None:
    target = ["yes", "no", "no"] * 20
    proposal = proposed(
        y=target,
        number=[str(place) for place in range(ROWS)],
        name=[f"n{place}" for place in range(ROWS)],
        same=["a"] * ROWS,
        answer=[f"said {label}" for label in target],
    )
    assert set(proposal.dropped) == {"number", "name", "same", "answer"}
    assert "almost by itself" in proposal.dropped["answer"]
    assert list(proposal.columns) == ["x", "y"]


def test_fifty_rows_are_enough() -> None:
    assert len(proposed(y=["yes", "no"] * 25 + [""] * 10).outcomes) == 50


def test_what_is_odd_about_a_column_is_noted() -> None:
    target = ["yes", "no"] * (ROWS // 2)
    nearly = [str(place % 2) if place > 1 else "0" for place in range(ROWS)]
    proposal = proposed(y=target, nearly=nearly, sparse=["1.5", "", "2.5", "", "", ""] * 10)
    assert [note.partition(" (")[0] for note in proposal.notes] == [
        "'nearly' predicts 'y' almost by itself",
        "'sparse' is empty in more than half of the rows, and kept",
    ]


def test_a_column_that_is_wrong_in_two_of_six_hundred_rows_is_left_out() -> None:
    target = ["yes", "no"] * 300
    told = ["no", "yes", *target[2:]]
    weak = [str(place % 7) for place in range(600)]
    assert list(propose(pd.DataFrame({"told": told, "weak": weak, "y": target}), "y").dropped) == ["told"]


def test_of_many_values_five_are_shown() -> None:
    for count, shown in ((5, "'e')"), (6, "'e', ...)")):
        with pytest.raises(AdoptionError, match=re.escape(f"has {count} values ('a', 'b', 'c', 'd', {shown}")):
            proposed(y=list("abcdef"[:count]) * (ROWS // count))


def test_columns_about_people_are_pointed_out_and_compared() -> None:
    ages = [str(20 + place % 50) for place in range(ROWS)]
    proposal = proposed(
        PatientAge=ages, stage=["a", "b", "b"] * 20, sex=["f", "m"] * 30, empty=["", "", "1.5", "2"] * 15
    )
    assert proposal.slices == ["PatientAge", "sex", "stage"]
    assert sum("are you allowed to use it, and should you?" in note for note in proposal.notes) == 2
    assert not [note for note in proposal.notes if "and kept" in note]


@pytest.mark.parametrize("name", ["religious", "nChildren", "occupation", "HouseholdIncome", "health_score", "union"])
def test_what_describes_people_is_known_by_its_name(name: str) -> None:
    assert "describes people" in str(proposed(**{name: ["a", "b", "b"] * 20}).notes)
    assert proposed(**{f"re{name[-5:]}": ["a", "b", "b"] * 20}).notes == []


def test_a_column_that_is_not_there_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(AdoptionError, match=r"no column 'Origin'; did you mean 'origin'\?"):
        propose(pd.DataFrame({"origin": ["a"], "dest": ["b"]}), "Origin")
    with pytest.raises(AdoptionError, match=r"no column 'x'; did you mean 'origin' or 'dest'\?"):
        propose(pd.DataFrame({"origin": ["a"], "dest": ["b"]}), "x")


def test_the_only_dates_order_the_rows() -> None:
    days = [f"2026-01-{1 + place % 28:02}" for place in range(ROWS)]
    assert proposed(seen=days).time == "seen"
    assert proposed(birth_date=days).time is None
    assert "birth_date" in proposed(birth_date=days).dropped
    assert proposed(seen=days, paid=days).time is None
    assert "TIME must say which of 'seen', 'paid' orders the rows" in str(proposed(seen=days, paid=days).hints)


def test_dates_with_gaps_do_not_order_the_rows_and_are_counted() -> None:
    days = ["" if place % 20 == 7 else f"2026-01-{1 + place % 28:02}" for place in range(ROWS)]
    gaps = "'seen' is empty in 3 of 60 rows, so it cannot order them; remove those rows"
    proposal = proposed(seen=days)
    assert (proposal.time, proposal.hints) == (None, [f"{gaps}, or the split will be random"])
    with pytest.raises(AdoptionError, match=f"^{gaps} or leave TIME out$"):
        propose(pd.DataFrame({"seen": days, "y": ["yes", "no"] * 30}), "y", time="seen")
    with pytest.raises(AdoptionError, match="TIME=y needs dates such as"):
        propose(pd.DataFrame({"seen": days, "y": ["yes", "no"] * 30}), "y", time="y")
