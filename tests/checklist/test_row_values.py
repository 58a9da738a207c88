"""Values told of a named row, compared with errors.csv."""

from __future__ import annotations

import pytest

from scaffolder.check.numbers.row_values import RowValues
from scaffolder.check.readers.csv import Rows

HEADER = ("row", "actual", "predicted", "tenure_months", "contract", "monthly_charges", "tech_support")
ERRORS = Rows(
    "reports/errors.csv",
    HEADER,
    (
        ("4796", "1", "0.0245583", "53", "One year", "20.8", "No"),
        ("1495", "1", "0.0283453", "8", "Two year", "19.75", "Yes"),
        ("843", "0", "0.93", "", "Month-to-month", "70", "No"),
    ),
)
SETTINGS = {
    "features": [
        {"name": "tenure_months", "unit": "months"},
        {"name": "monthly_charges", "unit": "USD per month"},
        {"name": "contract"},
        "no feature",
    ]
}


def wrong(text: str) -> list[str]:
    return list(RowValues(ERRORS, SETTINGS, "customer").wrong(text))


@pytest.mark.parametrize(
    "text",
    [
        "Row 4796 pays 20.8 a month after 53 months, and row 1495 pays 19.75 USD.",
        "Row 4796 pays 21 USD and got a probability of 0.025, or 2.5%.",
        "Rows 4796 and 1495 pay 20.8 USD and 19.75 USD after 53 and 8 months.",
        "Row 4796 pays about 25 USD, over 5 USD less than most, who pay 70 USD.",
        "Row 4796 called 2 months before it left, within 3 months of an outage, and waited 4 months longer.",
        "Row 4796 would have cost 100 USD; the average is 65 USD.",
        "Row 843 has no tenure; a tenure of 12 months is usual.",
        "Row 4796 has a one-year contract, unlike those on a two-year contract.",
        "Row 4796 is one of 55 misses, 10 of which pay by card.",
        "Row 9999 pays 12 USD.",
        "A customer pays 12 USD a month.",
    ],
)
def test_what_the_row_has_or_nobody_says_of_it(text: str) -> None:
    assert wrong(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Row 4796 pays 20 USD.",
        "Row 4796 pays 30.8 a month after 53 months.",
        "Row 4796 left after 35 months.",
        "Customer 4796 pays 91 USD.",
        "In row 1495 the monthly_charges are 91.75.",
        "Row 4796 has a predicted 0.24 of leaving.",
        "Row 4796 got a probability of 24%.",
        "Row 4796 has a two-year contract.",
        "Row 1495 has a contract of One year.",
        "Row 1495 has One year as contract.",
        "Rows 4796 and 1495 pay 29.75 USD.",
    ],
)
def test_what_the_row_does_not_have(text: str) -> None:
    assert len(wrong(text)) == 1
