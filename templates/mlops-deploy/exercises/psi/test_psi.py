"""PSI: shares made by hand, empty bins, the deciles of the training rows, gaps, and which weeks are compared."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import pytest

import toy_parcels as toy
from service.monitoring import psi

SETTINGS = toy.settings()  # trained on rows of 2024-01-01 to 03-15; reference: 03-16 (a Saturday) to 04-15
LEAST = psi.LEAST_SHARE


def moved(before: Sequence[object], after: Sequence[object]) -> float:
    groups = pd.Series(["all"] * len(after))
    return float(psi.psi(pd.Series(before), pd.Series(after), groups)["all"])


def part(before: float, after: float) -> float:
    """What a bin with these shares adds."""
    return (after - before) * math.log(after / before)


@pytest.mark.parametrize("values", [["a", "b", "b"], [1.0, 2.0, 2.0, 9.0], [3.0], [1.0, float("nan"), 2.0], [0, 1, 2]])
def test_the_same_values_have_not_moved(values: list[object]) -> None:
    assert moved(values, values) == pytest.approx(0)


def test_a_value_that_is_known() -> None:
    assert moved(["a", "b"] * 50, ["a"] * 75 + ["b"] * 25) == pytest.approx(0.25 * math.log(3))
    assert moved(["a", "b"] * 50, ["a", "b"] * 5) == pytest.approx(0), "shares are compared, not counts"


def test_a_value_that_is_new_or_gone_makes_a_large_number_and_no_infinite_one() -> None:
    found = moved(["a"] * 10, ["b"] * 10)
    assert math.isfinite(found), "an empty bin counts as LEAST_SHARE"
    assert found == pytest.approx(2 * part(LEAST, 1)), "both bins count: a, which is gone, and b, which is new"
    assert moved(["a", "b"] * 50, ["a"] * 9) == pytest.approx(part(0.5, 1) + part(0.5, LEAST))
    rare = ["a"] * 19_999 + ["b"]
    assert moved(rare, ["b"] * 9) == pytest.approx(part(1, LEAST) + part(LEAST, 1), rel=1e-3), (
        "a share of 1 in 20,000 is below LEAST_SHARE, and counts as LEAST_SHARE, too"
    )


def test_numbers_are_counted_by_the_deciles_of_the_training_rows() -> None:
    before = [float(number) for number in range(100)]
    assert moved(before, [1000.0] * 7) == pytest.approx(part(0.1, 1) + 9 * part(0.1, LEAST)), (
        "all later numbers lie in the last of ten bins, in which a tenth of the training rows were"
    )
    assert moved(before, [95.0, 99.0, 1e9]) == moved(before, [1000.0] * 7), "the outer bins have no end"
    assert moved(before, [float(number) for number in range(50)]) == pytest.approx(
        5 * part(0.1, 0.2) + 5 * part(0.1, LEAST)
    )


def test_bins_hold_equal_shares_and_not_equal_widths() -> None:
    before = [2.0**number for number in range(100)]
    assert moved(before, before[:50]) == pytest.approx(5 * part(0.1, 0.2) + 5 * part(0.1, LEAST)), (
        "half of the training rows lie below the fifth decile, however far the others are away"
    )


def test_equal_deciles_count_once_and_an_edge_belongs_to_the_bin_below() -> None:
    before = [0.0] * 50 + [1.0] * 50  # deciles: 0, 0.5 and 1
    assert moved(before, [0.0] * 50 + [2.0] * 50) == pytest.approx(part(0.5, LEAST) + part(LEAST, 0.5)), (
        "2 lies above all training rows, so it is not in the bin of 1"
    )
    assert moved([0.0] * 90 + [5.0] * 10, [0.0] * 9 + [5.0]) == pytest.approx(0)


def test_a_gap_is_a_value_of_its_own() -> None:
    gap, before = float("nan"), [float(number) for number in range(100)]
    half = 2 * part(0.5, 0.25) + part(LEAST, 0.5)
    assert moved(["a", "b"] * 50, ["a", "b"] * 25 + [None] * 50) == pytest.approx(half), "half of the texts are missing"
    assert moved([1.0, 2.0] * 50, [1.0, 2.0] * 25 + [gap] * 50) == pytest.approx(half), (
        "half of the numbers are missing"
    )
    for left in (before[:90], before[10:]):
        assert moved(before, left + [gap] * 10) == pytest.approx(part(0.1, LEAST) + part(LEAST, 0.1)), (
            "a gap is in none of the ten bins of numbers: one of them is empty now, and the bin of gaps is new"
        )
    assert moved([1.0, 2.0, gap, gap], [1.0, 2.0] * 25) == pytest.approx(2 * part(0.25, 0.5) + part(0.5, LEAST))
    assert moved([1.0, 2.0, 3.0, 4.0, gap], [1.0, 2.0, 3.0, 4.0, gap] * 3) == pytest.approx(0)
    assert moved(["a", None], ["a", None] * 4) == pytest.approx(0)
    assert 0 < moved([1.0, 2.0] * 50, [1.0, 2.0] * 49 + [1.0, gap]) < 0.1, "one gap is a small change"


def test_each_group_has_a_number_of_its_own() -> None:
    after, groups = (
        pd.Series(["a", "a", "b", "c"], index=[7, 3, 9, 1]),
        pd.Series({1: "new", 3: "old", 7: "old", 9: "old"}),
    )
    found = psi.psi(pd.Series(["a", "a", "b"]), after, groups)
    assert set(found.index) == {"old", "new"}
    assert found["old"] == pytest.approx(0), "values and groups belong together by their index, not by their place"
    assert found["new"] == pytest.approx(part(2 / 3, LEAST) + part(1 / 3, LEAST) + part(LEAST, 1))


def rows(first: date, count: int, **values: object) -> pd.DataFrame:
    """So many rows in the week that begins on a day; half of them are of size A, all else is the same."""
    days = [(first + timedelta(days=number % 7)).isoformat() for number in range(count)]
    fixed = {"distance": 10.0, "carrier": "Bison", "speed": "Express", "sender": "Shop"}
    sizes = ["A" if number % 2 else "D" for number in range(count)]
    return pd.DataFrame({"sent_on": days, "size": sizes, **fixed}).assign(**values)


def weeks(*parts: pd.DataFrame) -> list[dict[str, object]]:
    trained = rows(date(2024, 1, 8), 200)
    return list(psi.weekly(pd.concat([trained, *parts], ignore_index=True), SETTINGS))


def test_a_week_is_named_by_its_monday_and_shows_the_input_that_moved_most() -> None:
    found = weeks(rows(date(2024, 4, 1), 60, size="D", carrier=["Bison"] * 54 + ["Albatros"] * 6))
    assert found == [
        {"week": "2024-04-01", "psi": round(part(0.5, 1) + part(0.5, LEAST), 4), "input": "size", "reference": True}
    ], "size is D in all rows, and carrier is new in a tenth of them"
    json.dumps(found)  # it is written as JSON


def test_each_week_is_compared_with_the_training_rows() -> None:
    found = weeks(rows(date(2024, 4, 8), 60, size="D"), rows(date(2024, 4, 1), 60, size="D"))
    assert [week["week"] for week in found] == ["2024-04-01", "2024-04-08"]
    assert found[0]["psi"] == found[1]["psi"], "the second week is like the first, and as far from the training rows"


def test_rows_of_the_training_period_are_no_later_rows() -> None:
    found = weeks(rows(date(2024, 3, 11), 140, size="D"))  # the first five days belong to the training period
    assert found == [], "only the 40 rows of Saturday and Sunday are later ones, and these are too few"


def test_a_week_with_few_rows_is_left_out() -> None:
    few, enough = rows(date(2024, 4, 1), psi.LEAST_ROWS - 1), rows(date(2024, 4, 8), psi.LEAST_ROWS)
    assert [week["week"] for week in weeks(few, enough)] == ["2024-04-08"], f"{psi.LEAST_ROWS} rows are enough"


def test_weeks_that_begin_after_the_reference_period_are_told_from_it() -> None:
    found = weeks(rows(date(2024, 4, 15), 60), rows(date(2024, 4, 22), 60))
    assert [week["reference"] for week in found] == [True, False], "04-15 is the last day of the reference period"


def test_a_week_in_which_the_reference_period_begins_belongs_to_it() -> None:
    found = weeks(rows(date(2024, 3, 11), 60, sent_on="2024-03-16"))  # all of them on the Saturday
    assert [(week["week"], week["reference"]) for week in found] == [("2024-03-11", True)], (
        "the reference period begins on this Saturday; the week is named by its Monday, which is before `reference_to`"
    )


def test_the_training_period_has_a_first_and_a_last_day() -> None:
    later = rows(date(2024, 4, 1), 60)
    assert weeks(rows(date(2023, 12, 18), 200, size="D"), later)[0]["psi"] == 0, "rows of 2023 were not trained on"
    (week,) = weeks(rows(date(2024, 3, 11), 200, size="D", sent_on="2024-03-15"), later)
    assert week["psi"] == pytest.approx(part(0.75, 0.5) + part(0.25, 0.5), abs=1e-4), "03-15 is the last training day"


def test_rows_between_the_two_periods_are_neither() -> None:
    periods = SETTINGS.periods.model_copy(update={"reference_from": date(2024, 4, 1)})
    settings = SETTINGS.model_copy(update={"periods": periods})
    table = pd.concat([rows(date(2024, 1, 8), 200), rows(date(2024, 3, 18), 200, size="D"), rows(date(2024, 4, 1), 60)])
    found = list(psi.weekly(table.reset_index(drop=True), settings))
    assert [(week["week"], week["psi"]) for week in found] == [("2024-04-01", 0.0)], (
        "rows of March are after the training period and before the reference period"
    )
