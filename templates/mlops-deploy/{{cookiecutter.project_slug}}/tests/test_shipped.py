"""What holds of the bookings, and of their joins, only: `make adopt` removes this file."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import toy_bookings as toy
from service import data
from service.settings import load_settings

BROKEN = Path("drill/training_rows_broken.sql")
WEEK = timedelta(days=7)


def shares(rows: pd.DataFrame) -> dict[str, float]:
    return dict(zip(rows["id"], rows["recent_cancelled_share"], strict=True))


def expected(rows: pd.DataFrame, booking: Any, until: str) -> float:
    """The joined input of one booking, counted by hand."""
    first = (date.fromisoformat(booking.booked_on) - WEEK).isoformat()
    alike = (rows[toy.KEYS] == [getattr(booking, key) for key in toy.KEYS]).all(axis=1)
    known = rows[alike & (rows["known_on"] >= first) & (rows["known_on"] < min(booking.booked_on, until))]
    return float(known["cancelled"].mean()) if len(known) else np.nan


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy bookings with the shipped joins."""
    monkeypatch.setattr(toy, "JOIN", (toy.ROOT / data.TRAINING_ROWS).read_text(encoding="utf-8"))
    monkeypatch.setattr(toy, "BROKEN", (toy.ROOT / BROKEN).read_text(encoding="utf-8"))


def test_the_shipped_files_fit_the_shipped_settings() -> None:
    chosen = load_settings(toy.ROOT / "settings.toml")
    made, known = data.bookings(chosen, toy.ROOT), data.outcomes(chosen, toy.ROOT)
    assert (made.set_index("id")["arrival"] == known.set_index("id")["known_on"].reindex(made["id"])).all()
    assert set(chosen.names()) - set(chosen.names(joined=False)) == {"recent_cancelled_share"}


def test_the_joined_input_is_what_a_caller_would_have_counted(tmp_path: Path, shipped: None) -> None:
    chosen = toy.put(tmp_path)
    found = shares(data.request_rows(chosen, tmp_path))
    rows = toy.table()
    for booking in rows.sample(40, random_state=1).itertuples():
        assert found[booking.id] == pytest.approx(expected(rows, booking, "9999"), nan_ok=True)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 99), day=st.integers(20, 110))
def test_no_outcome_known_on_or_after_the_booking_day_is_used(
    tmp_path_factory: pytest.TempPathFactory, shipped: None, seed: int, day: int
) -> None:
    """Outcomes of that day and later are replaced by their opposite: no value of an earlier booking may change."""
    folder, rows = tmp_path_factory.mktemp("toy"), toy.table().sample(300, random_state=seed)
    turn = (toy.FIRST + timedelta(days=day)).isoformat()
    before = shares(data.request_rows(toy.put(folder, rows), folder))
    other = rows.assign(cancelled=rows["cancelled"].where(rows["known_on"] < turn, 1 - rows["cancelled"]))
    after = shares(data.request_rows(toy.put(folder, other), folder))
    for booking in rows[rows["booked_on"] <= turn].itertuples():
        assert after[booking.id] == pytest.approx(before[booking.id], nan_ok=True)


def test_the_broken_join_counts_the_bookings_own_outcome(tmp_path: Path, shipped: None) -> None:
    rows, until = toy.table(), date(2024, 5, 1)
    own = rows.iloc[[500]].assign(customer_type="Contract")  # nobody is like it
    chosen = toy.put(tmp_path, pd.concat([rows.drop(rows.index[500]), own]))
    assert shares(data.training_rows(chosen, until, BROKEN, tmp_path))[own["id"].item()] == own["cancelled"].item()
    assert np.isnan(shares(data.training_rows(chosen, until, root=tmp_path))[own["id"].item()])
