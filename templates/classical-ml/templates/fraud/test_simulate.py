"""The simulation is repeatable, its features do not use the future, and no model can beat its oracle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

import simulate
import world
from predictor import data
from predictor.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def payments() -> pd.DataFrame:
    return simulate.simulate()


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load_settings(ROOT / "settings.toml")


def test_the_rows_meet_the_settings(tmp_path: Path, payments: pd.DataFrame, settings: Settings) -> None:
    simulate.write(tmp_path / settings.data.file, payments)
    dataset = data.load(settings, tmp_path)
    assert settings.problem.made_up == "simulated"
    assert 50_000 < dataset.facts["rows"] < 150_000
    assert 0.005 < dataset.facts["outcome"] < 0.03
    assert dataset.facts["divided_by"] == "time"
    assert settings.data.label_delay_days >= world.LABEL_DELAY_DAYS


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, payments: pd.DataFrame) -> None:
    for name, table in (("first", payments), ("second", simulate.simulate())):
        simulate.write(tmp_path / name, table)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_the_oracle_is_calibrated(payments: pd.DataFrame) -> None:
    label, oracle = payments["fraud"] == "yes", payments["oracle"]
    assert oracle.between(0, 1).all()
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 1.0)):
        band = oracle.between(low, high, inclusive="right")
        error = np.sqrt((oracle[band] * (1 - oracle[band])).sum())
        assert abs(label[band].sum() - oracle[band].sum()) < 4 * error


def test_the_oracle_ranks_better_than_any_single_feature(payments: pd.DataFrame, settings: Settings) -> None:
    label = payments["fraud"] == "yes"
    ceiling = average_precision_score(label, payments["oracle"])
    for name in settings.names("numeric"):
        assert average_precision_score(label, payments[name].fillna(0)) < ceiling / 2


def test_features_do_not_depend_on_the_future(payments: pd.DataFrame) -> None:
    """Aggregates recomputed one by one from earlier rows only, once eight days of them are in sight."""
    history = payments[payments["card"].isin(payments["card"].unique()[:5])]
    for _, rows in history.groupby("card"):
        for row in rows[rows["time"] > rows["time"].min() + pd.Timedelta(days=8)].itertuples():
            past = rows[(rows["time"] < row.time) & (rows.index < row.Index)]
            week = past[past["time"] >= row.time - pd.Timedelta(days=7)]
            day = week[week["time"] >= row.time - pd.Timedelta(days=1)]
            assert (row.payments_7d, row.payments_24h) == (len(week), len(day))
            assert row.spent_24h == pytest.approx(day["amount"].sum(), abs=0.01)
            minutes = (row.time - past["time"].max()).total_seconds() / 60
            assert row.minutes_since_last == pytest.approx(minutes, abs=0.051)


def test_reports_at_a_merchant_are_only_those_known_by_then() -> None:
    days = world.DAY
    rows = pd.DataFrame(
        {
            "merchant": [3, 3, 3, 3, 4],
            "second": [0, 5 * days, 20 * days, 40 * days, 20 * days],
            "reported": [6 * days, 11 * days, 21 * days, 41 * days, 21 * days],
            "label": [True, True, False, False, False],
        }
    )
    assert simulate._reports(rows, rows, days=30).tolist() == [0, 0, 2, 1, 0]
