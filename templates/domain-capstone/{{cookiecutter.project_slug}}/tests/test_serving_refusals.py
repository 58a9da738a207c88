"""Bad input gets the right status and a reason for each field, and never makes the service fail."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

import toy_case
from capstone.audit import AuditLog
from toy_case import CLEAR

JSON = {"content-type": "application/json"}
Change = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with toy_case.client(folder) as running:
        yield running


# What is sent, the field that is blamed, words of the reason.
BODIES: dict[str, tuple[Change, str, str]] = {
    "list": (lambda body: [body], "body", "valid dictionary"),
    "null": (lambda body: None, "body", "valid dictionary"),
    "no category": (lambda body: {"note": "x"}, "city", "Field required"),
    "no text": (lambda body: {"city": "Bern"}, "note", "Field required"),
    "null category": (lambda body: {**body, "city": None}, "city", "valid string"),
    "null text": (lambda body: {**body, "note": None}, "note", "valid string"),
    "number as text": (lambda body: {**body, "weight": "2"}, "weight", "valid number"),
    "number as truth": (lambda body: {**body, "weight": True}, "weight", "valid number"),
    "not a number": (lambda body: {**body, "weight": float("nan")}, "weight", "finite"),
    "infinity": (lambda body: {**body, "weight": float("inf")}, "weight", ""),
    "too heavy": (lambda body: {**body, "weight": 100.1}, "weight", "less than or equal to 100"),
    "negative": (lambda body: {**body, "weight": -1}, "weight", "greater than or equal to 0"),
    "empty category": (lambda body: {**body, "city": ""}, "city", "at least 1"),
    "endless category": (lambda body: {**body, "city": "x" * 201}, "city", "at most 200"),
    "empty text": (lambda body: {**body, "note": ""}, "note", "at least 1"),
    "endless text": (lambda body: {**body, "note": "x" * 1001}, "note", "at most 1000"),
    "half a character": (lambda body: {**body, "note": "\ud800"}, "note", "string"),
    "misspelt field": (lambda body: {**body, "wieght": 1}, "wieght", "not permitted"),
    "unknown field": (lambda body: {**body, "zzzz": 1}, "zzzz", "not permitted"),
    "name inside the model": (lambda body: {**body, "input_0": 1}, "input_0", "not permitted"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_case(name: str, client: TestClient) -> None:
    change, field, words = BODIES[name]
    answer = client.post("/cases", content=json.dumps(change(CLEAR)), headers=JSON)
    assert words in refusal(answer)[field]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/cases?state=all", "state"),
        ("/cases?limit=0", "limit"),
        ("/cases?limit=101", "limit"),
        ("/audit?after=-1", "after"),
        ("/audit?after=99999999999999999999", "after"),
        ("/audit?limit=1001", "limit"),
    ],
)
def test_a_bad_question(path: str, field: str, client: TestClient) -> None:
    assert list(refusal(client.get(path))) == [field]


@pytest.mark.parametrize("case", ["0123456789abcdef", "x", "%00", "' OR 1=1 --", "%FF", "x" * 5000])
def test_an_unknown_case(case: str, client: TestClient) -> None:
    answer = client.get(f"/cases/{case}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "No case has this id."})


def refusal(answer: Any) -> dict[str, str]:
    """The reasons why a request does not fit, by field."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["x-request-id"]
    return {error["loc"][-1]: error["msg"] for error in answer.json()["detail"]}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60)
@given(data=st.data())
def test_any_values_are_answered_or_refused(client: TestClient, folder: Path, data: st.DataObject) -> None:
    wild = json_values | st.floats(0, 100) | st.text(max_size=300)
    body = {**CLEAR, **data.draw(st.dictionaries(st.sampled_from(sorted(CLEAR)), wild))}
    answer = client.post("/cases", content=json.dumps(body), headers=JSON)
    assert answer.status_code in (201, 422)
    if answer.status_code == 201:
        logged = AuditLog(folder / "audit.db").case(answer.json()["case"])[0]
        assert logged.content["inputs"] == body


@settings(max_examples=60)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused(client: TestClient, content: bytes) -> None:
    assert client.post("/cases", content=content, headers=JSON).status_code in (400, 422)
