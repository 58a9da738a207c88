from typing import Any

import numpy as np
import pandas as pd
import pytest

from capstone import domain

ORDINARY: dict[str, Any] = {
    "hour": 8.0,
    "weekday": "Wednesday",
    "month": 3.0,
    "holiday": "none",
    "weeks_1": 5400.0,
    "weeks_2": 5600.0,
    "weeks_3": 5200.0,
    "weeks_4": 5500.0,
}


def test_an_ordinary_hour_needs_no_planner() -> None:
    assert domain.guard(ORDINARY) is None
    assert domain.guard(ORDINARY | {"weeks_1": None, "weeks_4": float("nan")}) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weeks_1": None, "weeks_2": None, "weeks_3": float("nan")}, "Only 1 of the four weeks"),
        (dict.fromkeys(domain.WEEKS), "Only 0 of the four weeks"),
        ({"holiday": "Thanksgiving Day"}, "Thanksgiving Day: a day like it comes once a year"),
        ({"holiday": None}, "The calendar is incomplete"),
        ({"weekday": "Mittwoch"}, "The calendar is incomplete"),
        ({"hour": None}, "The calendar is incomplete"),
        ({"weeks_3": 12.0}, "the road was closed, or the counter failed"),
    ],
)
def test_a_planner_decides_where_the_past_says_too_little(changes: dict[str, Any], said: str) -> None:
    assert said in str(domain.guard(ORDINARY | changes))


def test_the_rule_is_the_median_of_the_known_weeks_and_less_on_holidays() -> None:
    cases = table(ORDINARY, {**ORDINARY, "weeks_2": None, "weeks_4": None}, ORDINARY | dict.fromkeys(domain.WEEKS))
    assert domain.rule(cases).tolist()[:2] == [5450, 5300]
    assert np.isnan(domain.rule(cases).iloc[2])
    assert domain.rule(table({**ORDINARY, "holiday": "Labor Day"})).tolist() == [pytest.approx(0.8 * 5450)]


def test_the_order_of_the_weeks_does_not_matter_to_the_model() -> None:
    turned = ORDINARY | {"weeks_1": 5200.0, "weeks_3": 5400.0}
    first, second = domain.features(table(ORDINARY, turned)).to_dict("records")
    assert first == second
    assert (first["low"], first["usual"], first["high"], first["weekday"]) == (5200, 5450, 5600, 2)


def test_the_model_takes_gaps_and_a_holiday_that_it_has_not_seen() -> None:
    random = np.random.default_rng(0)
    hours = [ORDINARY | {"hour": float(hour), "weeks_1": float(hour * 100)} for hour in random.integers(0, 24, 200)]
    seen = domain.features(table(*hours))
    model = domain.model(0).fit(seen, seen["low"])
    asked = table(ORDINARY | dict.fromkeys(domain.WEEKS) | {"holiday": "Founders' Day", "weekday": None, "month": None})
    assert np.isfinite(model.predict(domain.features(asked))).all()


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    kinds = {name: "float64" for name in ORDINARY if name not in ("weekday", "holiday")}
    return pd.DataFrame(rows).astype(kinds)
