"""Which reviews are refused: what the schema says, and what does not fit the answer."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

import toy_case
from capstone.serving.schemas import LONGER, VISIBLE
from toy_case import DOUBTFUL

OVERRIDE = {"action": "override", "answer": "keep", "reason": "It ticks.", "reviewer": "Ada Lovelace"}


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return toy_case.client(tmp_path)


def ask(client: TestClient) -> str:
    """The address of the review of a new case."""
    return f"/cases/{client.post('/cases', json=DOUBTFUL).json()['case']}/review"


def blamed(client: TestClient, body: dict[str, Any], status: int = 422) -> list[tuple[str, str]]:
    answer = client.post(ask(client), json=body)
    assert answer.status_code == status, answer.text
    return [(error["loc"][-1], error["msg"]) for error in answer.json()["detail"]]


# What is changed in a valid override, the field that is blamed, words of the reason.
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"action": "reject"}, "action", "'accept' or 'override'"),
    ({"action": None}, "action", "'accept' or 'override'"),
    ({"answer": None}, "answer", "is needed to override"),
    ({"answer": "burn"}, "answer", "'send', 'ask' or 'keep'"),
    ({"answer": 1}, "answer", "'send', 'ask' or 'keep'"),
    ({"reason": None}, "reason", "is needed to override"),
    ({"reason": "no"}, "reason", "at least 3 characters"),
    ({"reason": "     "}, "reason", "at least 3 characters"),
    ({"reason": "It \u202eticks"}, "reason", LONGER),
    ({"reason": "It\x00ticks"}, "reason", LONGER),
    ({"action": "accept", "answer": None, "reason": "\u2066ok\u2069"}, "reason", LONGER),
    ({"reason": "x" * 1001}, "reason", "at most 1000 characters"),
    ({"reviewer": None}, "reviewer", "valid string"),
    ({"reviewer": ""}, "reviewer", VISIBLE),
    ({"reviewer": " \u3000 "}, "reviewer", VISIBLE),
    ({"reviewer": "A\nB"}, "reviewer", VISIBLE),
    ({"reviewer": "A\u202eB"}, "reviewer", VISIBLE),
    ({"reviewer": "\u3164"}, "reviewer", VISIBLE),
    ({"reviewer": "x" * 81}, "reviewer", "at most 80 characters"),
    ({"comment": "x"}, "comment", "not permitted"),
]
# What the schema allows, but the model's answer does not.
UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"answer": "send"}, "is the model's own; accept it instead"),
    ({"action": "accept"}, "is not the model's; override it instead"),
]


@pytest.mark.parametrize(("change", "field", "words"), BAD)
def test_a_bad_review(client: TestClient, change: dict[str, Any], field: str, words: str) -> None:
    ((found, reason),) = blamed(client, {**OVERRIDE, **change})
    assert found == field
    assert words in reason
    assert client.get("/cases").json()["waiting"] == 1


@pytest.mark.parametrize(("change", "reason"), UNFIT)
def test_a_review_that_does_not_fit_the_answer_is_a_conflict(
    client: TestClient, change: dict[str, Any], reason: str
) -> None:
    assert blamed(client, {**OVERRIDE, **change}, 409) == [("answer", reason)]
    assert client.get("/cases").json()["waiting"] == 1


def test_the_schema_says_what_is_refused(client: TestClient) -> None:
    """Each text that its pattern allows is taken, each other one is refused; an override names answer and reason."""
    schema = client.get("/openapi.json").json()["components"]["schemas"]["ReviewRequest"]
    patterns = {"reviewer": schema["properties"]["reviewer"]["pattern"]}
    patterns["reason"] = schema["properties"]["reason"]["anyOf"][0]["pattern"]
    texts = {one[0][field] for one in BAD for field in patterns if isinstance(one[0].get(field), str)}
    for text in {*texts, "Ada", " Ada\n", "a b", "a\tb c"}:
        for field, pattern in patterns.items():
            longest = 80 if field == "reviewer" else 1000
            fits = bool(re.search(pattern, text)) and len(text) <= longest
            status = client.post(ask(client), json={**OVERRIDE, field: text}).status_code
            assert status == (201 if fits else 422), (field, text)
    assert schema["then"]["required"] == ["answer", "reason"]


def test_a_number_is_overridden_by_a_number(tmp_path: Path) -> None:
    client = toy_case.client(tmp_path, "number")
    for answer, words, status in [
        ("4", "valid number", 422),
        (1e300, "less than or equal", 422),
        (3.5, "accept it instead", 409),
    ]:
        ((field, reason),) = blamed(client, {**OVERRIDE, "answer": answer}, status)
        assert (field, words in reason) == ("answer", True)
    body = '{"action": "override", "answer": NaN, "reason": "why", "reviewer": "A"}'
    assert client.post(ask(client), content=body, headers={"content-type": "application/json"}).status_code == 422
    for answer in (4, -2.25):
        review = client.post(ask(client), json={**OVERRIDE, "answer": answer}).json()["review"]
        assert review["content"]["answer"] == answer


def test_of_a_ranking_another_option_of_the_case_is_chosen(tmp_path: Path) -> None:
    client = toy_case.client(tmp_path, "ranking")
    said = "is not among the options of this case"
    assert blamed(client, {**OVERRIDE, "answer": "roof"}, 409) == [("answer", said)]
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
