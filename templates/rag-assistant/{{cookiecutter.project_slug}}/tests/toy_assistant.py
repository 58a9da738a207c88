"""The service over the toy corpus, with an answerer that does what a test tells it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.answering.base import REFUSAL, Answer, Answerer, Citation, Usage
from assistant.hits import Hit
from assistant.ingestion.ingest import fingerprint
from assistant.serving.app import Config, create_app
from assistant.settings import Settings
from assistant.stores.base import Index
from toy import open_toy

FAR = "weather"  # a question with this word is not answered
HANG = 60.0  # seconds after which something is said to hang
BOOK = {"question": "How long is a book lent?"}


class Scripted:
    """Quotes the best passage's first sentence; `before` and `middle` run before the first piece and after each."""

    def __init__(self) -> None:
        self.before: Callable[[], object] = lambda: None
        self.middle: Callable[[], object] = lambda: None
        self.closed = 0

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Answer]:
        try:
            self.before()
            yield from self._answer(question, tuple(hits))
        finally:
            self.closed += 1

    def _answer(self, question: str, hits: tuple[Hit, ...]) -> Iterator[str | Answer]:
        if FAR in question:
            yield REFUSAL
            yield Answer(question, REFUSAL, (), True, 0.1, hits, "scripted")
            return
        chunk = hits[0].chunk
        quote = chunk.sentence_texts()[0]
        for piece in (*re.findall(r"\S+\s*", quote), " [1]"):
            yield piece
            self.middle()
        place = chunk.id, chunk.document, chunk.title, chunk.section, chunk.span
        citation = Citation(1, *place, chunk.text, chunk.sentences[0])
        usage = Usage(11, 7, 0.5)
        yield Answer(question, f"{quote} [1]", (citation,), False, 0.9, hits, "scripted", "answer-v1", usage)


def make_current(settings: Settings, index: Index) -> None:
    """Say that `settings` made the index."""
    index.store.set_fingerprint(fingerprint(settings, index.embedder))


def make_app(settings: Settings, answerer: Answerer | None = None, **config: Any) -> FastAPI:
    """The application over the index of the fixture `index`; `config` are fields of `Config`."""
    given = Config(_env_file=None, **{"allowed_hosts": "testserver", **config})  # type: ignore[call-arg]
    return create_app(given, settings, open_toy, answerer or Scripted())


def wait_for(condition: Callable[[], object]) -> None:
    """Until it holds; what takes a minute hangs."""
    end = time.monotonic() + HANG
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def events(text: str) -> list[tuple[str, Any]]:
    """Server-sent events as (name, data)."""
    return [(name, json.loads(data)) for name, data in re.findall(r"event: (\w+)\ndata: (.+)\n\n", text)]


def upload(client: TestClient, name: str, data: bytes) -> dict[str, Any]:
    """Upload a file; returns what has become of it."""
    taken = client.post("/documents", files={"file": (name, data)})
    assert taken.status_code == 202, taken.text
    return ended(client, taken.json()["progress"])


def ended(client: TestClient, progress: str) -> dict[str, Any]:
    """What has become of an upload, once that is known."""
    found = dict[str, Any]()
    wait_for(lambda: found.update(client.get(progress).json()) or found["document"] or found["error"])
    return found
