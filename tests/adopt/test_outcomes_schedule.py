"""The days of the story and the sizes that fit the rows: in order, with enough outcomes for each, or refused."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.outcomes.schedule import Tally, plan

FIRST = date(2024, 1, 1)
IN_ORDER = ("first", "train_to", "reference_from", "better", "broken", "reference_to", "until", "last")


def tally(a_day: int, days: int, delay: int = 1) -> Tally:
    """So many rows on each day, of which every third has outcome 1; each is known after a delay."""
    found: Counter[tuple[date, date, int]] = Counter()
    for number in range(a_day * days):
        made = FIRST + timedelta(days=number // a_day)
        found[made, made + timedelta(days=delay), int(number % 3 == 0)] += 1
    return found


def test_a_plan_of_known_rows() -> None:
    found = plan(tally(20, 100))
    assert [found[name] for name in IN_ORDER] == [
        *(
            "2024-01-01",
            "2024-01-30",
            "2024-01-31",
            "2024-02-05",
            "2024-02-12",
            "2024-02-19",
            "2024-03-30",
            "2024-04-09",
        )
    ]
    assert found["held_out_days"] == 15, "100 outcomes are known in five days; for the alarm, half of the first 30"
    assert found["test_days"] == 14
    assert found["window_days"] == 15, "no longer than the days from which the bound comes"
    assert found["least_outcomes"] == 150, "half of those of rows since the 31st that are known by the 19th"
    assert (found["shares"], found["window_requests"], found["least_seconds"]) == ([0.5, 1.0], 20, 0)


@pytest.mark.parametrize(("a_day", "shares"), [(20, [0.5, 1.0]), (40, [0.25, 1.0]), (160, [0.05, 0.25, 1.0])])
def test_the_more_rows_the_more_steps_has_a_release(a_day: int, shares: list[float]) -> None:
    assert plan(tally(a_day, 100))["shares"] == shares


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (tally(600, 3), "Too many rows were made on one day, so that no day ends their first 30%"),
        (tally(20, 100, delay=60), "By 2024-01-31 only 0 outcomes are known, or only of one kind"),
        (tally(20, 40, delay=4), "By 2024-01-13, 60 known outcomes are too few to fit a model"),
        (tally(40, 60, delay=12), "Too few outcomes are known by"),
    ],
)
def test_rows_for_which_there_is_no_story_are_refused(rows: Tally, said: str) -> None:
    with pytest.raises(AdoptionError, match=said):
        plan(rows)


@settings(max_examples=60, deadline=None)
@given(st.integers(5, 60), st.integers(28, 400), st.integers(0, 40))
def test_a_plan_is_in_order_and_has_outcomes_for_each_day(a_day: int, days: int, delay: int) -> None:
    rows = tally(a_day, days, delay)
    try:
        found = plan(rows)
    except AdoptionError as error:
        assert str(error).endswith(("take rows of a longer time.",))
        return
    order = [found[name] for name in IN_ORDER]
    assert order == sorted(order)
    first = date.fromisoformat(found["reference_from"])
    start = first - timedelta(days=found["held_out_days"])
    known = {value: sum(n for (_, day, one), n in rows.items() if day < start and one == value) for value in (0, 1)}
    assert sum(known.values()) >= 100
    assert min(known.values()) > 0
    for day in (first, *(date.fromisoformat(found[name]) for name in ("better", "broken", "until"))):
        start = day - timedelta(days=found["held_out_days"])
        measured = sum(count for (_, known, _), count in rows.items() if start <= known < day)
        assert measured >= 100
