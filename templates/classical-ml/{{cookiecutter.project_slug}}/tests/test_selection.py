"""The better candidate is served, the simpler one if they tie; folds never look ahead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from predictor import selection
from predictor.selection import Tuned
from predictor.settings import Settings, SettingsError
from sample_model import sample_table


def tuned(name: str, folds: list[float]) -> Tuned:
    return Tuned(name, Pipeline([("none", "passthrough")]), {}, 1, np.array(folds))


@pytest.mark.parametrize(
    ("gains", "served", "tie"),
    [
        ([0.02, 0.03, 0.01], "boosting", False),
        ([-0.02, -0.03, -0.01], "linear", False),
        ([0.05, -0.05, 0.01], "linear", True),
        ([0.0, 0.0, 0.0], "linear", True),
    ],
)
def test_the_choice(settings: Settings, gains: list[float], served: str, tie: bool) -> None:
    sign = 1 if selection.headline(settings).higher_is_better else -1
    linear = tuned("linear", [0.8, 0.7, 0.9])
    boosting = tuned("boosting", [value + sign * gain for value, gain in zip(linear.folds, gains, strict=True)])
    verdict = selection.choose(linear, boosting, settings)
    assert (verdict.served.name, verdict.tie) == (served, tie)
    assert {verdict.served.name, verdict.other.name} == {"linear", "boosting"}
    assert verdict.gain == pytest.approx(np.mean(gains))


def test_folds_never_look_ahead(settings: Settings) -> None:
    rows = sample_table(settings).assign(when=pd.date_range("2025-01-01", periods=600, freq="6h"))
    timed = settings.model_copy(
        update={"data": settings.data.model_copy(update={"time": "when", "label_delay_days": 2.0})}
    )
    for past, future in selection.make_folds(rows, np.zeros(len(rows)), timed):
        assert len(past)
        known = rows["when"].iloc[past] + pd.Timedelta(days=2)
        assert known.max() <= rows["when"].iloc[future].min()


def test_shuffled_folds_cover_every_row_once(settings: Settings) -> None:
    rows = sample_table(settings)
    shuffled = settings.model_copy(update={"data": settings.data.model_copy(update={"time": None})})
    folds = selection.make_folds(rows, np.tile([0.0, 1.0], len(rows) // 2), shuffled)
    held_out = np.concatenate([future for _, future in folds])
    assert sorted(held_out) == list(range(len(rows)))


def test_an_unknown_headline_is_refused(settings: Settings) -> None:
    wrong = settings.training.model_copy(update={"headline": "beauty"})
    with pytest.raises(SettingsError, match="choose one of"):
        selection.headline(settings.model_copy(update={"training": wrong}))
