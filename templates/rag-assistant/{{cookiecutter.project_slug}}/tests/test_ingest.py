"""An index that follows its folder: what changed, what is refused, and what other settings mean."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import DocumentError, StaleIndex
from assistant.ingestion import folder
from assistant.ingestion.ingest import in_context, ingest, require_current
from assistant.ingestion.sandbox import sandboxed
from assistant.settings import Limits, Settings
from assistant.stores.base import Index
from ingest_kill import POINTS, killed_ingest, state
from toy import ALL, HashEmbedder, ids, open_toy, other

HANG = 60.0  # seconds after which something is said to hang


def limited(settings: Settings, **limits: float) -> Settings:
    return settings.model_copy(update={"limits": settings.limits.model_copy(update=limits)})


def test_a_folder_becomes_an_index_with_the_vectors_of_its_passages_and_sentences(
    filled: Index, settings: Settings
) -> None:
    require_current(filled, settings)
    assert ids(filled) == ALL
    for listed in filled.store.documents():
        for one in filled.store.chunks([f"{listed.id}#{number}" for number in range(listed.chunks)]):
            best, similarity = filled.store.dense(HashEmbedder().embed([in_context(one)])[0], 1)[0]
            assert best == one.id
            assert similarity == pytest.approx(1)
            vectors = filled.store.sentence_vectors([one.id])[one.id]
            np.testing.assert_allclose(vectors, HashEmbedder().embed(one.sentence_texts()), atol=1e-6)


def test_only_what_changed_is_done_again(filled: Index, corpus_folder: Path, settings: Settings) -> None:
    assert ingest(corpus_folder, filled, settings).text.startswith("0 added, 0 changed, 0 removed, 3 unchanged; ")
    (corpus_folder / "guides/loans.md").write_text("# Loans\n\nNobody borrows.\n")
    (corpus_folder / "guides/rooms.md").unlink()
    (corpus_folder / "new.txt").write_text("Opening hours are nine to five.")
    report = ingest(corpus_folder, filled, settings)
    assert report.text == "1 added, 1 changed, 1 removed, 1 unchanged; passages in the index: 3"
    assert ids(filled) == ("guides/loans", "new", "reference/fees")
    assert "Nobody borrows." in filled.store.chunks(["guides/loans#0"])[0].text


def hurried(limits: Limits, kind: type[Any], function: Callable[..., Any], name: str, *rest: object) -> Any:
    """With little time for the file that takes seconds, and as much as any machine needs for the others."""
    seconds = 0.1 if name == "slow.html" else HANG
    return sandboxed(limits.model_copy(update={"document_seconds": seconds}), kind, function, name, *rest)


def test_a_refused_file_keeps_its_earlier_version_also_when_the_index_is_made_anew(
    filled: Index, corpus_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus_folder / "guides/rooms.md").write_bytes(b"\xff\xff")
    (corpus_folder / "guides/loans.txt").write_text("Another text.")
    (corpus_folder / "picture.png").write_bytes(b"\x89PNG")
    (corpus_folder / "many.txt").write_text("Ab cd. " * 300)
    (corpus_folder / "slow.html").write_text("<td>" * 150_000)
    monkeypatch.setattr(folder, "sandboxed", hurried)
    (corpus_folder / "reference/fees.md").unlink()
    for chosen in (settings, other(settings)):
        report = ingest(corpus_folder, filled, limited(chosen, document_sentences=200))
        assert set(report.refused) == {"guides/rooms.md", "picture.png", "many.txt", "slow.html"}
        assert report.refused["many.txt"].startswith("many.txt has more than 200 sentences")
        assert report.refused["slow.html"].startswith("slow.html takes longer than 0.1 s")
        assert ids(filled) == ("guides/loans", "guides/loans-txt", "guides/rooms")


def test_a_file_that_may_not_be_read_is_refused(
    filled: Index, corpus_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(path: Path, *arguments: Any, **named: Any) -> Any:
        if path.name == "rooms.md":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **named)

    opened = Path.open
    monkeypatch.setattr(Path, "open", locked)
    refused = ingest(corpus_folder, filled, settings).refused
    assert [*refused.values()] == ["guides/rooms.md cannot be read (Permission denied); change its permissions"]
    assert ids(filled) == ALL


def test_if_a_folder_cannot_be_listed_its_documents_stay(
    filled: Index, corpus_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(path: str, listed: Any = os.scandir) -> Any:
        if path.endswith("guides"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", locked)
    with pytest.raises(DocumentError, match=r"guides cannot be listed \(Permission denied\); change its permissions"):
        ingest(corpus_folder, filled, settings)
    assert ids(filled) == ALL


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no folder .*; name another one"),
        ({".hidden": "x"}, "the folder .* is empty"),
        ({"a.pdf": "x", "b.png": "x"}, "no file can be read; the first problem: "),
    ],
)
def test_a_folder_without_documents_is_refused_and_changes_nothing(
    settings: Settings, tmp_path: Path, content: dict[str, str] | None, sentence: str
) -> None:
    index = open_toy(settings)
    index.store.clear()
    for name, text in (content or {}).items():
        (tmp_path / "other").mkdir(exist_ok=True)
        (tmp_path / "other" / name).write_text(text)
    with pytest.raises(DocumentError, match=sentence):
        ingest(tmp_path / "other", index, settings)
    with pytest.raises(StaleIndex, match="there is no index yet; run: make ingest"):
        require_current(index, settings)
    index.store.close()


@pytest.mark.slow  # it starts a program for each point
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_ingest_leaves_the_index_as_it_was(
    filled: Index, corpus_folder: Path, settings: Settings, point: str
) -> None:
    before = state(settings)
    (corpus_folder / "guides/rooms.md").unlink()
    for number in range(6):
        (corpus_folder / f"{number}.md").write_text(f"# A book\n\nThis is book {number}.\n")
    killed_ingest(settings, point)
    assert state(settings) == before
    ingest(corpus_folder, filled, settings)
    assert state(settings) != before
