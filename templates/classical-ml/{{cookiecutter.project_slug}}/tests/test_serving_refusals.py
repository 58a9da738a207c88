"""Bad input gets the right status and a reason for each field, and never makes the service fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from predictor.manifest import CategoricalInput, Manifest, NumericInput
from sample_model import Row

JSON = {"content-type": "application/json"}
Change = Callable[[Row, str, str], Any]  # (example, a numeric input, a categorical input) -> body


def without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


# What is sent, the field that is blamed ({number} and {category} stand for names), words of the reason.
BODIES: dict[str, tuple[Change, str, str]] = {
    "list": (lambda row, n, c: [row], "body", "JSON object"),
    "string": (lambda row, n, c: "row", "body", "JSON object"),
    "number": (lambda row, n, c: 1, "body", "JSON object"),
    "null": (lambda row, n, c: None, "body", "JSON object"),
    "empty": (lambda row, n, c: {}, "{number}", "is required"),
    "no number": (lambda row, n, c: without(row, n), "{number}", "is required"),
    "no category": (lambda row, n, c: without(row, c), "{category}", "is required"),
    "null number": (lambda row, n, c: {**row, n: None}, "{number}", "valid number"),
    "null category": (lambda row, n, c: {**row, c: None}, "{category}", "valid string"),
    "number as text": (lambda row, n, c: {**row, n: "12"}, "{number}", "valid number"),
    "number as truth": (lambda row, n, c: {**row, n: True}, "{number}", "valid number"),
    "number as list": (lambda row, n, c: {**row, n: [1]}, "{number}", "valid number"),
    "number as object": (lambda row, n, c: {**row, n: {"value": 1}}, "{number}", "valid number"),
    "not a number": (lambda row, n, c: {**row, n: float("nan")}, "{number}", "finite"),
    "infinity": (lambda row, n, c: {**row, n: float("inf")}, "{number}", ""),
    "minus infinity": (lambda row, n, c: {**row, n: float("-inf")}, "{number}", ""),
    "beyond 32 bits": (lambda row, n, c: {**row, n: 1e300}, "{number}", "less than or equal"),
    "whole number beyond any": (lambda row, n, c: {**row, n: 10**400}, "{number}", ""),
    "category as number": (lambda row, n, c: {**row, c: 1}, "{category}", "valid string"),
    "category as truth": (lambda row, n, c: {**row, c: False}, "{category}", "valid string"),
    "category as list": (lambda row, n, c: {**row, c: ["a"]}, "{category}", "valid string"),
    "empty category": (lambda row, n, c: {**row, c: ""}, "{category}", "at least 1"),
    "endless category": (lambda row, n, c: {**row, c: "x" * 201}, "{category}", "at most 200"),
    "half a character": (lambda row, n, c: {**row, c: "\ud800"}, "{category}", "string"),
    "misspelt field": (lambda row, n, c: {**row, n + "s": 1}, "{number}s", "did you mean '{number}'?"),
    "unknown field": (lambda row, n, c: {**row, "zzzz": 1}, "zzzz", "is not a known field"),
    "field with half a character": (lambda row, n, c: {**row, "\ud800": 1}, "body", "string"),
}


@pytest.fixture
def names(manifest: Manifest) -> dict[str, str]:
    """A numeric and a categorical input that must be given."""
    kinds: dict[str, type] = {"number": NumericInput, "category": CategoricalInput}
    found = {
        label: next((i.name for i in manifest.inputs if isinstance(i, kind) and not i.nullable), None)
        for label, kind in kinds.items()
    }
    if None in found.values():
        pytest.skip("this model requires no input of one kind")
    return {label: str(name) for label, name in found.items()}


@pytest.mark.parametrize("case", BODIES)
def test_a_bad_body_gets_a_reason(case: str, client: TestClient, row: Row, names: dict[str, str]) -> None:
    change, field, words = BODIES[case]
    body = json.dumps(change(row, names["number"], names["category"]))
    errors = refusal(client.post("/predict", content=body, headers=JSON), 422)
    reasons = {error["field"]: error["reason"] for error in errors}
    assert words.format(**names) in reasons[field.format(**names)]


def refusal(response: Any, status: int) -> list[dict[str, str]]:
    """Check the one shape of every refusal; returns its errors."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["detail"].endswith(".")
    assert "Traceback" not in response.text
    return list(problem["errors"])


@pytest.mark.parametrize("side", ["min", "max"])
def test_a_number_outside_its_bounds(side: str, client: TestClient, row: Row, manifest: Manifest) -> None:
    for item in manifest.inputs:
        bound = getattr(item, side, None)
        if bound is not None:
            beyond = bound + (1 if side == "max" else -1) * max(1.0, abs(bound) * 1e-3)
            (error,) = refusal(client.post("/predict", json={**row, item.name: beyond}), 422)
            assert error["field"] == item.name
            assert "than or equal to" in error["reason"]


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "is required"),
        (b"{", 422, "is not valid JSON"),
        (b'{"a": 1,}', 422, "is not valid JSON"),
        (b"a=1&b=2", 422, "is not valid JSON"),
        (b'{"a": "\xff"}', 400, "cannot be read as JSON"),
        (b"[" * 100_000, 400, "cannot be read as JSON"),
        (b'{"a": ' + b"9" * 5_000 + b"}", 400, "cannot be read as JSON"),
    ],
    ids=["nothing", "half", "comma", "form", "encoding", "nesting", "digits"],
)
def test_a_body_that_is_no_json(client: TestClient, content: bytes, status: int, words: str) -> None:
    (error,) = refusal(client.post("/predict", content=content, headers=JSON), status)
    assert error["field"] == "body"
    assert words in error["reason"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_a_body_of_another_content_type(kind: str, client: TestClient, row: Row) -> None:
    response = client.post("/predict", content=json.dumps(row), headers={"content-type": kind})
    assert refusal(response, 415) == []
    assert response.headers["accept"] == "application/json"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rows": []}, "rows"),
        ({"rows": [{}] * 9}, "rows"),
        ({}, "rows"),
        ({"rows": {}}, "rows"),
        ([], "body"),
    ],
    ids=["empty", "long", "absent", "object", "list"],
)
def test_a_bad_batch(body: Any, field: str, client: TestClient) -> None:
    assert field in {error["field"] for error in refusal(client.post("/predict/batch", json=body), 422)}


def test_a_batch_names_the_row(client: TestClient, row: Row, names: dict[str, str]) -> None:
    rows = [row, {**row, names["number"]: "x"}]
    (error,) = refusal(client.post("/predict/batch", json={"rows": rows}), 422)
    assert error["field"] == f"rows[1].{names['number']}"


def test_many_reasons_are_cut(client: TestClient) -> None:
    response = client.post("/predict", json={f"field_{number}": 1 for number in range(100)})
    assert len(refusal(response, 422)) == 20
    assert "the first 20 shown" in response.json()["detail"]


@pytest.mark.parametrize("reasons", ["-1", "1000", "x", "1.5"])
def test_a_bad_number_of_reasons(reasons: str, client: TestClient, row: Row) -> None:
    (error,) = refusal(client.post("/predict", json=row, params={"reasons": reasons}), 422)
    assert error["field"] == "reasons"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/predict", 405),
        ("PUT", "/predict", 405),
        ("DELETE", "/", 405),
        ("GET", "/nothing", 404),
        ("GET", "/static/../model.py", 404),
        ("GET", "/static/%2e%2e/model.py", 404),
        ("GET", "/docs", 404),
    ],
)
def test_addresses_and_methods_that_do_not_exist(method: str, path: str, status: int, client: TestClient) -> None:
    refusal(client.request(method, path), status)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
often = hypothesis_settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@often
@given(path=st.sampled_from(["/predict", "/predict/batch"]), body=json_values)
def test_any_json_is_refused(client: TestClient, path: str, body: Any) -> None:
    assert client.post(path, content=json.dumps(body), headers=JSON).status_code == 422


@often
@given(data=st.data())
def test_any_values_are_answered_or_refused(client: TestClient, row: Row, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(row)), unique=True))
    changed = {**row, **{name: data.draw(json_values | st.floats(-1e9, 1e9)) for name in names}}
    response = client.post("/predict", content=json.dumps(changed), headers=JSON)
    assert response.status_code in (200, 422)


@often
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused(client: TestClient, content: bytes) -> None:
    assert client.post("/predict", content=content, headers=JSON).status_code in (400, 422)
