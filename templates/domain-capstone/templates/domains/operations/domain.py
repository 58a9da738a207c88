"""What only this domain knows: what the model sees of an hour, today's rule, and which hours a planner decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

WEEKS = ["weeks_1", "weeks_2", "weeks_3", "weeks_4"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ORDINARY = "none"  # no holiday
FEWEST_WEEKS = 2  # with one, nobody sees whether it was a usual one
CLOSED = 0.1  # of the highest of the four weeks: less traffic than that means a closure or a broken counter

HOLIDAYS = {  # of the usual traffic, in the training hours
    "Christmas Day": 0.51,
    "Christmas Eve": 0.74,
    "Columbus Day": 0.95,
    "Independence Day": 0.7,
    "Labor Day": 0.8,
    "Martin Luther King Jr. Day": 0.93,
    "Memorial Day": 0.74,
    "New Year's Day": 0.62,
    "New Year's Eve": 0.99,
    "Thanksgiving Day": 0.63,
    "Veterans Day": 0.93,
    "Washington's Birthday": 0.98,
    "day after Thanksgiving": 0.75,
}
RULE = "the median of the same hour in the four weeks before, less on holidays"


def features(cases: pd.DataFrame) -> pd.DataFrame:
    """The calendar, and the four weeks in order of size: which of them was low or high does not matter."""
    weeks = cases[WEEKS]
    return pd.DataFrame(
        {
            "hour": cases["hour"],
            "weekday": cases["weekday"].map({name: place for place, name in enumerate(WEEKDAYS)}).astype("float64"),
            "month": cases["month"],
            "usual": weeks.median(axis=1),
            "low": weeks.min(axis=1),
            "high": weeks.max(axis=1),
            "holiday": cases["holiday"].fillna(ORDINARY),
        }
    )


def rule(cases: pd.DataFrame) -> pd.Series:
    """The number that a planner without a model expects; missing if none of the four weeks is known."""
    return cases[WEEKS].median(axis=1) * cases["holiday"].map(HOLIDAYS).fillna(1)


def guard(case: Mapping[str, float | str | None]) -> str | None:
    """Why a planner must decide this hour, whatever the model says."""
    known = [value for name in WEEKS if isinstance(value := case[name], int | float) and value == value]
    if len(known) < FEWEST_WEEKS:
        return f"Only {len(known)} of the four weeks before is known: nobody can tell what is usual in this hour"
    if case["holiday"] is None or case["hour"] is None or case["weekday"] not in WEEKDAYS:
        return "The calendar is incomplete: the hour, the weekday or the holiday is missing"
    if case["holiday"] != ORDINARY:
        return f"{case['holiday']}: a day like it comes once a year, so few were there to learn from"
    if min(known) < CLOSED * max(known):
        return "In one of the four weeks there was hardly any traffic: the road was closed, or the counter failed"
    return None


def model(seed: int) -> Any:
    """Boosted trees for the median: a week that was not counted needs no guess, and one odd day moves little."""
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["holiday"]), remainder="passthrough"
    )
    trees = HistGradientBoostingRegressor(loss="absolute_error", max_iter=150, early_stopping=False, random_state=seed)
    return make_pipeline(columns, trees)
