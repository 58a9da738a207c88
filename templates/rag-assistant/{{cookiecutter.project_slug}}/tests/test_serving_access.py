"""The token: what it opens, what stays open, and that another site's page cannot borrow a visitor's rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from assistant.serving import access
from assistant.serving.app import Config
from assistant.serving.config import ConfigError, read_config
from assistant.settings import Settings
from assistant.stores.base import Store
from sample_service import Scripted, make_app

TOKEN = "a-long-enough-token"
BEARER = {"authorization": f"Bearer {TOKEN}"}
FILE: dict[str, Any] = {"files": {"file": ("note.md", b"# Note\n\nSome text.\n")}}
BOOK = {"question": "How long is a book lent?"}
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "upload": ("POST", "/documents", FILE),
    "delete": ("DELETE", "/documents/uploads/note", {}),
    "opinion": ("POST", "/feedback", {"json": {"answer": "0" * 24, "helpful": True}}),
    "upload by the page": ("POST", "/upload", FILE),
    "opinion by the page": ("POST", "/thumbs", {"data": {"answer": "0" * 24, "helpful": "yes"}}),
}


@pytest.fixture
def client(settings: Settings, store: Store, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(make_app(settings, store, Scripted(), tmp_path, token=TOKEN)) as running:
        yield running


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"])
def test_without_the_token_nothing_is_written(client: TestClient, write: str, header: str | None) -> None:
    method, path, request = WRITES[write]
    headers = {b"authorization": header.encode()} if header else {}
    response = client.request(method, path, headers=headers, **request)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in response.text


@pytest.mark.parametrize("write", WRITES)
def test_with_the_token_the_route_does_its_work(client: TestClient, write: str) -> None:
    method, path, request = WRITES[write]
    assert client.request(method, path, headers=BEARER, **request).status_code not in (401, 403)


@pytest.mark.parametrize("path", ["/", "/health", "/health/live", "/metrics", "/documents", "/static/ask.css"])
def test_reading_stays_open(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_asking_stays_open_unless_it_is_closed_too(settings: Settings, store: Store, tmp_path: Path) -> None:
    opened = TestClient(make_app(settings, store, Scripted(), tmp_path, token=TOKEN))
    assert opened.post("/ask", json=BOOK).status_code == 200
    closed = TestClient(make_app(settings, store, Scripted(), tmp_path, token=TOKEN, token_to_ask=True))
    for path in ("/ask", "/search"):
        assert closed.post(path, json=BOOK).status_code == 401
        assert closed.post(path, json=BOOK, headers=BEARER).status_code == 200
    for path in ("/documents", "/documents/guides/loans", "/source/guides/loans", "/answer?q=book"):
        assert closed.get(path).status_code == 401
        assert closed.get(path, headers=BEARER).status_code == 200
    assert "guides/loans" not in closed.get("/").text
    assert "guides/loans" in closed.get("/", headers=BEARER).text
    assert "[1]" not in closed.get("/", params={"q": "How long is a book lent?"}).text


def test_the_page_signs_in_with_a_cookie_that_is_not_the_token(client: TestClient) -> None:
    page = client.get("/").text
    assert 'action="/sign-in"' in page
    assert 'action="/upload"' not in page
    assert client.post("/sign-in", data={"token": "wrong"}).status_code == 401
    response = client.post("/sign-in", data={"token": TOKEN}, follow_redirects=False)
    assert response.status_code == 303
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert 'action="/upload"' in client.get("/").text
    assert client.post("/documents", **FILE).status_code == 201


def test_another_sites_page_cannot_write(settings: Settings, store: Store, tmp_path: Path) -> None:
    client = TestClient(make_app(settings, store, Scripted(), tmp_path))
    for site in ("cross-site", "same-site"):
        for method, path, request in WRITES.values():
            assert client.request(method, path, headers={"sec-fetch-site": site}, **request).status_code == 403
    assert client.post("/documents", headers={"sec-fetch-site": "same-origin"}, **FILE).status_code == 201


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The brake's clock: what stands in the list."""
    now = [1000.0]
    monkeypatch.setattr(access, "monotonic", lambda: now[0])
    return now


Guess = Callable[[TestClient], Response]
GUESSES: dict[str, Guess] = {
    "bearer": lambda client: client.post("/documents", headers={"authorization": "Bearer wrong"}, **FILE),
    "sign-in": lambda client: client.post("/sign-in", data={"token": "wrong"}),
    "cookie": lambda client: client.post("/documents", headers={"cookie": f"{access.COOKIE}=wrong"}, **FILE),
}


@pytest.mark.parametrize("way", GUESSES)
def test_whoever_guesses_must_wait_even_with_the_right_token(client: TestClient, clock: list[float], way: str) -> None:
    guess = GUESSES[way]
    for _ in range(access.WRONG_TOKENS - 1):
        assert guess(client).status_code == 401
    assert guess(client).status_code == 429
    clock[0] += 20.5
    refused = guess(client)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "40")
    assert client.post("/documents", headers=BEARER, **FILE).status_code == 429
    assert client.get("/documents").status_code == 200
    clock[0] += 40
    client.cookies.clear()
    assert client.post("/documents", headers=BEARER, **FILE).status_code == 201
    assert guess(client).status_code == 401


def test_a_request_without_a_token_is_no_guess(client: TestClient, clock: list[float]) -> None:
    for _ in range(2 * access.WRONG_TOKENS):
        assert client.post("/documents", **FILE).status_code == 401
    assert client.post("/documents", headers=BEARER, **FILE).status_code == 201


def test_the_brake_remembers_so_many_clients_and_keeps_them_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "MOST_CLIENTS", 3)
    brake = access.Brake()
    for client in "abcde":
        for _ in range(access.WRONG_TOKENS):
            brake.count(client)
    assert [client for client in "abcdef" if brake.wait(client)] == ["c", "d", "e"]


def test_a_service_open_to_all_says_so_in_the_log(
    settings: Settings, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for given, warns in [({"host": "0.0.0.0"}, True), ({}, False), ({"host": "0.0.0.0", "token": TOKEN}, False)]:
        with TestClient(make_app(settings, store, Scripted(), tmp_path, **given)):
            pass
        assert ("no token" in capsys.readouterr().out) == warns


def test_the_api_document_tells_what_needs_the_token(settings: Settings, store: Store, tmp_path: Path) -> None:
    def protected(**config: Any) -> set[str]:
        document = make_app(settings, store, Scripted(), tmp_path, **config).openapi()
        operations = [(path, one) for path, methods in document["paths"].items() for one in methods.values()]
        assert all(("security" in one) == ({"401", "429"} <= set(one["responses"])) for _, one in operations)
        return {path for path, one in operations if "security" in one}

    assert protected() == set()
    writes = {"/documents", "/documents/{document}", "/feedback"}
    assert protected(token=TOKEN) == writes
    assert protected(token=TOKEN, token_to_ask=True) == writes | {"/ask", "/search"}


def test_a_short_token_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_TOKEN", "short")
    with pytest.raises(ConfigError, match=r"ASSISTANT_TOKEN.*at least 16 characters") as refusal:
        read_config(Config)
    assert "short" not in str(refusal.value)
    monkeypatch.setenv("ASSISTANT_TOKEN", "")
    assert read_config(Config).token.get_secret_value() == ""


def test_a_service_that_should_be_closed_does_not_start_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_TOKEN_TO_ASK", "true")
    monkeypatch.setenv("ASSISTANT_TOKEN", "")
    with pytest.raises(ConfigError, match=r"ASSISTANT_TOKEN_TO_ASK.*ASSISTANT_TOKEN is not set"):
        read_config(Config)
    monkeypatch.setenv("ASSISTANT_TOKEN", TOKEN)
    assert read_config(Config).token_to_ask
