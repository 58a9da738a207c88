"""Printed numbers: what is one, and when it says what was measured."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolder.check.readers.numbers import agrees, decimal, numbers_in


def values(text: str) -> list[str]:
    return [f"{number.value}{'%' if number.percent else ''}" for number in numbers_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0.844 [0.82, 0.86]", ["0.844", "0.82", "0.86"]),
        ("84.4% of 7,043 rows.", ["84.4%", "7043"]),
        ("12 per cent, −0.3 and .5", ["12%", "-0.3", "0.5"]),
        ("1.1e-07", ["1.1E-7"]),
        ("on 2014-06-24, Python 3.11.7, f1, recall5, v2.0", []),
        ("1,409,12", []),
        ("ends in 0.5.", ["0.5"]),
    ],
)
def test_numbers_in_a_text(text: str, found: list[str]) -> None:
    assert values(text) == found


@pytest.mark.parametrize(
    ("printed", "measured", "same"),
    [
        ("0.851", "0.851346", True),
        ("0.852", "0.851346", False),
        ("0.85", "0.851346", True),
        ("85.1%", "0.851346", True),
        ("85 %", "0.851346", True),
        ("86%", "0.851346", False),
        ("85.1", "0.851346", True),
        ("1", "0.951346", False),
        ("1", "1.0", True),
        ("357.2", "357.24", True),
        ("357", "357.24", True),
        ("358", "357.24", False),
        ("1,835.4", "1835.43", True),
        ("0.8445", "0.84445", True),
        ("0.8444", "0.84445", True),
        ("-0.204", "-0.203768", True),
        ("0.204", "-0.203768", False),
        ("2.1e-07", "0.0000002125", True),
    ],
)
def test_agreement_is_at_the_printed_precision(printed: str, measured: str, same: bool) -> None:
    (number,) = numbers_in(printed)
    assert agrees(number, Decimal(measured)) is same


@given(st.floats(min_value=-1e6, max_value=1e6), st.integers(min_value=1, max_value=6))
def test_what_is_printed_agrees_and_the_next_number_does_not(value: float, places: int) -> None:
    measured = decimal(value)
    assert measured is not None
    (number,) = numbers_in(f"{value:.{places}f}")
    assert agrees(number, measured)
    (other,) = numbers_in(f"{number.value + 2 * number.unit:.{places}f}")
    assert not agrees(other, measured)


@pytest.mark.parametrize("value", [True, "0.5", None, float("nan"), float("inf"), 1e300])
def test_what_is_no_usable_number(value: object) -> None:
    assert decimal(value) is None
