"""A repository is read once, within bounds, and never beyond its own folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from cost import at_most

from scaffolder.check.engine import snapshot as bounds
from scaffolder.check.engine.snapshot import Snapshot


def _written(folder: Path, **files: str | bytes) -> Snapshot:
    for name, content in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Snapshot.of_folder(folder)


def test_paths_are_relative_and_sorted_and_leave_out_copies_and_caches(tmp_path: Path) -> None:
    seen = _written(tmp_path, b="", a__c="", node_modules__x="", **{".git__config": "", "a__.venv__x": ""})
    assert seen.paths == ("a/c", "b")


def test_what_is_a_folder_and_what_is_a_file(tmp_path: Path) -> None:
    seen = _written(tmp_path, src__app="x")
    names = ("src/app", "src", "src/", "sr", "../src/app")
    assert [name for name in names if seen.has(name)] == ["src/app", "src", "src/"]
    assert [name for name in names if seen.is_file(name)] == ["src/app"]


def test_a_file_is_read_once(tmp_path: Path) -> None:
    seen = _written(tmp_path, a="before")
    assert seen.text("a") == "before"
    (tmp_path / "a").write_text("after")
    assert (seen.text("a"), seen.data("a")) == ("before", b"before")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc", "a\nb\nc"),
        ("ä".encode("utf-16"), "ä"),
        (b"a\0b", "a\ufffdb"),
        (b"a\xffb", "a\ufffdb"),
    ],
)
def test_any_bytes_become_text(data: bytes, text: str) -> None:
    seen = Snapshot.of_files({"x": data})
    assert seen.text("x") == text
    assert bool(seen.notes) == ("\ufffd" in text)


def test_a_file_that_is_too_large_is_said_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    os.truncate(tmp_path / "README.md", 2_000_000_000)
    seen = Snapshot.of_folder(tmp_path)
    assert seen.text("README.md") is None
    assert seen.notes == ("README.md is larger than 1,000,000 bytes and was not read.",)


def test_all_files_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_TOTAL", 3)
    seen = Snapshot.of_files({"a": b"aaaa", "b": b"b"})
    assert (seen.data("a"), seen.data("b")) == (b"aaaa", None)
    assert "the rest of the files was not read" in seen.notes[0]


def test_the_digest_is_of_the_whole_file(tmp_path: Path) -> None:
    data = bytes(range(256)) * 8_000
    seen = _written(tmp_path, **{"data.txt": data})
    assert seen.data("data.txt") is None  # more than a text's bound
    assert seen.sha256("data.txt") == hashlib.sha256(data).hexdigest()
    assert seen.sha256("absent") is None


def test_no_link_is_followed_also_if_a_file_becomes_one(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    root = tmp_path / "root"
    _written(root, docs__a="inside", later="inside")
    for name, target in {"in": "docs/a", "out": "../secret", "folder": "docs", "loop": "loop", "dead": "x"}.items():
        (root / name).symlink_to(target)
    seen = Snapshot.of_folder(root)
    (root / "later").unlink()
    (root / "later").symlink_to("../secret")
    assert {path for path in seen.paths if seen.text(path) is not None} == {"docs/a"}
    assert not seen.has("folder/a")
    assert "in was not read: it is a link, or could not be read." in seen.notes
    assert seen.sha256("out") is None


def test_pipes_and_sockets_are_no_files_even_if_they_come_later(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "README.md")
    (tmp_path / "a").write_text("x")
    seen = Snapshot.of_folder(tmp_path)
    assert seen.paths == ("a",)
    (tmp_path / "a").unlink()
    os.mkfifo(tmp_path / "a")
    assert seen.data("a") is None


def test_a_heap_of_files_does_not_hide_what_matters(tmp_path: Path) -> None:
    for number in range(5_000):
        (tmp_path / f"{number}.md").touch()
    (tmp_path / "README.md").write_text("# here")
    (tmp_path / "zz").mkdir()
    (tmp_path / "zz" / "app.py").touch()
    seen = Snapshot.of_folder(tmp_path)
    assert len(seen.paths) == bounds.MAX_FILES_OF_A_FOLDER + 1
    assert {"README.md", "zz/app.py"} <= set(seen.paths)
    assert seen.notes == ("The top folder holds 5,001 files: only 4,000 were looked at.",)


def test_folders_without_end_are_bounded(tmp_path: Path) -> None:
    path = tmp_path
    for _ in range(200):
        path = path / "d"
        path.mkdir()
    (path / "deep").touch()
    (tmp_path / "near").touch()
    assert Snapshot.of_folder(tmp_path).paths == ("near",)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.md", ["README.md"]),
        ("readme.MD", ["README.md"]),
        ("**/*.md", ["README.md", "docs/a.md", "docs/deep/b.md"]),
        ("docs/*", ["docs/a.md"]),
        ("docs/**", ["docs/a.md", "docs/deep/b.md"]),
        ("docs/**/b.*", ["docs/deep/b.md"]),
        ("d*s/?.md", ["docs/a.md"]),
        ("*a*b*", []),
        ("[x]", []),
    ],
)
def test_globs(pattern: str, found: list[str]) -> None:
    seen = Snapshot.of_files(dict.fromkeys(["README.md", "docs/a.md", "docs/deep/b.md", "src.py"], b""))
    assert list(seen.glob(pattern)) == found
    assert seen.find("absent", pattern) == (found[0] if found else None)


def test_no_glob_takes_long() -> None:
    seen = Snapshot.of_files({"a" * 1000 + "/" + "a" * 1000: b""})
    with at_most(100):
        assert seen.glob("*a" * 400 + "b", "**/" * 20 + "*a" * 40 + "b") == ()


def test_names_that_are_no_text_are_left_out(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff.md", "wb"):
        pass
    (tmp_path / "a").touch()
    assert Snapshot.of_folder(tmp_path).paths == ("a",)
