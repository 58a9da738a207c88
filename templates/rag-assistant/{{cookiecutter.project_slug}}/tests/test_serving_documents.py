"""Documents over HTTP: listed, read, added, replaced, forgotten; hostile files and names change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.settings import Limits, Settings
from assistant.stores.base import Store
from sample_service import Scripted, make_app
from test_readers_docx import make_docx
from test_readers_pdf import make_pdf

LOCKERS = b"# Lockers\n\nLockers are in the hall. They cost nothing.\n"
ROOMS = "guides/rooms"


@pytest.fixture
def client(settings: Settings, store: Store, tmp_path: Path) -> Iterator[TestClient]:
    limits = Limits(document_bytes=200_000, document_characters=100_000)
    small = settings.model_copy(update={"limits": limits})
    app = make_app(small, store, Scripted(), tmp_path, max_body_bytes=300_000)
    with TestClient(app, raise_server_exceptions=False) as running:
        yield running


def upload(client: TestClient, name: str, data: bytes) -> Any:
    return client.post("/documents", files={"file": (name, data)})


def ids(client: TestClient) -> list[str]:
    return [one["id"] for one in client.get("/documents").json()["documents"]]


def test_the_list_says_what_there_is_and_what_to_filter_by(client: TestClient) -> None:
    listed = client.get("/documents").json()
    assert [one["id"] for one in listed["documents"]] == ["guides/loans", ROOMS, "reference/fees"]
    assert listed["facets"]["kind"] == {"guide": 2, "reference": 1}
    assert all(one["chunks"] > 0 and len(one["sha256"]) == 64 for one in listed["documents"])


def test_one_document_comes_with_its_text(client: TestClient, store: Store) -> None:
    found = client.get(f"/documents/{ROOMS}").json()
    document = store.document(ROOMS)
    assert document is not None
    assert (found["text"], found["title"]) == (document.text, "Rooms")


@pytest.mark.parametrize("name", ["nothing", "guides", "..%2f..%2fetc%2fpasswd", "%00"])
def test_a_document_that_is_not_there(client: TestClient, name: str) -> None:
    assert client.get(f"/documents/{name}").status_code == 404
    assert client.get(f"/source/{name}").status_code == 404


def test_an_upload_is_found_replaced_and_forgotten(client: TestClient) -> None:
    added = upload(client, "Lockers.md", LOCKERS)
    assert (added.status_code, added.json()["status"], added.json()["title"]) == (201, "added", "Lockers")
    name = added.json()["id"]
    found = client.post("/search", json={"question": "Where are the lockers?"}).json()["passages"]
    assert found[0]["document"] == name
    assert upload(client, "Lockers.md", LOCKERS).json()["status"] == "unchanged"
    replaced = upload(client, "Lockers.md", LOCKERS.replace(b"hall", b"cellar"))
    assert (replaced.status_code, replaced.json()["status"]) == (200, "replaced")
    found = client.post("/search", json={"question": "Where are the lockers?"}).json()["passages"]
    assert "cellar" in found[0]["text"]
    assert client.delete(f"/documents/{name}").status_code == 204
    assert client.delete(f"/documents/{name}").status_code == 404
    assert name not in ids(client)


def test_a_document_of_the_folder_is_not_the_services_to_delete(client: TestClient) -> None:
    response = client.delete(f"/documents/{ROOMS}")
    assert response.status_code == 409
    assert "make ingest" in response.json()["detail"]
    assert ROOMS in ids(client)


BAD: dict[str, tuple[str, bytes, int, str]] = {
    "no PDF": ("paper.pdf", b"hello", 422, "not a PDF"),
    "encrypted PDF": ("paper.pdf", make_pdf(["Secret."], "password"), 422, "encrypted"),
    "zip bomb": ("letter.docx", make_docx(" " * 50_000_000), 422, "unpacks to more than"),
    "empty": ("empty.md", b"", 422, "no text"),
    "program": ("setup.exe", b"MZ", 415, "are not documents"),
    "no suffix": ("notes", b"text", 415, "without a suffix"),
    "large": ("large.txt", b"x" * 250_000, 413, "200,000 bytes"),
    "long": ("long.txt", b"word " * 39_000, 422, "characters"),
    "path": ("../../etc/passwd.md", LOCKERS, 422, "leaves the folder"),
    "absolute path": ("/etc/passwd.md", LOCKERS, 422, "another folder"),
    "folder": ("guides/rooms.md", LOCKERS, 422, "path"),
    "hidden": (".env.md", LOCKERS, 422, "hidden"),
    "turned around": ("notes\u202efdp.md", LOCKERS, 422, "invisible"),
    "endless name": ("x" * 300 + ".md", LOCKERS, 422, "200 characters"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_and_nothing_is_lost(case: str, client: TestClient) -> None:
    name, data, status, words = BAD[case]
    before = client.get("/documents").json()
    response = upload(client, name, data)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]
    assert "Traceback" not in response.text
    assert client.get("/documents").json() == before
    assert upload(client, "fine.md", LOCKERS).status_code == 201


def test_a_bad_version_does_not_replace_a_good_one(client: TestClient) -> None:
    upload(client, "paper.pdf", make_pdf(["The first edition."]))
    before = client.get("/documents/uploads/paper").json()
    assert upload(client, "paper.pdf", b"%PDF-1.7 broken").status_code == 422
    assert client.get("/documents/uploads/paper").json() == before


def test_a_body_over_the_limit_is_not_even_read(client: TestClient) -> None:
    assert upload(client, "huge.txt", b"x" * 400_000).status_code == 413


@pytest.mark.parametrize(
    ("request_", "status"),
    [({}, 422), ({"json": {"file": "x"}}, 415), ({"data": {"file": "not a file"}}, 415),
     ({"files": {"other": ("a.md", LOCKERS)}}, 422),
     ({"content": b"--x", "headers": {"content-type": "multipart/form-data"}}, 400),
     ({"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=x"}}, 422)],
    ids=["nothing", "json", "text", "other field", "no boundary", "broken"],
)  # fmt: skip
def test_an_upload_without_a_file(client: TestClient, request_: dict[str, Any], status: int) -> None:
    response = client.post("/documents", **request_)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert "JSON" not in response.text
    assert (response.headers.get("accept") == "multipart/form-data") == (status == 415)
