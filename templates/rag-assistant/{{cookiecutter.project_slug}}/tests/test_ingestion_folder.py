"""Which files of a folder are taken as documents, and which are left out."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from assistant.ingestion.folder import list_files, read_files
from assistant.settings import Settings
from toy import FILES


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
def test_what_is_hidden_reserved_or_leaves_the_folder_is_left_out(corpus_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("A secret.")
    for name in (".hidden.md", ".git/description.md", "uploads/a.md"):
        (corpus_folder / name).parent.mkdir(exist_ok=True)
        (corpus_folder / name).write_text("Hidden.")
    links: dict[str, str | Path] = {
        "link.md": tmp_path / "secret.md",
        "broken.md": "no.md",
        "circle.md": "circle.md",
        "folder": tmp_path,
    }
    for name, target in links.items():
        (corpus_folder / name).symlink_to(target)
    os.mkfifo(corpus_folder / "pipe.md")
    found = list_files(corpus_folder)
    assert list(found.files) == sorted(FILES)
    assert found.refused.keys() == {*links, "pipe.md", "uploads/a.md"}
    assert found.refused["link.md"] == "link.md is a link or a device; put the file itself there"
    assert found.refused["uploads/a.md"].startswith("uploads/a.md is in uploads/, where only uploads belong")


def test_files_of_one_stem_are_documents_of_their_own(corpus_folder: Path) -> None:
    for name in ("handbook.html", "handbook.md", "my notes.md", "my-notes.md", "my-notes-md.txt"):
        (corpus_folder / name).write_text("Text.")
    found = list_files(corpus_folder)
    ids = {name: identity for name, identity in found.ids.items() if name not in FILES}
    assert ids == {
        "handbook.html": "handbook",
        "handbook.md": "handbook-md",
        "my notes.md": "my-notes",
        "my-notes-md.txt": "my-notes-md",
    }
    assert found.refused == {
        "my-notes.md": "my-notes.md and my-notes-md.txt would both be document my-notes-md; rename one"
    }


@pytest.mark.parametrize(("every", "lines"), [(0.0, len(FILES)), (1e9, 0)])
def test_a_slow_ingest_says_how_far_it_is(
    every: float,
    lines: int,
    corpus_folder: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("assistant.ingestion.folder.EVERY", every)
    list(read_files(list_files(corpus_folder), settings, {}))
    assert capsys.readouterr().err == "".join(f"Indexing: {done} of {len(FILES)} files\n" for done in range(lines))
