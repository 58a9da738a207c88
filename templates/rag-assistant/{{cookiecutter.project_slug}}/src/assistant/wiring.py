"""Create the parts that the settings and the environment name, and put them together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

from .answering.assistant import Assistant
from .answering.base import Answerer
from .answering.quotation import Quotation
from .embedding.chosen import make_embedder
from .ingestion.ingest import require_current
from .retrieval.search import Retriever
from .settings import Settings
from .stores.base import Index
from .stores.chosen import open_store


def open_index(settings: Settings) -> Index:
    """The embedder and the store; the tables are made if they are not there.

    Raises:
        AssistantError: the model or the database cannot be used; the message says why.
    """
    return Index(open_store(settings.corpus.index), make_embedder())


def make_answerer(settings: Settings) -> Answerer:
    """The language model that `ASSISTANT_LLM_URL` names; without one, the best passage is quoted.

    Raises:
        AssistantError: the address or the prompt cannot be used.
    """
    if url := os.environ.get("ASSISTANT_LLM_URL", ""):
        from .answering.generative import Generative  # it imports openai, which takes a second

        model, key = os.environ.get("ASSISTANT_LLM_MODEL", ""), os.environ.get("ASSISTANT_LLM_KEY", "")
        return Generative(settings.answering, url, key, model)
    return Quotation(settings.answering)


def assemble(settings: Settings, index: Index, answerer: Answerer) -> Assistant:
    """The assistant over an open index."""
    return Assistant(index, Retriever(index, settings.retrieval), answerer, settings)


@contextmanager
def open_assistant(settings: Settings) -> Iterator[Assistant]:
    """The assistant over the index that `make ingest` has made; the database is closed afterwards.

    Raises:
        AssistantError: a part cannot be made; the message says why.
        StaleIndex: there is no index, or other settings made it.
    """
    index = open_index(settings)
    with closing(index.store):
        require_current(index, settings)
        yield assemble(settings, index, make_answerer(settings))
