"""If this fails, somebody without the token changes documents, or the page runs what a stranger wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.answering.quotation import Quotation
from assistant.errors import AssistantError
from assistant.serving import app
from assistant.serving.app import Config
from assistant.serving.config import ConfigError, read_config
from assistant.settings import Answering, Settings
from assistant.stores.base import Index
from toy_assistant import BOOK, make_app, make_current
from toy_benchmark import LINES, write_benchmark

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


def test_the_api_document_tells_what_needs_the_token(settings: Settings) -> None:
    def protected(**config: Any) -> set[str]:
        paths = make_app(settings, **config).openapi()["paths"]
        operations = [(f"{method} {path}", one) for path, every in paths.items() for method, one in every.items()]
        assert all(("security" in one) == ("401" in one["responses"]) for _, one in operations)
        return {name for name, one in operations if "security" in one}

    writes = {"post /documents", "get /uploads/{upload}", "delete /documents/{document}", "post /feedback"}
    reads = {"post /ask", "post /ask/stream", "get /documents", "get /documents/{document}"}
    assert protected() == set()
    assert protected(token=TOKEN) == writes
    assert protected(token=TOKEN, token_to_ask=True) == writes | reads


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


def test_a_service_open_to_all_says_so_in_the_log(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "run", lambda *_: None)
    monkeypatch.setattr(app, "configure_logs", lambda _: None)
    for host, token, warns in [("0.0.0.0", "", True), ("127.0.0.1", "", False), ("0.0.0.0", TOKEN, False)]:
        monkeypatch.setenv("ASSISTANT_HOST", host)
        monkeypatch.setenv("ASSISTANT_TOKEN", token)
        app.serve(settings)
        assert ("set ASSISTANT_TOKEN" in capsys.readouterr().out) == warns


def test_the_page_is_at_home_under_the_security_policy(client: TestClient) -> None:
    page = client.get("/")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    code = r'<a href="https://github.com/[^"]*">'  # the link to this repository
    assert not re.search(r"<script>|<style|style=|\son\w+=|https?://", re.sub(code, "", page.text))
    script = client.get("/static/page.js").text
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)


def test_examples_are_questions_whose_right_answer_is_marked(settings: Settings, corpus_folder: Path) -> None:
    changed = write_benchmark(corpus_folder.parent, settings)
    right = {line["question"]: line["answers"] for line in LINES if line["split"] == "dev" and line["evidence"]}
    client = TestClient(make_app(changed, Quotation(changed.answering)))
    examples = client.get("/documents").json()["examples"]
    assert 0 < len(examples) <= 4
    for question in examples:
        [cited] = client.post("/ask", json={"question": question}).json()["citations"]
        start, end = (cited["mark"][edge] - cited["span"]["start"] for edge in ("start", "end"))
        assert right[question][0] in cited["quote"][start:end]
    about = client.get("/about").json()
    assert about["unfitted"].startswith("This assistant may refuse too often or too rarely")
    strict = changed.model_copy(update={"answering": Answering(abstain_below=1)})
    refused = TestClient(make_app(strict)).get("/documents").json()
    assert refused["examples"] == [settings.corpus.example]
    assert refused["missed"][0] in right
    Path(changed.evaluation.benchmark).write_text("{broken")
    assert TestClient(make_app(changed)).get("/documents").json()["examples"] == [settings.corpus.example]
