"""Which reviews are refused: what the schema says, and what does not fit the answer."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

import toy_case
from toy_case import ask

OVERRIDE = {"action": "override", "answer": "keep", "reason": "It ticks."}


def blamed(client: TestClient, body: dict[str, Any]) -> list[tuple[str, str]]:
    answer = client.post(ask(client), json=body)
    assert answer.status_code == 422, answer.text
    return [(error["loc"][-1], error["msg"]) for error in answer.json()["detail"]]


def conflict(client: TestClient, body: dict[str, Any]) -> str:
    answer = client.post(ask(client), json=body)
    assert answer.status_code == 409, answer.text
    return str(answer.json()["detail"])


# What is changed in a valid override, the field that is blamed, words of the reason.
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"action": "reject"}, "body", "'accept', 'override'"),
    ({"action": None}, "body", "'accept', 'override'"),
    ({"answer": None}, "answer", "'send', 'ask' or 'keep'"),
    ({"answer": "burn"}, "answer", "'send', 'ask' or 'keep'"),
    ({"answer": 1}, "answer", "'send', 'ask' or 'keep'"),
    ({"reason": None}, "reason", "valid string"),
    ({"reason": "no"}, "reason", "at least 3 characters"),
    ({"reason": "     "}, "reason", "match pattern"),
    ({"reason": "x" * 1001}, "reason", "at most 1000 characters"),
    ({"reviewer": "Somebody Else"}, "reviewer", "not permitted"),
    ({"action": "accept"}, "answer", "not permitted"),
]


@pytest.mark.parametrize(("change", "field", "words"), BAD)
def test_a_bad_review(client: TestClient, change: dict[str, Any], field: str, words: str) -> None:
    ((found, reason),) = blamed(client, {**OVERRIDE, **change})
    assert found == field
    assert words in reason
    assert client.get("/cases").json()["waiting"] == 1


def test_an_override_names_an_answer_and_a_reason(client: TestClient) -> None:
    assert blamed(client, {"action": "override"}) == [("answer", "Field required"), ("reason", "Field required")]


def test_an_override_that_agrees_is_a_conflict(client: TestClient) -> None:
    said = "This is the model's own answer: accept it instead."
    assert conflict(client, {**OVERRIDE, "answer": "send"}) == said
    assert client.get("/cases").json()["waiting"] == 1


def test_a_number_is_overridden_by_a_number(tmp_path: Path) -> None:
    client = toy_case.client(tmp_path, "number")
    for answer, words in [("4", "valid number"), (1e300, "less than or equal")]:
        ((field, reason),) = blamed(client, {**OVERRIDE, "answer": answer})
        assert (field, words in reason) == ("answer", True)
    assert "accept it instead" in conflict(client, {**OVERRIDE, "answer": 3.5})
    body = '{"action": "override", "answer": NaN, "reason": "why"}'
    assert client.post(ask(client), content=body, headers={"content-type": "application/json"}).status_code == 422
    for answer in (4, -2.25):
        review = client.post(ask(client), json={**OVERRIDE, "answer": answer}).json()["review"]
        assert review["content"]["answer"] == answer


def test_of_a_ranking_another_option_of_the_case_is_chosen(tmp_path: Path) -> None:
    client = toy_case.client(tmp_path, "ranking")
    assert conflict(client, {**OVERRIDE, "answer": "roof"}) == "This answer is not among the options of the case."
    assert client.post(ask(client), json={**OVERRIDE, "answer": "locker"}).status_code == 201


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return toy_case.client(tmp_path_factory.mktemp("service"))


@settings(max_examples=60)
@given(data=st.data())
def test_any_review_is_taken_or_refused(shared: TestClient, data: st.DataObject) -> None:
    text = st.text(st.characters(codec="utf-8"), max_size=90)
    wild = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | text | st.lists(text)
    body = {**OVERRIDE, **data.draw(st.dictionaries(st.sampled_from(sorted(OVERRIDE)), wild, min_size=1))}
    assert shared.post(ask(shared), json=body).status_code in (201, 409, 422)
