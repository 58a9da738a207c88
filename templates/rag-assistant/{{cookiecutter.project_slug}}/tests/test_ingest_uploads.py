"""Documents that people add through the service live beside those of the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.documents.chunking import Chunking
from assistant.documents.ingest import add_document, ingest, is_upload, remove_document
from assistant.errors import DocumentError, StaleIndex
from assistant.settings import Settings
from assistant.stores.sqlite import SqliteStore
from toy import HashEmbedder

EMBEDDER = HashEmbedder()
NOTE = b"# Lockers\n\nLockers are in the hall. They cost nothing.\n"


@pytest.fixture
def index(tmp_path: Path, corpus_folder: Path, settings: Settings) -> SqliteStore:
    store = SqliteStore(tmp_path / "new.db", EMBEDDER.dimensions)
    ingest(corpus_folder, store, EMBEDDER, settings)
    return store


def ids(store: SqliteStore) -> list[str]:
    return [one.id for one in store.documents()]


def test_an_upload_is_found_like_any_document(index: SqliteStore, settings: Settings) -> None:
    listed = add_document(index, EMBEDDER, settings, "Lockers 2.md", NOTE)
    assert listed == index.documents()[-1]
    assert (listed.id, listed.title, listed.chunks) == ("uploads/Lockers-2", "Lockers", 1)
    assert listed.metadata == {"kind": "markdown", "source": "Lockers 2.md"}
    assert index.lexical("lockers", 1)[0][0] == "uploads/Lockers-2#0"
    assert is_upload(listed.id)


def test_an_upload_replaces_one_of_the_same_name(index: SqliteStore, settings: Settings) -> None:
    add_document(index, EMBEDDER, settings, "lockers.md", NOTE)
    add_document(index, EMBEDDER, settings, "lockers.md", b"# No more lockers\n\nThey were removed.")
    assert index.documents()[-1].title == "No more lockers"
    assert ids(index).count("uploads/lockers") == 1


def test_uploads_survive_an_ingest(index: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    add_document(index, EMBEDDER, settings, "lockers.md", NOTE)
    (corpus_folder / "guides/rooms.md").unlink()
    report = ingest(corpus_folder, index, EMBEDDER, settings)
    assert report.removed == ("guides/rooms",)
    assert ids(index) == ["guides/loans", "reference/fees", "uploads/lockers"]
    assert report.chunks == sum(one.chunks for one in index.documents())


def test_uploads_survive_other_settings(index: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    before = add_document(index, EMBEDDER, settings, "lockers.md", NOTE * 9)
    other = settings.model_copy(update={"chunking": Chunking(method="fixed", size=100, overlap=0)})
    assert ingest(corpus_folder, index, EMBEDDER, other).rebuilt
    after = index.documents()[-1]
    assert (after.id, after.digest, after.metadata) == (before.id, before.digest, before.metadata)
    assert after.chunks > before.chunks


def test_a_folder_of_that_name_is_refused(index: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    add_document(index, EMBEDDER, settings, "lockers.md", NOTE)
    (corpus_folder / "uploads").mkdir()
    (corpus_folder / "uploads/lockers.md").write_text("Something else.")
    report = ingest(corpus_folder, index, EMBEDDER, settings)
    assert "uploads/lockers.md is in uploads/, which is kept for" in report.refused["uploads/lockers.md"]
    assert index.documents()[-1].title == "Lockers"


def test_an_upload_can_be_removed_once(index: SqliteStore, settings: Settings) -> None:
    add_document(index, EMBEDDER, settings, "lockers.md", NOTE)
    assert remove_document(index, "uploads/lockers")
    assert not remove_document(index, "uploads/lockers")
    assert not remove_document(index, "no/such")
    assert not index.lexical("lockers", 1)


def test_a_file_of_the_folder_is_not_removed(index: SqliteStore) -> None:
    with pytest.raises(DocumentError, match="guides/loans is a file of the corpus folder; delete the file"):
        remove_document(index, "guides/loans")
    assert "guides/loans" in ids(index)


@pytest.mark.parametrize(
    "name", ["", "../x.md", "/etc/x.md", "guides/loans.md", "..\\x.md", ".md", "a\0.md", "x.exe", "x"]
)
def test_a_name_that_is_none_is_refused(index: SqliteStore, settings: Settings, name: str) -> None:
    before = ids(index)
    with pytest.raises(DocumentError) as caught:
        add_document(index, EMBEDDER, settings, name, NOTE)
    assert "uploads/" not in str(caught.value)
    assert ids(index) == before


def test_a_refused_upload_leaves_the_earlier_one(index: SqliteStore, settings: Settings) -> None:
    add_document(index, EMBEDDER, settings, "lockers.md", NOTE)
    with pytest.raises(DocumentError, match=r"lockers.md is not UTF-8 text"):
        add_document(index, EMBEDDER, settings, "lockers.md", b"\xff")
    assert index.documents()[-1].title == "Lockers"


def test_nothing_is_added_to_an_index_of_other_settings(index: SqliteStore, settings: Settings) -> None:
    other = settings.model_copy(update={"chunking": Chunking(method="fixed")})
    with pytest.raises(StaleIndex, match="run: make ingest"):
        add_document(index, EMBEDDER, other, "lockers.md", NOTE)
