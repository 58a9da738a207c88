"""A feature that gives the answer away or numbers the rows is refused by name; other features are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from predictor import data
from predictor.leakage import LeakageError, alone, refuse_leaks
from toy_data import put, toy_frame, toy_settings


def test_honest_features_pass(tmp_path: Path) -> None:
    put(tmp_path, toy_frame())
    assert data.load(toy_settings(), tmp_path).report.duplicates == 0


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_that_follows_the_outcome(tmp_path: Path, sign: int) -> None:
    frame = toy_frame()
    noise = np.random.default_rng(1).random(len(frame))
    put(tmp_path, frame.assign(spent=sign * (frame["left"] == "yes") * 10 + noise))
    with pytest.raises(LeakageError, match="feature spent alone predicts left almost perfectly"):
        data.load(toy_settings(), tmp_path)


def test_a_cell_that_is_filled_in_after_the_event(tmp_path: Path) -> None:
    frame = toy_frame()
    put(tmp_path, frame.assign(spent=frame["spent"].fillna(1).where(frame["left"] == "yes")))
    with pytest.raises(LeakageError, match="spent"):
        data.load(toy_settings(), tmp_path)


def test_a_category_that_is_the_outcome(tmp_path: Path) -> None:
    frame = toy_frame()
    put(tmp_path, frame.assign(plan=np.where(frame["left"] == "yes", "plus", "basic")))
    with pytest.raises(LeakageError, match="plan"):
        data.load(toy_settings(), tmp_path)


def test_a_number_of_its_own_for_each_row(tmp_path: Path) -> None:
    put(tmp_path, toy_frame().assign(spent=np.random.default_rng(1).permutation(300)))
    with pytest.raises(LeakageError, match="feature spent has a different whole number in each row"):
        data.load(toy_settings(), tmp_path)


def test_too_few_rows_to_tell() -> None:
    frame = toy_frame(60)
    refuse_leaks(frame.assign(spent=range(60)), data.outcome(frame, toy_settings()), toy_settings())


def test_a_quantity_is_judged_by_its_explained_variance() -> None:
    random = np.random.default_rng(0)
    quantity = random.normal(size=2_000)
    copy, noisy = pd.Series(quantity.round(2)), pd.Series(quantity + random.normal(size=2_000))
    assert alone(copy, quantity, classes=False) > 0.99
    assert alone(noisy, quantity, classes=False) < 0.9
