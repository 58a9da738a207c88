"""How long a warm answer takes, beside `/health`: `make load`.

`ask` sends a question that was never asked before each time, to a service that remembers none; `ask_again` sends the
same few questions to a service with the settings' query cache.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import count, cycle, repeat
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI

from .evaluation.benchmark import read
from .serving.app import Config, create_app
from .serving.config import read_config
from .serving.latency import Request, Target, measure, server
from .serving.service import Holder
from .settings import Settings, load_settings

REMEMBERED = 20  # questions that are asked again and again


def run() -> None:
    """Measure, print a table and write reports/load.json.

    Raises:
        LoadError: a server does not start, or does not answer as it should.
        AssistantError: there is no index, or no benchmark to take questions from.
    """
    settings = load_settings()
    facts = _facts(settings)
    questions = [one.question for one in read(Path(settings.evaluation.benchmark), settings.evaluation.sha256)]
    with server(_factory("uncached"), "/health") as fresh, server(_factory("cached"), "/health") as remembering:
        targets = {
            "health": Target(fresh, repeat(Request("/health"))),
            "ask": Target(fresh, never_twice(questions)),
            "ask_again": Target(remembering, cycle([_ask(one) for one in questions[:REMEMBERED]])),
        }
        measure(targets, facts)


def never_twice(questions: Sequence[str]) -> Iterator[Request]:
    """Endless requests, no two with the same question: from the second round on a number is added."""
    return map(lambda number: _ask(_varied(questions, number)), count())  # noqa: C417 (clients share it: no generator)


def uncached() -> FastAPI:
    """The service as configured, but without the query cache."""
    settings = load_settings()
    retrieval = settings.retrieval.model_copy(update={"cache_size": 0})
    return _app(settings.model_copy(update={"retrieval": retrieval}))


def cached() -> FastAPI:
    """The service as configured."""
    return _app(load_settings())


def _app(settings: Settings) -> FastAPI:
    """Settings of the service for the load test: no token, and a separate question log."""
    folder = TemporaryDirectory(prefix="load-")
    changes = {"token_to_ask": False, "activity": Path(folder.name, "activity.db")}
    app = create_app(read_config(Config).model_copy(update=changes), settings)
    app.state.folder = folder  # it is deleted with the app
    return app


def _facts(settings: Settings) -> dict[str, str]:
    """What is measured, for the report; raises an error if the assistant cannot answer."""
    holder = Holder(settings)
    assistant = holder.get()
    facts = {
        "store": settings.store.backend,
        "embedding": assistant.embedder.name,
        "answering": settings.answering.backend,
        "passages": str(sum(one.chunks for one in assistant.store.documents())),
    }
    holder.close()
    return facts


def _varied(questions: Sequence[str], number: int) -> str:
    lap, position = divmod(number, len(questions))
    return questions[position] + (f" ({lap})" if lap else "")


def _ask(question: str) -> Request:
    return Request("/ask", json.dumps({"question": question}).encode())


def _factory(name: str) -> tuple[str, ...]:
    return ("-m", "uvicorn", f"{__name__}:{name}", "--factory", "--no-access-log", "--log-level=warning")
