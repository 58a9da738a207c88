"""Documents over HTTP: listed, read, added, replaced, deleted; hostile files and names change nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.documents.text import DocumentError
from assistant.serving import api
from assistant.settings import Limits, Settings
from assistant.stores.base import Index
from toy_assistant import BOOK, HANG, make_app, make_current, wait_for

LOCKERS = b"# Lockers\n\nLockers are in the hall. They cost nothing.\n"
ROOMS = "guides/rooms"


@pytest.fixture
def client(settings: Settings, index: Index) -> Iterator[TestClient]:
    make_current(settings, index)
    small = settings.model_copy(update={"limits": Limits(document_bytes=200_000)})
    with TestClient(make_app(small, max_body_bytes=300_000), raise_server_exceptions=False) as running:
        yield running


def upload(client: TestClient, name: str, data: bytes) -> Any:
    return client.post("/documents", files={"file": (name, data)})


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
    assert (added.status_code, added.json()["title"], added.json()["chunks"]) == (201, "Lockers", 1)
    name = added.json()["id"]
    assert best(client, "Where are the lockers?")["document"] == name
    assert upload(client, "Lockers.md", LOCKERS.replace(b"hall", b"cellar")).json()["id"] == name
    assert "cellar" in best(client, "Where are the lockers?")["text"]
    assert client.delete(f"/documents/{name}").status_code == 204
    assert client.delete(f"/documents/{name}").status_code == 404


def test_a_document_of_the_folder_is_not_the_services_to_delete(client: TestClient) -> None:
    response = client.delete(f"/documents/{ROOMS}")
    assert (response.status_code, "make ingest" in response.json()["detail"]) == (422, True)
    assert client.get(f"/documents/{ROOMS}").status_code == 200


BAD: dict[str, tuple[str, bytes, int]] = {
    "no PDF": ("paper.pdf", b"hello", 422),
    "empty": ("empty.md", b"", 422),
    "program": ("setup.exe", b"MZ", 422),
    "large": ("large.txt", b"x" * 250_000, 422),
    "larger than a body": ("huge.txt", b"x" * 400_000, 413),
    "path": ("../../etc/passwd.md", LOCKERS, 422),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_and_nothing_is_lost(case: str, client: TestClient) -> None:
    name, data, status = BAD[case]
    before = client.get("/documents").json()
    response = upload(client, name, data)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"].endswith(".")
    assert client.get("/documents").json() == before


@pytest.mark.parametrize(
    ("request_", "status"),
    [({}, 422), ({"json": {"file": "x"}}, 422), ({"data": {"file": "not a file"}}, 422),
     ({"content": b"--x", "headers": {"content-type": "multipart/form-data"}}, 400)],
    ids=["nothing", "json", "text", "no boundary"],
)  # fmt: skip
def test_an_upload_without_a_file(client: TestClient, request_: dict[str, Any], status: int) -> None:
    response = client.post("/documents", **request_)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_no_upload_replaces_one_of_another_name(client: TestClient) -> None:
    assert upload(client, "Q1 report.txt", LOCKERS).status_code == 201
    refused = upload(client, "Q1-report.md", LOCKERS)
    said = "Q1-report.md would replace the upload Q1 report.txt; rename the file, or delete that one."
    assert (refused.status_code, refused.json()["detail"]) == (422, said)
    assert client.get("/documents/uploads/Q1-report").json()["metadata"]["source"] == "Q1 report.txt"


def test_a_file_that_takes_too_long_is_said_to_do_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: object) -> None:
        raise DocumentError("takes longer than 60 s")

    monkeypatch.setattr(api, "sandboxed", late)
    refused = upload(client, "note.md", LOCKERS)
    assert (refused.status_code, refused.json()["detail"]) == (422, "The document takes longer than 60 s.")


def test_uploads_wait_in_their_own_line_and_everything_else_answers(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(limits: Limits, kind: type[Any], function: Callable[..., Any], *arguments: Any) -> Any:
        go_on.wait(HANG)
        return function(*arguments)

    monkeypatch.setattr(api, "sandboxed", slow)
    with ThreadPoolExecutor(7) as pool:
        uploads = [pool.submit(upload, client, f"n{number}.md", LOCKERS) for number in range(7)]
        wait_for(lambda: 'route="/documents",status="503"} 2.0' in client.get("/metrics").text)
        assert client.get("/health/live").status_code == 200
        assert client.post("/ask", json=BOOK).status_code == 200
        assert sum(one.done() for one in uploads) == 2, "the others wait all the while"
        go_on.set()
        assert sorted(one.result(HANG).status_code for one in uploads) == [201] * 5 + [503] * 2
