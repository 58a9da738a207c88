"""A person accepts or overrides an answer, once, and gives a reason; what follows is in the log and in the numbers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

from fastapi.testclient import TestClient

import toy_case
from capstone import reviewed
from toy_case import CLEAR, VERSION, ask

ACCEPT = {"action": "accept"}
OVERRIDE = {"action": "override", "answer": "keep", "reason": "It ticks."}


def test_an_answer_is_accepted(client: TestClient) -> None:
    address = ask(client)
    answer = client.post(address, json=ACCEPT)
    assert answer.status_code == 201
    review = answer.json()["review"]
    assert review["kind"] == "accepted"
    assert review["content"] == {"answer": "send", "reason": None, "reviewer": "Ada Lovelace", "model_version": VERSION}
    assert client.get("/cases").json()["cases"] == []
    assert client.get("/cases?state=reviewed").json()["cases"] == [answer.json()]
    assert client.get(address.removesuffix("/review")).json() == answer.json()


def test_an_answer_is_overridden(client: TestClient) -> None:
    review = client.post(ask(client), json=OVERRIDE).json()["review"]
    assert (review["kind"], review["content"]["answer"]) == ("overridden", "keep")
    assert review["content"]["reason"] == "It ticks."


def test_a_reason_may_have_lines_and_blanks_around_are_left_out(client: TestClient) -> None:
    body = {**OVERRIDE, "reason": "It ticks.\r\n\tLoudly.\n"}
    review = client.post(ask(client), json=body).json()["review"]
    assert review["content"]["reason"] == "It ticks.\r\n\tLoudly."


def test_an_answer_that_the_policy_accepted_may_be_reviewed_too(client: TestClient) -> None:
    assert client.post(ask(client, CLEAR), json={**OVERRIDE, "answer": "ask"}).status_code == 201


def test_the_newest_review_is_listed_first(client: TestClient) -> None:
    first, second = ask(client), ask(client)
    for address in (second, first):
        client.post(address, json=ACCEPT)
    listed = client.get("/cases", params={"state": "reviewed", "limit": 1}).json()["cases"]
    assert [f"/cases/{one['case']}/review" for one in listed] == [first]


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


def test_overrides_reach_monitoring_and_the_next_training(client: TestClient, tmp_path: Path) -> None:
    for body in (ACCEPT, OVERRIDE, OVERRIDE):
        client.post(ask(client), json=body)
    client.post("/cases", json=CLEAR)
    ask(client)
    (week,) = client.get("/monitoring").json()["weeks"]
    assert [week[name] for name in ("answered", "referred", "reviewed", "overridden")] == [5, 4, 3, 2]
    assert reviewed.write(toy_case.log(tmp_path), toy_case.settings(), tmp_path) == 3
    cases = reviewed.read(toy_case.settings(), tmp_path)
    assert cases is not None
    assert cases.outcomes.tolist() == ["send", "keep", "keep"]
