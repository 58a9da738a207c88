"""Bad input gets the right status and a reason for each field, and never makes the service fail."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from toy import Row

JSON = {"content-type": "application/json"}
Change = Callable[[Row, str, str], Any]  # (example, a numeric input, a categorical input) -> body


def without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


# What is sent, the field that is blamed (N and C stand for a number's and a category's name), words of the reason.
BODIES: dict[str, tuple[Change, str, str]] = {
    "list": (lambda row, n, c: [row], "body", "valid dictionary"),
    "string": (lambda row, n, c: "row", "body", "valid dictionary"),
    "null": (lambda row, n, c: None, "body", "valid dictionary"),
    "empty": (lambda row, n, c: {}, "N", "Field required"),
    "no number": (lambda row, n, c: without(row, n), "N", "Field required"),
    "no category": (lambda row, n, c: without(row, c), "C", "Field required"),
    "null number": (lambda row, n, c: {**row, n: None}, "N", "valid number"),
    "null category": (lambda row, n, c: {**row, c: None}, "C", "valid string"),
    "number as text": (lambda row, n, c: {**row, n: "12"}, "N", "valid number"),
    "number as truth": (lambda row, n, c: {**row, n: True}, "N", "valid number"),
    "number as list": (lambda row, n, c: {**row, n: [1]}, "N", "valid number"),
    "not a number": (lambda row, n, c: {**row, n: float("nan")}, "N", "finite"),
    "infinity": (lambda row, n, c: {**row, n: float("inf")}, "N", ""),
    "beyond 32 bits": (lambda row, n, c: {**row, n: 1e300}, "N", "less than or equal"),
    "whole number beyond any": (lambda row, n, c: {**row, n: 10**400}, "N", ""),
    "category as number": (lambda row, n, c: {**row, c: 1}, "C", "valid string"),
    "category as truth": (lambda row, n, c: {**row, c: False}, "C", "valid string"),
    "empty category": (lambda row, n, c: {**row, c: ""}, "C", "at least 1"),
    "endless category": (lambda row, n, c: {**row, c: "x" * 201}, "C", "at most 200"),
    "half a character": (lambda row, n, c: {**row, c: "\ud800"}, "C", "string"),
    "misspelt field": (lambda row, n, c: {**row, n + "s": 1}, "Ns", "not permitted"),
    "unknown field": (lambda row, n, c: {**row, "zzzz": 1}, "zzzz", "not permitted"),
    "name inside the model": (lambda row, n, c: {**row, "input_0": 1}, "input_0", "not permitted"),
    "field with half a character": (lambda row, n, c: {**row, "\ud800": 1}, "body", "string"),
}


NAMES = ("age", "plan")  # a numeric and a categorical input that must be given


@pytest.mark.parametrize("case", BODIES)
def test_a_bad_body_gets_a_reason(case: str, client: TestClient, row: Row) -> None:
    change, field, words = BODIES[case]
    number, category = NAMES
    field = field.replace("N", number).replace("C", category)
    reasons = refusal(client.post("/predict", content=json.dumps(change(row, *NAMES)), headers=JSON))
    assert words.replace("N", number) in reasons[field]


def refusal(response: Any) -> dict[str, str]:
    """The reasons why a request does not fit, by field."""
    assert response.status_code == 422, response.text
    assert response.headers["x-request-id"]
    return {error["loc"][-1]: error["msg"] for error in response.json()["detail"]}


@pytest.mark.parametrize("age", [-1, 120.5])
def test_a_number_outside_its_bounds(age: float, client: TestClient, row: Row) -> None:
    reasons = refusal(client.post("/predict", json={**row, "age": age}))
    assert list(reasons) == ["age"]
    assert "than or equal to" in reasons["age"]


def test_many_reasons_are_cut(client: TestClient) -> None:
    response = client.post("/predict", json={f"field_{number}": 1 for number in range(100)})
    assert len(refusal(response)) == 20


@pytest.mark.parametrize("reasons", ["-1", "1000", "x", "1.5"])
def test_a_bad_number_of_reasons(reasons: str, client: TestClient, row: Row) -> None:
    assert list(refusal(client.post("/predict", json=row, params={"reasons": reasons}))) == ["reasons"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(data=st.data())
def test_any_values_are_answered_or_refused(client: TestClient, row: Row, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(row)), unique=True))
    changed = {**row, **{name: data.draw(json_values | st.floats(-1e9, 1e9)) for name in names}}
    assert client.post("/predict", content=json.dumps(changed), headers=JSON).status_code in (200, 422)
