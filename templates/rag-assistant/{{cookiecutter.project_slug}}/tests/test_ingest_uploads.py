"""Documents that are uploaded: how far they are, what they replace, and what a kill leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import DocumentError, StaleIndex
from assistant.ingestion.ingest import Upload, add_upload, in_context, ingest, remove_upload
from assistant.settings import Settings
from assistant.stores.base import Index
from ingest_kill import UPLOAD, killed_ingest, state
from toy import ALL, HashEmbedder, ids, open_toy, other

NOTE = b"# Lockers\n\nLockers are in the hall. They cost nothing.\n"
FRUITS = ("Apples", "Cherries", "Grapes", "Oranges", "Pears")


def test_an_upload_says_how_far_it_is_and_the_index_is_as_it_was_until_it_is_whole(
    filled: Index, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.ingestion.ingest.PASSAGES_AT_ONCE", 2)
    before = state(settings)
    text = "".join(f"# {name}\n\n{f'{name} are sold here. ' * 30}\n\n" for name in FRUITS)
    *begun, end = ((one, state(settings)) for one in add_upload(open_toy, settings, "fruits.md", text.encode()))
    assert begun == [(Upload(done, 5), before) for done in (0, 2, 4)]
    assert (end[0].embedded, end[0].document, end[1] != before) == (5, filled.store.documents()[-1], True)
    passages = [f"uploads/fruits#{number}" for number in range(5)]
    for one, best in zip(filled.store.chunks(passages), passages, strict=True):
        assert filled.store.dense(HashEmbedder().embed([in_context(one)])[0], 1)[0][0] == best
        assert filled.store.sentence_vectors([best])[best].shape == (len(one.sentences), HashEmbedder.dimensions)


def test_uploads_survive_an_ingest_and_other_settings_and_can_be_removed(
    filled: Index, corpus_folder: Path, settings: Settings
) -> None:
    listed = [*add_upload(open_toy, settings, "Lockers 2.md", NOTE * 9)][-1].document
    assert listed is not None
    assert listed == filled.store.documents()[-1]
    assert (listed.id, listed.title, listed.metadata["source"]) == ("uploads/Lockers-2", "Lockers", "Lockers 2.md")
    chosen = other(settings)
    with pytest.raises(StaleIndex, match=r"headings chunks of 900.*fixed chunks of 100.*run: make ingest"):
        list(add_upload(open_toy, chosen, "lockers.md", NOTE))
    report = ingest(corpus_folder, filled, chosen)
    assert "4 unchanged" in report.text
    assert ids(filled) == (*ALL, "uploads/Lockers-2")
    assert filled.store.documents()[-1].chunks > listed.chunks
    assert [remove_upload(filled, "uploads/Lockers-2") for _ in range(2)] == [True, False]
    with pytest.raises(DocumentError, match="guides/loans is a file of the corpus folder; delete the file"):
        remove_upload(filled, "guides/loans")


def test_a_refused_upload_leaves_the_earlier_one(filled: Index, settings: Settings) -> None:
    list(add_upload(open_toy, settings, "lockers.md", NOTE))
    for name, content in {"lockers.md": b"\xff", "../x.md": NOTE, "x.exe": NOTE}.items():
        with pytest.raises(DocumentError):
            list(add_upload(open_toy, settings, name, content))
    assert ids(filled) == (*ALL, "uploads/lockers")


@pytest.mark.slow  # it starts a program
def test_a_killed_upload_leaves_the_index_as_it_was(filled: Index, settings: Settings) -> None:
    before = state(settings)
    killed_ingest(settings, UPLOAD)
    assert state(settings) == before
