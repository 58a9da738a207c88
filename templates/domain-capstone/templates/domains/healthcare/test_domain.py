"""What domain.py knows of panels: the features, today's rule, the guard and the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io

from capstone import domain

CASE: dict[str, float | str | None] = {
    "age": 50.0,
    **dict.fromkeys(["on_thyroxine", "antithyroid_drugs", "thyroid_surgery", "radioiodine"], "no"),
    **dict.fromkeys(["pregnant", "hypopituitary"], "no"),
    **dict.fromkeys(["T3", "TBG"], None),
    "TSH": 1.5,
    "TT4": 105.0,
    "T4U": 1.0,
    "FTI": 105.0,
}


def table(*changes: dict[str, float | str | None]) -> pd.DataFrame:
    frame = pd.DataFrame([CASE | change for change in changes])
    return frame.astype(dict.fromkeys(["age", *domain.TESTS], float))


def test_the_model_does_not_see_what_only_the_guard_asks_for() -> None:
    seen = domain.features(table({}))
    assert set(CASE) - set(seen) == {"age", "hypopituitary"}


def test_the_rule_sorts_by_the_tests_outside_their_ranges_and_the_ends_are_in_range() -> None:
    keys = domain.rule(
        table({"TSH": None}, {"TSH": 0.39}, {"TSH": 0.4, "FTI": 300.0}, {"TSH": 4.0}, {"TSH": 5, "T3": 1})
    )
    assert keys.tolist() == ["", "TSH low ", "FTI high ", "", "TSH high T3 low "]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"TSH": None}, "TSH was not measured"),
        ({"TSH": float("nan")}, "TSH was not measured"),
        ({"pregnant": "yes"}, "Pregnancy"),
        ({"hypopituitary": "yes"}, "Hypopituitarism"),
        ({"age": None}, "age is not known"),
        ({"age": 17.0}, "child"),
        ({"age": 0.0}, "child"),
    ],
)
def test_a_person_reads_what_the_ranges_of_adults_do_not_cover(
    change: dict[str, float | str | None], word: str
) -> None:
    reason = domain.guard(CASE | change)
    assert reason is not None
    assert word in reason


@pytest.mark.parametrize(
    "change", [{}, {"age": 18.0}, {"TSH": 90.0}, {"on_thyroxine": "yes"}, {"T3": None, "TT4": None}]
)
def test_the_guard_leaves_other_panels_to_the_model(change: dict[str, float | str | None]) -> None:
    assert domain.guard(CASE | change) is None


def fitted() -> tuple[Any, pd.DataFrame]:
    """A model of panels that are read if FTI is high; each test is missing in some of them."""
    random = np.random.default_rng(1)
    frame = table(*({"FTI": value} for value in random.uniform(50, 250, 400)))
    answers = np.where(frame["FTI"] > 150, "read", "routine")
    for name in domain.TESTS:
        frame[name] = frame[name].fillna(1.0).where(random.random(400) > 0.1)
    return domain.model(7).fit(domain.features(frame), answers), frame


def test_the_model_learns_takes_gaps_and_new_words_and_repeats_itself() -> None:
    first, _ = fitted()
    second, _ = fitted()
    asked = domain.features(table({"FTI": 240.0}, {"FTI": 60.0}, {"FTI": None, "pregnant": None}, {"radioiodine": "?"}))
    chances = first.predict_proba(asked)
    assert first.classes_.tolist() == ["read", "routine"]
    assert chances[0, 0] > 0.9 > 0.1 > chances[1, 0]
    assert np.isfinite(chances).all()
    assert (second.predict_proba(asked) == chances).all()


def test_the_model_is_stored_without_pickle_and_gives_the_same_chances() -> None:
    model, frame = fitted()
    content = skops.io.dumps(model)
    unknown = skops.io.get_untrusted_types(data=content)
    assert all(name.startswith(("sklearn.", "numpy.")) for name in unknown)
    again = skops.io.loads(content, trusted=unknown)
    seen = domain.features(frame)
    assert (again.predict_proba(seen) == model.predict_proba(seen)).all()
