"""The rates and differences of groups are those of fairlearn."""

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import (
    MetricFrame,
    demographic_parity_difference,
    equalized_odds_difference,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from capstone import fairness
from capstone.settings import Settings
from toy_project import SETTINGS

WANTED = SETTINGS.model_copy(
    update={
        "problem": SETTINGS.problem.model_copy(update={"options": ["no", "yes"], "positive": "yes"}),
        "slices": SETTINGS.slices.model_copy(update={"columns": ["group"], "people": ["group"], "min_rows": 5}),
    }
)


def measured(rows: list[tuple[str | None, bool, bool]], wanted: Settings = WANTED) -> dict[str, fairness.Difference]:
    groups, truth, answers = (pd.Series(list(column), name="group") for column in zip(*rows, strict=True))
    words = {True: "yes", False: "no"}
    found = fairness.measure(
        pd.DataFrame({"group": groups}), truth.map(words), answers.map(words), answers.to_numpy(dtype=bool), wanted
    )
    return {one.metric: one for one in found}


def some(seed: int, count: int = 200) -> list[tuple[str | None, bool, bool]]:
    random = np.random.default_rng(seed)
    names, weights = ["a", "b", "c"], {"a": 0.3, "b": 0.5, "c": 0.8}
    drawn = [str(one) for one in random.choice(names, count)]
    return [(one, bool(random.random() < 0.5), bool(random.random() < weights[one])) for one in drawn]


@settings(max_examples=5)
@given(st.integers(0, 1000))
def test_the_numbers_are_those_of_fairlearn(seed: int) -> None:
    rows = some(seed)
    groups, truth, answers = zip(*rows, strict=True)
    found = measured(rows)
    given = {"y_true": truth, "y_pred": answers, "sensitive_features": groups}
    assert found["selection_rate"].value == pytest.approx(demographic_parity_difference(**given), abs=1e-6)
    odds = max(found["true_positive_rate"].value, found["false_positive_rate"].value)
    assert odds == pytest.approx(equalized_odds_difference(**given), abs=1e-6)
    rates = {"selection_rate": selection_rate, "true_positive_rate": true_positive_rate}
    frame = MetricFrame(metrics={**rates, "false_positive_rate": false_positive_rate}, **given)
    for name, values in frame.by_group.items():
        assert {one.name: one.value for one in found[str(name)].groups} == pytest.approx(dict(values), abs=1e-6)


def test_the_interval_holds_the_difference() -> None:
    found = measured(some(1)).values()
    assert found
    for one in found:
        assert 0 <= one.ci95[0] <= one.value <= one.ci95[1] <= 1


def test_small_groups_and_cases_without_a_group_are_left_out() -> None:
    rows = [*some(1), *[("tiny", True, True)] * 4, *[(None, True, True)] * 50]
    found = measured(rows)["selection_rate"]
    assert [one.name for one in found.groups] == ["a", "b", "c"]
    assert found.value == measured(some(1))["selection_rate"].value


def test_nothing_is_measured_where_no_answer_is_looked_for() -> None:
    without = WANTED.model_copy(update={"problem": WANTED.problem.model_copy(update={"positive": None})})
    assert measured(some(1), without) == {}
