"""The service over the toy corpus, with an answerer that does what a test tells it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from assistant.answering.assistant import Assistant
from assistant.answering.base import REFUSAL, Answer, Answerer, Citation, Usage
from assistant.documents.ingest import FINGERPRINT, fingerprint
from assistant.hits import Hit
from assistant.retrieval.search import Retriever
from assistant.serving.app import Config, create_app
from assistant.serving.service import Holder
from assistant.settings import Settings
from assistant.stores.base import Store
from toy import HashEmbedder

FAR = "weather"  # a question with this word is not answered


class Scripted:
    """Quotes the best passage's first sentence; `before` and `middle` run before the first piece and after it."""

    def __init__(self) -> None:
        self.before: Callable[[], object] = lambda: None
        self.middle: Callable[[], object] = lambda: None
        self.ends_early = False
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
        citation = Citation(
            1, chunk.id, chunk.document, chunk.title, chunk.section, chunk.sentences[0], quote, hits[0].score
        )
        if not self.ends_early:
            usage = Usage(11, 7, 0.5)
            yield Answer(question, f"{quote} [1]", (citation,), False, 0.9, hits, "scripted", "answer-v1", usage)


def make_holder(settings: Settings, store: Store, answerer: Answerer) -> Holder:
    """The assistant over `store`, with the index said to be current."""
    embedder = HashEmbedder()
    store.set_facts({FINGERPRINT: fingerprint(settings, embedder)})
    retriever = Retriever(store, embedder, settings.retrieval)
    return Holder(settings, lambda given: Assistant(store, embedder, retriever, answerer, given))


def make_app(settings: Settings, store: Store, answerer: Answerer, folder: Path, **config: Any) -> FastAPI:
    """The application, with its question log in `folder`."""
    given = Config(**{"activity": folder / "activity.db", "token": "", "allowed_hosts": "testserver", **config})
    return create_app(given, settings, make_holder(settings, store, answerer))


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Server-sent events as (name, data)."""
    found = re.findall(r"event: (\w+)\ndata: (.+)\n\n", text)
    return [(name, json.loads(data)) for name, data in found]
