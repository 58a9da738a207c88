"""What domain.py knows of applications: the features, today's rule, the guard and the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io

from capstone import domain

CASE: dict[str, float | str | None] = {
    "amount": 2000.0,
    "duration": 12.0,
    "checking_account": "below 0",
    "credit_history": "current credits paid so far",
    "purpose": "furniture",
    "savings": "below 100",
    "employment": "1 to 3 years",
    "instalment_rate": "below 20",
    "other_debtors": "none",
    "property": "car or other",
    "housing": "rent",
}


def table(*changes: dict[str, float | str | None]) -> pd.DataFrame:
    return pd.DataFrame([CASE | change for change in changes]).astype({"amount": float, "duration": float})


def test_the_model_sees_no_trait_of_the_person() -> None:
    frame = table({}).assign(status_and_sex="woman, single", age_band="19 to 25")
    assert set(domain.features(frame)) == set(CASE)


def test_the_rule_knows_the_checking_account_and_the_duration_only() -> None:
    keys = domain.rule(
        table(
            {"duration": 24},
            {"duration": 25},
            {"duration": 12, "amount": 9000.0},
            {"checking_account": None, "duration": None},
        )
    )
    assert keys.tolist() == ["below 0", "below 0, long", "below 0", "unknown"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"amount": 10_001.0}, "10,000 DM"),
        ({"other_debtors": "guarantor"}, "second person"),
        ({"other_debtors": "co-applicant"}, "second person"),
        ({"other_debtors": "employer"}, "second person"),
    ],
)
def test_an_officer_decides_large_credits_and_those_of_two_people(
    change: dict[str, float | str | None], word: str
) -> None:
    reason = domain.guard(CASE | change)
    assert reason is not None
    assert word in reason


@pytest.mark.parametrize("change", [{}, {"amount": 10_000.0}, {"amount": None}, {"other_debtors": None}])
def test_the_guard_leaves_other_applications_to_the_model(change: dict[str, float | str | None]) -> None:
    assert domain.guard(CASE | change) is None


def fitted() -> tuple[Any, pd.DataFrame]:
    """A model of applications that should be reviewed if they are long; some have gaps."""
    random = np.random.default_rng(1)
    frame = table(*({"duration": value} for value in random.uniform(6, 60, 300)))
    answers = np.where(frame["duration"] > 36, "review", "pass")
    frame["amount"] = frame["amount"].where(random.random(300) > 0.1)
    frame["housing"] = frame["housing"].where(random.random(300) > 0.5, None)
    return domain.model(7).fit(domain.features(frame), answers), frame


def test_the_model_learns_and_takes_gaps_and_new_words() -> None:
    model, _ = fitted()
    asked = table({"duration": 60.0}, {"duration": 6.0}, {"duration": None, "housing": "boat"}, {"savings": None})
    chances = model.predict_proba(domain.features(asked))
    assert model.classes_.tolist() == ["pass", "review"]
    assert chances[0, 1] > 0.9 > 0.1 > chances[1, 1]
    assert np.isfinite(chances).all()


def test_the_model_is_stored_without_pickle_and_gives_the_same_chances() -> None:
    model, frame = fitted()
    content = skops.io.dumps(model)
    unknown = skops.io.get_untrusted_types(data=content)
    assert all(name.startswith(("sklearn.", "numpy.")) for name in unknown)
    again = skops.io.loads(content, trusted=unknown)
    seen = domain.features(frame)
    assert (again.predict_proba(seen) == model.predict_proba(seen)).all()
