"""The drift check sees a shift, and nothing where there is none."""

from __future__ import annotations

from predictor.drift import ALERT, psi

USUAL = {"Month-to-month": 0.55, "One year": 0.21, "Two year": 0.24}


def test_equal_shares_have_not_shifted() -> None:
    assert psi(USUAL, USUAL) == 0


def test_a_campaign_for_long_contracts_is_a_shift() -> None:
    assert psi(USUAL, {"Month-to-month": 0.2, "One year": 0.2, "Two year": 0.6}) > ALERT
