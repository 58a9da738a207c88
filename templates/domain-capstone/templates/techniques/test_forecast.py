"""The forecast on parcels: the days that they take, which grow with the distance, and so does the error."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, root_mean_squared_error
from skops import io as skops

from capstone import domain, technique
from capstone.data import Cases
from capstone.settings import Settings

SETTINGS = Settings.model_validate(
    {
        "problem": {"title": "Parcels", "decision": "How long?", "target": "days", "unit": "days"},
        "data": {"file": "parcels.csv.gz", "sha256": "0" * 64, "id": "parcel", "time": "sent"},
        "columns": {"distance": "numeric"},
        "training": {"headline": "mae"},
        "policy": {"most_risk": 1},
    }
)


@pytest.fixture(autouse=True)
def small_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A domain of one column; its rule knows no long distances."""
    monkeypatch.setattr(domain, "features", lambda cases: cases[["distance"]])
    monkeypatch.setattr(domain, "rule", lambda cases: (2 * cases["distance"]).where(cases["distance"] < 8))
    monkeypatch.setattr(domain, "model", lambda _: LinearRegression(), raising=False)


def parcels(count: int, seed: int) -> Cases:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"distance": random.uniform(1, 9, count)}, index=[f"p{row}" for row in range(count)])
    frame["sent"] = pd.date_range("2024-01-01", periods=count, freq="h").strftime("%Y-%m-%d")
    return Cases(frame, 3 * frame["distance"] + random.normal(0, frame["distance"] / 3))


@pytest.fixture(name="model")
def fitted() -> Any:
    return technique.fit(parcels(2000, 0), parcels(2000, 1), SETTINGS)


def test_nine_of_ten_new_outcomes_lie_in_the_interval(model: Any) -> None:
    cases = parcels(4000, 2)
    given = technique.answers(model, cases.frame, SETTINGS)
    inside = technique.scores(SETTINGS)["inside"].of(cases.outcomes, given)
    assert inside(np.arange(4000)) == pytest.approx(0.9, abs=0.03)


def test_only_the_share_inside_the_interval_is_better_when_it_is_higher() -> None:
    assert [name for name, score in technique.scores(SETTINGS).items() if score.higher_is_better] == ["inside"]


def test_the_interval_is_wider_where_the_errors_are_larger(model: Any) -> None:
    given = technique.answers(model, pd.DataFrame({"distance": [2.0, 8.0]}), SETTINGS)
    assert given["uncertainty"].iloc[1] > 2 * given["uncertainty"].iloc[0] > 0
    assert given["answer"].tolist() == pytest.approx([6, 24], abs=0.3)


def test_no_interval_reaches_below_all_outcomes(model: Any) -> None:
    given = technique.answers(model, pd.DataFrame({"distance": [-5.0]}), SETTINGS)
    assert given["low"].iloc[0] == parcels(2000, 0).outcomes.min()
    assert given["uncertainty"].iloc[0] > 0


def test_the_width_comes_from_the_validation_cases() -> None:
    quiet = parcels(2000, 1)
    loud = Cases(quiet.frame, 3 * quiet.frame["distance"] + 5 * (quiet.outcomes - 3 * quiet.frame["distance"]))
    narrow, wide = (technique.fit(parcels(2000, 0), cases, SETTINGS)["times"] for cases in (quiet, loud))
    assert wide == pytest.approx(5 * narrow, rel=0.15)


def test_the_rule_has_a_number_and_one_width_for_every_case() -> None:
    train = parcels(500, 0)
    given = technique.by_rule(train, pd.DataFrame({"distance": [2.0, 8.5]}), SETTINGS)
    assert given["answer"].tolist() == [4, train.outcomes.median()]
    assert given["uncertainty"].nunique() == 1


def test_the_scores_are_those_of_scikit_learn(model: Any) -> None:
    cases = parcels(300, 3)
    given, every = technique.answers(model, cases.frame, SETTINGS), np.arange(300)
    scores = {name: score.of(cases.outcomes, given)(every) for name, score in technique.scores(SETTINGS).items()}
    assert scores["mae"] == pytest.approx(mean_absolute_error(cases.outcomes, given["answer"]))
    assert scores["rmse"] == pytest.approx(root_mean_squared_error(cases.outcomes, given["answer"]))
    assert scores["mae"] == pytest.approx(technique.losses(cases.outcomes, given, SETTINGS).mean())
    told = technique.predictions(technique.asked(cases, SETTINGS), given, SETTINGS)
    assert told[["mae", "inside", "width"]].mean().to_dict() == pytest.approx(
        {name: scores[name] for name in ("mae", "inside", "width")}
    )


def test_the_hours_of_a_week_are_drawn_together() -> None:
    frame = pd.DataFrame({"sent": ["2024-12-29", "2024-12-30", "2025-01-05", "2025-01-06"]})
    units = technique.units(Cases(frame, pd.Series(0.0, frame.index)), SETTINGS)
    assert units is not None
    assert units.tolist() == ["2024-52", "2025-01", "2025-01", "2025-02"]


def test_the_reasons_are_measured_in_the_number_itself(model: Any) -> None:
    given = technique.answers(model, pd.DataFrame({"distance": [2.0, 8.0]}), SETTINGS)
    assert technique.strength(given, 6.0).tolist() == given["answer"].tolist()
    assert technique.options(given.iloc[0], SETTINGS) == []


def test_a_stored_model_answers_the_same(model: Any) -> None:
    stored = skops.dumps(model)
    assert skops.get_untrusted_types(data=stored) == []
    pd.testing.assert_frame_equal(
        technique.answers(skops.loads(stored), parcels(20, 4).frame, SETTINGS),
        technique.answers(model, parcels(20, 4).frame, SETTINGS),
    )
