"""Documents over HTTP: listed, read, added, replaced, deleted; hostile files and names change nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.ingestion.ingest import Upload
from assistant.serving import uploads
from assistant.settings import Limits, Settings
from assistant.stores.base import Index
from toy_assistant import BOOK, HANG, ended, make_app, make_current, upload, wait_for

LOCKERS = b"# Lockers\n\nLockers are in the hall. They cost nothing.\n"
ROOMS = "guides/rooms"


@pytest.fixture
def client(settings: Settings, index: Index) -> Iterator[TestClient]:
    make_current(settings, index)
    small = settings.model_copy(update={"limits": Limits(document_bytes=200_000)})
    with TestClient(make_app(small, max_body_bytes=300_000), raise_server_exceptions=False) as running:
        yield running


def best(client: TestClient, question: str) -> Any:
    return client.post("/ask", json={"question": question}).json()["hits"][0]["chunk"]


def test_the_list_says_what_there_is_and_each_document_has_its_text(client: TestClient, index: Index) -> None:
    listed = client.get("/documents").json()
    assert [one["id"] for one in listed["documents"]] == ["guides/loans", ROOMS, "reference/fees"]
    assert listed["facets"]["kind"] == {"guide": 2, "reference": 1}
    document = index.store.document(ROOMS)
    assert document is not None
    assert client.get(f"/documents/{ROOMS}").json()["text"] == document.text


@pytest.mark.parametrize("name", ["nothing", "guides", "..%2f..%2fetc%2fpasswd", "%00"])
def test_a_document_that_is_not_there(client: TestClient, name: str) -> None:
    assert client.get(f"/documents/{name}").status_code == 404
    assert client.delete(f"/documents/{name}").status_code == 404


def test_an_upload_is_found_replaced_and_deleted(client: TestClient) -> None:
    added = upload(client, "Lockers.md", LOCKERS)
    name = added["document"]["id"]
    assert (added["document"]["title"], added["passages"], added["embedded"], added["error"]) == ("Lockers", 1, 1, None)
    assert best(client, "Where are the lockers?")["document"] == name
    assert upload(client, "Lockers.md", LOCKERS.replace(b"hall", b"cellar"))["document"]["id"] == name
    assert "cellar" in best(client, "Where are the lockers?")["text"]
    assert client.delete(f"/documents/{name}").status_code == 204
    assert client.delete(f"/documents/{name}").status_code == 404


def test_a_document_of_the_folder_is_not_the_services_to_delete(client: TestClient) -> None:
    response = client.delete(f"/documents/{ROOMS}")
    assert (response.status_code, "make ingest" in response.json()["detail"]) == (422, True)
    assert client.get(f"/documents/{ROOMS}").status_code == 200


BAD: dict[str, tuple[str, bytes]] = {
    "no PDF": ("paper.pdf", b"hello"),
    "empty": ("empty.md", b""),
    "program": ("setup.exe", b"MZ"),
    "large": ("large.txt", b"x" * 250_000),
    "path": ("../../etc/passwd.md", LOCKERS),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_in_words_and_nothing_is_lost(case: str, client: TestClient) -> None:
    before = client.get("/documents").json()
    refused = upload(client, *BAD[case])
    assert refused["document"] is None
    assert refused["error"].endswith(".")
    assert client.get("/documents").json() == before


def test_a_body_that_is_too_large_is_not_taken(client: TestClient) -> None:
    assert client.post("/documents", files={"file": ("huge.txt", b"x" * 400_000)}).status_code == 413


def test_no_progress_is_told_of_an_upload_that_nobody_made(client: TestClient) -> None:
    assert client.get("/uploads/nobody").status_code == 404


@pytest.mark.parametrize(
    ("request_", "status"),
    [({}, 422), ({"json": {"file": "x"}}, 422), ({"data": {"file": "not a file"}}, 422),
     ({"content": b"--x", "headers": {"content-type": "multipart/form-data"}}, 400)],
    ids=["nothing", "json", "text", "no boundary"],
)  # fmt: skip
def test_an_upload_without_a_file(client: TestClient, request_: dict[str, Any], status: int) -> None:
    response = client.post("/documents", **request_)
    assert response.status_code == status
    assert response.json()["detail"]


def test_no_upload_replaces_one_of_another_name(client: TestClient) -> None:
    assert upload(client, "Q1 report.txt", LOCKERS)["error"] is None
    said = "Q1-report.md would replace the upload Q1 report.txt; rename the file, or delete that one."
    assert upload(client, "Q1-report.md", LOCKERS)["error"] == said
    assert client.get("/documents/uploads/Q1-report").json()["metadata"]["source"] == "Q1 report.txt"


def test_of_a_failure_of_ours_a_client_is_told_only_that_the_log_has_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "steps", lambda *_: iter([1 / 0]))
    assert upload(client, "note.md", LOCKERS)["error"] == "The service failed; its log has the reason."


def test_what_was_uploaded_long_ago_is_forgotten(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "KEPT", 1)
    first = client.post("/documents", files={"file": ("note.md", LOCKERS)}).json()["progress"]
    ended(client, first)
    upload(client, "other.md", LOCKERS)
    assert client.get(first).status_code == 404


def test_uploads_are_indexed_one_by_one_and_everything_else_answers(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(limits: Limits, kind: type[Any], function: Callable[..., Any], *arguments: Any) -> Iterator[Any]:
        yield Upload(50, 100)
        go_on.wait(HANG)
        yield from function(*arguments)

    monkeypatch.setattr(uploads, "steps", slow)

    def send(number: int) -> Any:
        return client.post("/documents", files={"file": (f"n{number}.md", LOCKERS)})

    first = send(0)
    wait_for(lambda: client.get(first.json()["progress"]).json()["passages"])
    assert client.get(first.json()["progress"]).json() == {
        "embedded": 50, "passages": 100, "document": None, "error": None
    }  # fmt: skip
    waiting = [send(number).json()["progress"] for number in range(1, 5)]
    assert {client.get(place).json()["passages"] for place in waiting} == {0}
    with ThreadPoolExecutor(6) as pool:
        others = [pool.submit(send, number) for number in range(5, 11)]
        wait_for(lambda: 'handler="/documents",status="503"} 1.0' in client.get("/metrics").text)
        assert client.post("/ask", json=BOOK).status_code == 200
        assert sum(one.done() for one in others) == 1, "the others wait all the while"
        go_on.set()
        taken = [one.result(HANG) for one in others]
    assert sorted(one.status_code for one in taken) == [202] * 5 + [503]
    places = [*waiting, *(one.json()["progress"] for one in taken if one.status_code == 202)]
    assert all(ended(client, place)["document"] for place in places)
