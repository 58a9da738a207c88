"""Claims in everyday words, and numbers that somebody only wishes for."""

from __future__ import annotations

import pytest
from test_claims import outcomes


@pytest.mark.parametrize(
    "text",
    [
        "It catches 85% of the leavers.",
        "It misses 15% of those who leave.",
        "It catches 318 of 373 leavers and misses 55 of 373 leavers.",
        "The model correctly identifies ~85% of actual leavers, and 15% of the leavers are missed.",
        "48% of the alarms are right, so 52% of alerts are false.",
        "One in two alarms is false.",
        "Every second alarm is false, and half of the warnings are justified.",
        "It detects 94% of the leavers on month-to-month contracts.",
    ],
)
def test_true_in_other_words(text: str) -> None:
    assert set(outcomes(text)) == {"equal"}


@pytest.mark.parametrize(
    "text",
    [
        "It catches 97% of the leavers.",
        "It finds one in four leavers.",
        "It finds 95% of all those who leave.",
        "It misses 3% of fraudulent orders.",
        "97% of those leavers are caught.",
        "It catches 361 of 373 leavers.",
        "It caught 97 out of 100 leavers.",
        "97% of the alarms are right.",
        "Only 5% of alerts are false.",
        "One in ten alarms is false.",
    ],
)
def test_false_in_other_words(text: str) -> None:
    assert outcomes(text) == ["differs"]


@pytest.mark.parametrize(
    "text",
    [
        "It finds 20% of the customers worth a call.",
        "One in four customers leaves, and 31% of leavers are still logging in.",
        "At 0.30 the model catches 75% of the leavers.",
        "If 10% of alerts are false, nobody answers them.",
        "It identifies 92% of controls and 20% of customers as risky.",
        "Our target is that it catches 97% of the leavers.",
        "Ten of the alarms are sent each day; 5% of the alarms are sent at night.",
        "Find 3 in 5 keys; it catches 2 out of 1 birds; every second week is free.",
        "We found that it finds 20% of the value, and half of the alarms are late.",
    ],
)
def test_other_words_that_claim_nothing(text: str) -> None:
    assert outcomes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "A recall of 0.95 should convince the team.",
        "You should know that recall is 0.95.",
        "As we hoped, the recall is 0.95.",
        "Our goal was met with a recall of 0.95.",
        "Our goal was reached with a recall of 0.95.",
        "We wanted a good model and got a recall of 0.95.",
        "The recall of 0.95 must not be read as a promise.",
        "Its recall of 0.95 could be better.",
        "The recall of 0.95 is a great success.",
    ],
)
def test_a_wish_beside_a_number_is_no_excuse(text: str) -> None:
    assert outcomes(text) == ["differs"]


@pytest.mark.parametrize(
    "text",
    [
        "The recall should reach 0.95.",
        "Recall should be at least 0.95.",
        "We set a target recall of 0.95.",
        "We aim for a recall of 0.95 and want a roc_auc above 0.9.",
        "A recall of 0.95 would be a success.",
        "A recall of 0.95 is our goal.",
        "A recall of 0.95 must be reached by spring.",
        "The goal is reached when the recall is 0.95.",
        "We want a precision of 0.9 and a recall of 0.95.",
        "We will not ship it until recall is 0.95.",
        "The published papers have a roc_auc of 0.95.",
    ],
)
def test_a_wish_claims_nothing(text: str) -> None:
    assert outcomes(text) == []
