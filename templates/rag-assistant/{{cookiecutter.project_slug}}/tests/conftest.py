"""What several test files share: the toy corpus as files and as an index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.ingestion.ingest import ingest
from assistant.settings import Settings
from assistant.stores.base import Index
from toy import index_toy, open_toy, toy_settings, write_corpus


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    """The toy corpus as Markdown files with front matter."""
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def settings(corpus_folder: Path) -> Settings:
    """Settings for the toy corpus; every other value is the default."""
    return toy_settings(corpus_folder.parent)


@pytest.fixture
def index(settings: Settings) -> Iterator[Index]:
    """The toy corpus, indexed in the database of this project."""
    index = open_toy(settings)
    index.store.clear()
    index_toy(index.store, index.embedder)
    yield index
    index.store.close()


@pytest.fixture
def filled(corpus_folder: Path, settings: Settings) -> Iterator[Index]:
    """The toy corpus, indexed as `make ingest` does it."""
    index = open_toy(settings)
    index.store.clear()
    ingest(corpus_folder, index, settings)
    yield index
    index.store.close()
