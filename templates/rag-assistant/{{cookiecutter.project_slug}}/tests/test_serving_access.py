"""If this fails, somebody without the token can change documents, or ask where asking is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.errors import AssistantError
from assistant.serving import app
from assistant.serving.app import Config
from assistant.serving.config import ConfigError, read_config
from assistant.settings import Settings
from assistant.stores.base import Index
from toy_assistant import BOOK, make_app, make_current

TOKEN = "a-long-enough-token"
BEARER = {"authorization": f"Bearer {TOKEN}"}
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "upload": ("POST", "/documents", {"files": {"file": ("note.exe", b"MZ")}}),
    "progress": ("GET", "/uploads/some-upload", {}),
    "delete": ("DELETE", "/documents/uploads/note", {}),
    "rating": ("POST", "/feedback", {"json": {"answer": "some-request", "helpful": True}}),
}


@pytest.fixture(autouse=True)
def _current(settings: Settings, index: Index) -> None:
    make_current(settings, index)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(make_app(settings, token=TOKEN)) as running:
        yield running


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("header", [None, "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"])
def test_without_the_token_nothing_is_written(client: TestClient, write: str, header: str | None) -> None:
    method, path, request = WRITES[write]
    headers = {b"authorization": header.encode()} if header else {}
    response = client.request(method, path, headers=headers, **request)
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert TOKEN not in response.text
    assert client.request(method, path, headers=BEARER, **request).status_code in (202, 204, 404)


def test_asking_stays_open_unless_it_is_closed_too(client: TestClient, settings: Settings) -> None:
    for path in ("/", "/about", "/health", "/metrics", "/documents", "/static/page.js"):
        assert client.get(path).status_code == 200
    assert client.post("/ask", json=BOOK).status_code == 200
    closed = TestClient(make_app(settings, token=TOKEN, token_to_ask=True))
    for path, body in (("/ask", BOOK), ("/ask/stream", BOOK), ("/documents", None), ("/documents/guides/loans", None)):
        method = "POST" if body else "GET"
        assert closed.request(method, path, json=body).status_code == 401
        assert closed.request(method, path, json=body, headers=BEARER).status_code == 200
    about = closed.get("/about").json()
    assert (about["token_to_ask"], about["token_to_change"]) == (True, True)


def test_what_does_not_fit_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("ASSISTANT_TOKEN", "short")
    with pytest.raises(ConfigError, match=r"ASSISTANT_TOKEN: .*at least 16") as refusal:
        read_config(Config)
    assert "short" not in str(refusal.value)
    monkeypatch.setenv("ASSISTANT_TOKEN", "")
    monkeypatch.setenv("ASSISTANT_LLM_URL", "http://host:port")
    with pytest.raises(AssistantError, match="ASSISTANT_LLM_URL is not an address"):
        app.create_app(settings=settings)
    monkeypatch.setenv("ASSISTANT_TOKEN_TO_ASK", "true")
    with pytest.raises(ConfigError, match="ASSISTANT_TOKEN is not set"):
        app.create_app(settings=settings)
