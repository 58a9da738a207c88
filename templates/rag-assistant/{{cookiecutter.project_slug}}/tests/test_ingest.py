"""An index that follows its folder: what changed, what is refused, and what other settings mean."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.documents.chunking import Chunking
from assistant.documents.ingest import (
    FINGERPRINT,
    IngestReport,
    fingerprint,
    in_context,
    ingest,
    require_current,
)
from assistant.embedding.base import Vectors
from assistant.errors import DocumentError, StaleIndex, Unavailable
from assistant.passages import Chunk, Span
from assistant.settings import Settings
from assistant.stores.base import VERSION
from assistant.stores.sqlite import SqliteStore
from toy import FILES, HashEmbedder

ALL = tuple(sorted(name.removesuffix(".md") for name in FILES))


class CountingEmbedder(HashEmbedder):
    """Remembers how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        return super().embed(texts)


class WideEmbedder(HashEmbedder):
    name = "hash-32"
    dimensions = 32


@pytest.fixture
def empty(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "new.db", HashEmbedder.dimensions)


@pytest.fixture
def filled(empty: SqliteStore, corpus_folder: Path, settings: Settings) -> SqliteStore:
    ingest(corpus_folder, empty, HashEmbedder(), settings)
    return empty


def everything(store: SqliteStore) -> list[Chunk]:
    return store.chunks([f"{one.id}#{number}" for one in store.documents() for number in range(one.chunks)])


def outcome(report: IngestReport) -> dict[str, tuple[str, ...]]:
    named = {"added": report.added, "changed": report.changed, "removed": report.removed, "same": report.unchanged}
    return {name: ids for name, ids in named.items() if ids}


def test_a_folder_becomes_an_index(empty: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    seen: list[tuple[int, int, str]] = []
    report = ingest(corpus_folder, empty, HashEmbedder(), settings, lambda *one: seen.append(one))
    assert outcome(report) == {"added": ALL}
    assert (report.refused, report.rebuilt) == ({}, False)
    assert seen == [(number, 3, f"{name}.md") for number, name in enumerate(ALL, start=1)]
    chunks = everything(empty)
    assert report.chunks == len(chunks) == sum(one.chunks for one in empty.documents())
    vectors = empty.sentence_vectors([one.id for one in chunks])
    for one in chunks:
        document = empty.document(one.document)
        assert document is not None
        assert one.text == document.text[one.span.start : one.span.end]
        np.testing.assert_allclose(vectors[one.id], HashEmbedder().embed(one.sentence_texts()), atol=1e-6)
        best, similarity = empty.dense(HashEmbedder().embed([in_context(one)])[0], 1)[0]
        assert best == one.id
        assert similarity == pytest.approx(1)
    require_current(empty, settings, HashEmbedder())


def test_a_passage_is_embedded_below_its_title_and_headings() -> None:
    one = Chunk("a#0", "a", "Loans", ("Loans", "Periods"), Span(0, 5), "Text.", (Span(0, 5),))
    assert in_context(one) == "Loans > Periods\nText."


def test_embedding_many_texts_together_changes_nothing(
    filled: SqliteStore, corpus_folder: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.documents.ingest.TEXTS_AT_ONCE", 1)
    other, embedder = SqliteStore(tmp_path / "other.db", HashEmbedder.dimensions), CountingEmbedder()
    ingest(corpus_folder, other, embedder, settings)
    assert everything(other) == everything(filled)
    assert embedder.calls == len(ALL)
    names = [one.id for one in everything(filled)]
    before, after = filled.sentence_vectors(names), other.sentence_vectors(names)
    assert all(np.array_equal(before[name], after[name]) for name in names)


def test_nothing_new_changes_nothing(filled: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    before, embedder = filled.facts()[VERSION], CountingEmbedder()
    report = ingest(corpus_folder, filled, embedder, settings)
    assert outcome(report) == {"same": ALL}
    assert embedder.calls == 0
    assert filled.facts()[VERSION] == before


def test_only_what_changed_is_done_again(filled: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    (corpus_folder / "guides/loans.md").write_text("# Loans\n\nNobody borrows.\n")
    (corpus_folder / "guides/rooms.md").unlink()
    (corpus_folder / "new.txt").write_text("Opening hours are nine to five.")
    report = ingest(corpus_folder, filled, HashEmbedder(), settings)
    assert outcome(report) == {
        "added": ("new",),
        "changed": ("guides/loans",),
        "removed": ("guides/rooms",),
        "same": ("reference/fees",),
    }
    assert [one.id for one in filled.documents()] == ["guides/loans", "new", "reference/fees"]
    assert "Nobody borrows." in everything(filled)[0].text


def test_a_renamed_file_is_another_document(filled: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    (corpus_folder / "guides/rooms.md").rename(corpus_folder / "guides/halls.md")
    report = ingest(corpus_folder, filled, HashEmbedder(), settings)
    assert (report.added, report.removed) == (("guides/halls",), ("guides/rooms",))


def test_a_refused_file_keeps_its_earlier_version(filled: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    (corpus_folder / "guides/rooms.md").write_bytes(b"\xff\xff")
    (corpus_folder / "a.pdf").write_bytes(b"not a PDF")
    (corpus_folder / "picture.png").write_bytes(b"\x89PNG")
    (corpus_folder / "new.txt").write_text("Opening hours are nine to five.")
    report = ingest(corpus_folder, filled, HashEmbedder(), settings)
    assert outcome(report) == {"added": ("new",), "same": ("guides/loans", "reference/fees")}
    assert set(report.refused) == {"guides/rooms.md", "a.pdf", "picture.png"}
    assert report.refused["a.pdf"] == "a.pdf is not a PDF file, whatever its name says"
    assert report.refused["guides/rooms.md"].startswith("guides/rooms.md is not UTF-8 text")
    assert [one.id for one in filled.documents()] == ["guides/loans", "guides/rooms", "new", "reference/fees"]


def test_a_large_file_is_refused_unread(empty: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    with (corpus_folder / "large.txt").open("wb") as file:
        file.truncate(10**12)  # a hole: it takes no space
    report = ingest(corpus_folder, empty, HashEmbedder(), settings)
    assert "large.txt is larger than 10,000,000 bytes" in report.refused["large.txt"]


def test_two_files_for_one_id_are_not_mixed(empty: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    (corpus_folder / "guides/loans.txt").write_text("Another text.")
    report = ingest(corpus_folder, empty, HashEmbedder(), settings)
    assert report.refused == {
        "guides/loans.txt": "guides/loans.txt and guides/loans.md would be the same document guides/loans; rename one"
    }
    assert ingest(corpus_folder, empty, HashEmbedder(), settings).unchanged == ALL


def test_what_is_hidden_or_leaves_the_folder_is_left_out(
    empty: SqliteStore, corpus_folder: Path, settings: Settings, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("A secret.")
    (corpus_folder / ".hidden.md").write_text("Hidden.")
    (corpus_folder / ".git").mkdir()
    (corpus_folder / ".git/description.md").write_text("Hidden.")
    (corpus_folder / "link.md").symlink_to(outside / "secret.md")
    (corpus_folder / "broken.md").symlink_to("nowhere.md")
    (corpus_folder / "circle.md").symlink_to("circle.md")
    (corpus_folder / "folder").symlink_to(outside, target_is_directory=True)
    (corpus_folder / "again.md").symlink_to("reference/fees.md")
    os.mkfifo(corpus_folder / "pipe.md")
    report = ingest(corpus_folder, empty, HashEmbedder(), settings)
    assert report.added == ("again", *ALL)
    assert report.refused == {
        "broken.md": "broken.md is a link to nothing",
        "circle.md": "circle.md is a link to nothing",
        "link.md": "link.md is a link that leaves the folder",
        "pipe.md": "pipe.md is no regular file",
    }


def test_a_file_that_becomes_a_link_keeps_its_earlier_version(
    filled: SqliteStore, corpus_folder: Path, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text("A secret.")
    (corpus_folder / "guides/rooms.md").unlink()
    (corpus_folder / "guides/rooms.md").symlink_to(tmp_path / "secret.md")
    report = ingest(corpus_folder, filled, HashEmbedder(), settings)
    assert set(report.refused) == {"guides/rooms.md"}
    assert [one.id for one in filled.documents()] == list(ALL)


def test_a_name_that_is_no_unicode_is_refused(empty: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    try:
        (corpus_folder / os.fsdecode(b"caf\xe9.md")).write_text("Text.")
    except OSError:
        pytest.skip("this file system has Unicode names only")
    (reason,) = ingest(corpus_folder, empty, HashEmbedder(), settings).refused.values()
    assert reason == "caf\\udce9.md cannot be used as a name: it has invisible characters; rename it"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "the folder .* does not exist; name another one"),
        ({}, "the folder .* is empty"),
        ({".hidden": "x"}, "the folder .* is empty"),
        ({"a.pdf": "x", "b.png": "x"}, "no file can be read; the first problem: a.pdf is not a PDF file"),
    ],
)
def test_a_folder_without_documents_is_refused(
    empty: SqliteStore, settings: Settings, tmp_path: Path, content: dict[str, str] | None, sentence: str
) -> None:
    folder = tmp_path / "other"
    for name, text in (content or {}).items():
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    if content == {}:
        folder.mkdir()
    with pytest.raises(DocumentError, match=sentence):
        ingest(folder, empty, HashEmbedder(), settings)
    assert FINGERPRINT not in empty.facts()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_removes_nothing(
    filled: SqliteStore, corpus_folder: Path, settings: Settings
) -> None:
    (corpus_folder / "guides").chmod(0)
    try:
        with pytest.raises(DocumentError, match="guides cannot be read"):
            ingest(corpus_folder, filled, HashEmbedder(), settings)
    finally:
        (corpus_folder / "guides").chmod(0o755)
    assert [one.id for one in filled.documents()] == list(ALL)


def test_other_settings_make_the_index_anew(filled: SqliteStore, corpus_folder: Path, settings: Settings) -> None:
    other = settings.model_copy(update={"chunking": Chunking(method="fixed", size=100, overlap=0)})
    with pytest.raises(StaleIndex, match=r"headings chunks of 900.*fixed chunks of 100.*run: make ingest"):
        require_current(filled, other, HashEmbedder())
    report = ingest(corpus_folder, filled, HashEmbedder(), other)
    assert report.rebuilt
    assert outcome(report) == {"same": ALL}
    assert max(len(one.text) for one in everything(filled)) <= 100
    require_current(filled, other, HashEmbedder())


def test_another_embedder_makes_the_index_anew(
    filled: SqliteStore, corpus_folder: Path, settings: Settings, tmp_path: Path
) -> None:
    filled.close()
    store = SqliteStore(tmp_path / "new.db", WideEmbedder.dimensions)
    with pytest.raises(StaleIndex, match=r"made with \(hash-64.*say \(hash-32"):
        require_current(store, settings, WideEmbedder())
    assert ingest(corpus_folder, store, WideEmbedder(), settings).rebuilt
    assert len(store.dense(WideEmbedder().embed(["books"])[0], 3)) == 3


def test_an_index_made_anew_keeps_the_version_of_a_refused_file(
    filled: SqliteStore, corpus_folder: Path, settings: Settings
) -> None:
    (corpus_folder / "guides/rooms.md").write_bytes(b"\xff\xff")
    (corpus_folder / "reference/fees.md").unlink()
    other = settings.model_copy(update={"chunking": Chunking(method="fixed", size=100, overlap=0)})
    report = ingest(corpus_folder, filled, HashEmbedder(), other)
    assert outcome(report) == {"same": ("guides/loans",), "removed": ("reference/fees",)}
    assert [one.id for one in filled.documents()] == ["guides/loans", "guides/rooms"]
    assert max(len(one.text) for one in everything(filled)) <= 100


def test_no_index_is_stale(empty: SqliteStore, settings: Settings) -> None:
    with pytest.raises(StaleIndex, match="there is no index yet; run: make ingest"):
        require_current(empty, settings, HashEmbedder())


def test_the_fingerprint_names_what_passages_and_vectors_depend_on(settings: Settings) -> None:
    others = [
        settings.model_copy(update={"chunking": settings.chunking.model_copy(update=change)})
        for change in ({"method": "fixed"}, {"size": 901}, {"overlap": 121})
    ]
    made = [fingerprint(settings, WideEmbedder()), *(fingerprint(one, HashEmbedder()) for one in [settings, *others])]
    assert len(set(made)) == 5
    top = settings.model_copy(update={"retrieval": settings.retrieval.model_copy(update={"top_k": 3})})
    assert fingerprint(top, HashEmbedder()) == fingerprint(settings, HashEmbedder())


def test_a_failing_model_server_leaves_the_index_as_it_was(
    filled: SqliteStore, corpus_folder: Path, settings: Settings
) -> None:
    class Failing(HashEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            if any("late" in text for text in texts):
                raise Unavailable("no answer")
            return super().embed(texts)

    before = (everything(filled), filled.facts())
    (corpus_folder / "guides/loans.md").write_text("# Loans\n\nNobody borrows.\n")
    (corpus_folder / "reference/fees.md").write_text("# Fees\n\nBeing late is free.\n")
    (corpus_folder / "guides/rooms.md").unlink()
    with pytest.raises(Unavailable):
        ingest(corpus_folder, filled, Failing(), settings)
    assert (everything(filled), filled.facts()) == before
