"""Cases are answered and logged, and what does not fit is refused with a reason for each field."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import toy_case
from capstone.serving.app import Config
from capstone.serving.config import read_config
from toy_case import CLEAR, DOUBTFUL, VERSION

JSON = {"content-type": "application/json"}
Change = Callable[[dict[str, Any]], Any]


def test_a_clear_case_is_accepted(client: TestClient) -> None:
    answer = client.post("/cases", json=CLEAR)
    assert answer.status_code == 201
    assert answer.json() == {
        "case": answer.json()["case"],
        "answer": "send",
        "options": [{"name": "send", "chance": 0.95}, {"name": "ask", "chance": 0.05}, {"name": "keep", "chance": 0}],
        "interval": None,
        "uncertainty": 0.05,
        "limit": 0.2,
        "accepted": True,
        "why": [],
        "reasons": [{"input": "weight", "value": 2.5, "effect": 0.25}],
        "warnings": {},
        "model_version": VERSION,
    }
    assert client.get("/cases").json() == {"reviewer": "Ada Lovelace", "waiting": 0, "cases": []}


def test_a_doubtful_case_waits_for_a_person(client: TestClient) -> None:
    first, second = (client.post("/cases", json=DOUBTFUL).json() for _ in range(2))
    assert (first["accepted"], first["why"]) == (False, ["the uncertainty, 0.4, is above the limit of 0.2"])
    listed = client.get("/cases", params={"state": "waiting", "limit": 1}).json()
    assert listed["waiting"] == 2
    (case,) = listed["cases"]
    assert case == client.get(f"/cases/{first['case']}").json()  # the one that has waited longest
    assert (case["inputs"], case["review"]) == (DOUBTFUL, None)
    assert {"case": case["case"], **case["decision"]} == first
    assert [one["case"] for one in client.get("/cases").json()["cases"]] == [first["case"], second["case"]]


def test_the_operator_can_have_a_person_decide_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPSTONE_REFER_ALL", "true")
    client = toy_case.client(tmp_path, refer_all=read_config(Config).refer_all)
    switched = "the operator has switched to: a person decides every case"
    clear, doubtful = (client.post("/cases", json=body).json() for body in (CLEAR, DOUBTFUL))
    assert (clear["accepted"], clear["why"], clear["answer"]) == (False, [switched], "send")
    assert doubtful["why"] == [switched, "the uncertainty, 0.4, is above the limit of 0.2"]
    assert client.get("/cases").json()["waiting"] == 2
    logged = toy_case.log(tmp_path).events()[0].content["decision"]
    assert (logged["accepted"], logged["why"]) == (False, [switched])


def test_every_answer_is_in_the_log(client: TestClient, tmp_path: Path) -> None:
    answers = [client.post("/cases", json=body).json() for body in (CLEAR, DOUBTFUL)]
    client.post("/cases", json={})
    events = client.get("/audit").json()["events"]
    assert [one["case_id"] for one in events] == [answer["case"] for answer in answers]
    assert [one["content"]["inputs"] for one in events] == [CLEAR, DOUBTFUL]
    assert [one["content"]["decision"]["accepted"] for one in events] == [True, False]
    assert client.get("/audit", params={"after": 1}).json()["events"] == events[1:]
    assert toy_case.log(tmp_path).verify() is None


def test_absent_and_null_mean_the_same(client: TestClient) -> None:
    client.post("/cases", json=DOUBTFUL)
    client.post("/cases", json={name: value for name, value in DOUBTFUL.items() if value is not None})
    one, two = client.get("/cases").json()["cases"]
    assert one["inputs"] == two["inputs"]


def test_an_unseen_category_is_answered_and_named(client: TestClient) -> None:
    answer = client.post("/cases", json={**CLEAR, "city": "Atlantis"})
    assert (answer.status_code, list(answer.json()["warnings"])) == (201, ["city"])


def test_a_number_is_answered_with_its_interval(tmp_path: Path) -> None:
    answer = toy_case.client(tmp_path, "number").post("/cases", json=CLEAR).json()
    assert (answer["answer"], answer["options"], answer["interval"]) == (3.5, [], [2.0, 6.5])


def test_no_answer_goes_out_that_is_not_in_the_log(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = client.post("/cases", json=DOUBTFUL).json()["case"]
    (tmp_path / "audit.db").rename(tmp_path / "moved.db")
    review = {"action": "accept"}
    for answer in (
        client.post("/cases", json=CLEAR),
        client.post(f"/cases/{case}/review", json=review),
        client.get("/cases"),
        client.get(f"/cases/{case}"),
        client.get("/audit"),
        client.get("/monitoring"),
    ):
        assert answer.status_code == 503
        assert answer.json()["detail"] == "The audit log cannot be used: unable to open database file."
    assert client.get("/health").status_code == 503
    assert client.get("/metrics").status_code == 200
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"audit.db{suffix}").unlink(missing_ok=True)
    (tmp_path / "moved.db").rename(tmp_path / "audit.db")
    assert client.get("/cases").json()["waiting"] == 1
