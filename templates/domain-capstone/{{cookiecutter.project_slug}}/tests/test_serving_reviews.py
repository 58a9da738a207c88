"""A person accepts or overrides an answer, once, and gives a reason; what follows is in the log and in the numbers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

import toy_case
from capstone import reviewed
from capstone.serving.schemas import VISIBLE
from toy_case import CLEAR, DOUBTFUL, VERSION

ACCEPT = {"action": "accept", "reviewer": "Ada Lovelace"}
OVERRIDE = {"action": "override", "answer": "keep", "reason": "It ticks.", "reviewer": "Ada Lovelace"}


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return toy_case.client(tmp_path)


def ask(client: TestClient, body: dict[str, Any] = DOUBTFUL) -> str:
    """The address of the review of a new case."""
    return f"/cases/{client.post('/cases', json=body).json()['case']}/review"


def blamed(client: TestClient, body: dict[str, Any], address: str | None = None) -> list[tuple[str, str]]:
    answer = client.post(address or ask(client), json=body)
    assert answer.status_code == 422, answer.text
    return [(error["field"], error["reason"]) for error in answer.json()["errors"]]


def test_an_answer_is_accepted(client: TestClient) -> None:
    address = ask(client)
    answer = client.post(address, json=ACCEPT)
    assert answer.status_code == 201
    review = answer.json()["review"]
    assert review["kind"] == "accepted"
    assert review["content"] == {"answer": "send", "reason": None, "reviewer": "Ada Lovelace", "model_version": VERSION}
    assert client.get("/cases").json() == {"waiting": 0, "cases": []}
    assert client.get("/cases?state=reviewed").json()["cases"] == [answer.json()]
    assert client.get(address.removesuffix("/review")).json() == answer.json()


def test_an_answer_is_overridden(client: TestClient) -> None:
    review = client.post(ask(client), json=OVERRIDE).json()["review"]
    assert (review["kind"], review["content"]["answer"]) == ("overridden", "keep")
    assert review["content"]["reason"] == "It ticks."


def test_a_reason_may_have_lines_and_blanks_around_are_left_out(client: TestClient) -> None:
    body = {**OVERRIDE, "reason": "It ticks.\r\n\tLoudly.\n", "reviewer": " Ada "}
    content = client.post(ask(client), json=body).json()["review"]["content"]
    assert (content["reason"], content["reviewer"]) == ("It ticks.\r\n\tLoudly.", "Ada")


def test_an_answer_that_the_policy_accepted_may_be_reviewed_too(client: TestClient) -> None:
    assert client.post(ask(client, CLEAR), json={**OVERRIDE, "answer": "ask"}).status_code == 201


def test_the_newest_review_is_listed_first(client: TestClient) -> None:
    first, second = ask(client), ask(client)
    for address in (second, first):
        client.post(address, json=ACCEPT)
    listed = client.get("/cases", params={"state": "reviewed", "limit": 1}).json()["cases"]
    assert [f"/cases/{one['case']}/review" for one in listed] == [first]


# What is changed in a valid override, the field that is blamed, words of the reason.
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"action": "reject"}, "action", "'accept' or 'override'"),
    ({"action": None}, "action", "'accept' or 'override'"),
    ({"answer": None}, "answer", "is needed to override"),
    ({"answer": "send"}, "answer", "is the model's own; accept it instead"),
    ({"answer": "burn"}, "answer", "'send', 'ask' or 'keep'"),
    ({"answer": 1}, "answer", "'send', 'ask' or 'keep'"),
    ({"reason": None}, "reason", "is needed to override"),
    ({"reason": "no"}, "reason", "at least 3 characters"),
    ({"reason": "     "}, "reason", "at least 3 characters"),
    ({"reason": "It \u202eticks"}, "reason", VISIBLE),
    ({"reason": "It\x00ticks"}, "reason", VISIBLE),
    ({"action": "accept", "answer": None, "reason": "\u2066ok\u2069"}, "reason", VISIBLE),
    ({"reason": "x" * 1001}, "reason", "at most 1000 characters"),
    ({"reviewer": None}, "reviewer", "valid string"),
    ({"reviewer": ""}, "reviewer", VISIBLE),
    ({"reviewer": " \u3000 "}, "reviewer", VISIBLE),
    ({"reviewer": "A\nB"}, "reviewer", VISIBLE),
    ({"reviewer": "A\u202eB"}, "reviewer", VISIBLE),
    ({"reviewer": "\u3164"}, "reviewer", VISIBLE),
    ({"reviewer": "x" * 81}, "reviewer", "at most 80 characters"),
    ({"comment": "x"}, "comment", "is not a known field"),
    ({"action": "accept"}, "answer", "is not the model's; override it instead"),
]


@pytest.mark.parametrize(("change", "field", "words"), BAD)
def test_a_bad_review(client: TestClient, change: dict[str, Any], field: str, words: str) -> None:
    ((found, reason),) = blamed(client, {**OVERRIDE, **change})
    assert found == field
    assert words in reason
    assert client.get("/cases").json()["waiting"] == 1


@pytest.mark.parametrize("name", ["A", "Zoë O'Neil-Ōtani", "李小龙", "Dr. A. B. (night shift)", "葛\U000e0100城"])
def test_names_of_people(client: TestClient, name: str) -> None:
    review = client.post(ask(client), json={**ACCEPT, "reviewer": name}).json()["review"]
    assert review["content"]["reviewer"] == name


def test_a_number_is_overridden_by_a_number(tmp_path: Path) -> None:
    client = toy_case.client(tmp_path, "number")
    for answer, words in [("4", "valid number"), (1e300, "less than or equal"), (3.5, "accept it instead")]:
        ((field, reason),) = blamed(client, {**OVERRIDE, "answer": answer})
        assert (field, words in reason) == ("answer", True)
    body = '{"action": "override", "answer": NaN, "reason": "why", "reviewer": "A"}'
    assert client.post(ask(client), content=body, headers={"content-type": "application/json"}).status_code == 422
    for answer in (4, -2.25):
        review = client.post(ask(client), json={**OVERRIDE, "answer": answer}).json()["review"]
        assert review["content"]["answer"] == answer


def test_of_a_ranking_another_option_of_the_case_is_chosen(tmp_path: Path) -> None:
    client = toy_case.client(tmp_path, "ranking")
    assert blamed(client, {**OVERRIDE, "answer": "roof"}) == [("answer", "is not among the options of this case")]
    assert client.post(ask(client), json={**OVERRIDE, "answer": "locker"}).status_code == 201


def test_an_unknown_case_is_not_reviewed(client: TestClient) -> None:
    answer = client.post("/cases/0123456789abcdef/review", json=ACCEPT)
    assert (answer.status_code, answer.json()["detail"]) == (404, "No case has this id.")


def test_a_case_is_reviewed_once(client: TestClient) -> None:
    address = ask(client)
    client.post(address, json=ACCEPT)
    for body in (ACCEPT, OVERRIDE):
        answer = client.post(address, json=body)
        assert (answer.status_code, answer.json()["detail"]) == (409, "A person has already decided this case.")
    assert len(client.get("/audit").json()["events"]) == 2


def test_of_several_reviewers_at_once_one_decides(client: TestClient, tmp_path: Path) -> None:
    for _ in range(5):
        address, barrier = ask(client), Barrier(4)

        def review(body: dict[str, Any], address: str = address, barrier: Barrier = barrier) -> int:
            barrier.wait()
            return int(client.post(address, json=body).status_code)

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(review, [ACCEPT, OVERRIDE] * 2)) == [201, 409, 409, 409]
    assert toy_case.log(tmp_path).verify() is None


def test_overrides_reach_monitoring_metrics_and_the_next_training(client: TestClient, tmp_path: Path) -> None:
    for body in (ACCEPT, OVERRIDE, OVERRIDE):
        client.post(ask(client), json=body)
    client.post("/cases", json=CLEAR)
    ask(client)
    (week,) = client.get("/monitoring").json()["weeks"]
    assert [week[name] for name in ("answered", "referred", "reviewed", "overridden")] == [5, 4, 3, 2]
    metrics = client.get("/metrics").text
    for line in (
        'cases_answered_total{decision="accepted"} 1.0',
        'cases_answered_total{decision="referred"} 4.0',
        'cases_reviewed_total{action="accept"} 1.0',
        'cases_reviewed_total{action="override"} 2.0',
        "cases_waiting 1.0",
        'model_info{version="' + VERSION + '"} 1.0',
    ):
        assert line in metrics
    assert reviewed.write(toy_case.log(tmp_path), toy_case.settings(), tmp_path) == 3
    cases = reviewed.read(toy_case.settings(), tmp_path)
    assert cases is not None
    assert cases.outcomes.tolist() == ["send", "keep", "keep"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return toy_case.client(tmp_path_factory.mktemp("service"))


@settings(max_examples=60)
@given(data=st.data())
def test_any_review_is_taken_or_refused(shared: TestClient, data: st.DataObject) -> None:
    text = st.text(st.characters(codec="utf-8"), max_size=90)
    wild = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | text | st.lists(text)
    body = {**OVERRIDE, **data.draw(st.dictionaries(st.sampled_from(sorted(OVERRIDE)), wild, min_size=1))}
    assert shared.post(ask(shared), json=body).status_code in (201, 422)
