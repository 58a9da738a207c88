"""What is remembered by content: never a wrong one, never an error."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.embedding.base import Vectors
from bench.embedding.cache import Cached, Memory, key


class HashEmbedder:
    """Other vectors for other texts."""

    name = "hash"
    dimensions = 8

    def embed(self, texts: Sequence[str]) -> Vectors:
        digests = [hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in texts]
        return np.array([list(one[:8]) for one in digests], dtype=np.float32).reshape(-1, self.dimensions)


class Counting(HashEmbedder):
    """Remembers what it was asked for."""

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().embed(texts)


def test_embeds_each_text_once(tmp_path: Path) -> None:
    inner = Counting()
    cached = Cached(inner, tmp_path / "folder" / "cache.db")
    texts = ["borrow books", "quiet room", "borrow books", ""]
    for _ in range(2):
        vectors = cached.embed(texts)
        np.testing.assert_array_equal(vectors, HashEmbedder().embed(texts))
        assert vectors.dtype == np.float32
    assert inner.asked == ["borrow books", "quiet room", ""]
    assert cached.embed([]).shape == (0, 8)
    assert (cached.name, cached.dimensions) == ("counting", 8)


def test_remembers_after_a_restart(tmp_path: Path) -> None:
    Cached(Counting(), tmp_path / "cache.db").embed(["borrow books"])
    inner = Counting()
    Cached(inner, tmp_path / "cache.db").embed(["borrow books", "quiet room"])
    assert inner.asked == ["quiet room"]


def test_a_pair_is_not_its_texts_joined() -> None:
    assert len({key("m", "ab"), key("m", "a", "b"), key("m", "b", "a"), key("n", "a", "b")}) == 4


def test_models_do_not_share_vectors(tmp_path: Path) -> None:
    Cached(Counting("a"), tmp_path / "cache.db").embed(["borrow books"])
    inner = Counting("b")
    Cached(inner, tmp_path / "cache.db").embed(["borrow books"])
    assert inner.asked == ["borrow books"]


@settings(max_examples=30)
@given(calls=st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=6), most=st.integers(0, 5))
def test_returns_what_the_embedder_would(calls: list[list[str]], most: int) -> None:
    with TemporaryDirectory() as folder:
        cached = Cached(HashEmbedder(), Path(folder, "cache.db"), most)
        for texts in calls:
            np.testing.assert_array_equal(cached.embed(texts), HashEmbedder().embed(texts))


def test_forgets_the_oldest(tmp_path: Path) -> None:
    inner = Counting()
    cached = Cached(inner, tmp_path / "cache.db", most=3)
    for number in range(5):
        cached.embed([f"text {number}"])
    inner.asked.clear()
    cached.embed([f"text {number}" for number in range(5)])
    assert inner.asked == ["text 0", "text 1"]
    connection = sqlite3.connect(tmp_path / "cache.db")
    assert connection.execute("SELECT count(*) FROM entries").fetchall() == [(3,)]
    connection.close()


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    path.write_text("This is no database, but it is long enough to look like one. " * 100)
    inner = Counting()
    cached = Cached(inner, path)
    for _ in range(3):
        np.testing.assert_array_equal(cached.embed(["borrow books"]), HashEmbedder().embed(["borrow books"]))
    assert inner.asked == ["borrow books"]
    assert path.read_bytes().startswith(b"SQLite format 3")


def test_a_vector_of_the_wrong_length_is_not_used(tmp_path: Path) -> None:
    cached = Cached(Counting(), tmp_path / "cache.db")
    cached.embed(["borrow books"])
    Memory(tmp_path / "cache.db").add({key("counting", "borrow books"): bytes(4)})
    np.testing.assert_array_equal(cached.embed(["borrow books"]), HashEmbedder().embed(["borrow books"]))


@pytest.mark.parametrize("place", ["file/cache.db", "."])
def test_does_without_a_file_that_cannot_be_opened(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cached = Cached(HashEmbedder(), tmp_path / place)
    np.testing.assert_array_equal(cached.embed(["borrow books"]), HashEmbedder().embed(["borrow books"]))


def test_does_without_a_file_that_somebody_else_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.embedding.cache.PATIENCE", 0.05)
    inner = Counting()
    cached = Cached(inner, tmp_path / "cache.db")
    cached.embed(["borrow books"])
    other = sqlite3.connect(tmp_path / "cache.db")
    other.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        assert cached.embed(["borrow books", "quiet room"]).shape == (2, 8)
    assert inner.asked == ["borrow books", "quiet room", "quiet room"]
    other.close()


def test_an_embedder_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(HashEmbedder):
        name = "counting"

        def embed(self, texts: Sequence[str]) -> Vectors:
            raise OSError("no server")

    with pytest.raises(OSError, match="no server"):
        Cached(Broken(), tmp_path / "cache.db").embed(["borrow books"])
    inner = Counting()
    Cached(inner, tmp_path / "cache.db").embed(["borrow books"])
    assert inner.asked == ["borrow books"]


def test_many_threads_at_once(tmp_path: Path) -> None:
    cached = Cached(HashEmbedder(), tmp_path / "cache.db")
    texts = [[f"text {number % 7}", f"other {number % 5}"] for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        for asked, vectors in zip(texts, pool.map(cached.embed, texts), strict=True):
            np.testing.assert_array_equal(vectors, HashEmbedder().embed(asked))
