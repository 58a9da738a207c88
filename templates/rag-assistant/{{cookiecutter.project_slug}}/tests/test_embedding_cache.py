"""Vectors remembered by content: never a wrong one, never an error."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.embedding.base import Vectors
from assistant.embedding.cache import Cached
from assistant.errors import Unavailable
from toy import HashEmbedder


class Counting(HashEmbedder):
    """Remembers what it was asked for."""

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().embed(texts)


@pytest.mark.parametrize("place", [":memory:", "file"])
def test_embeds_each_text_once(place: str, tmp_path: Path) -> None:
    inner = Counting()
    cached = Cached(inner, place if place == ":memory:" else tmp_path / "folder" / "cache.db")
    texts = ["borrow books", "quiet room", "borrow books", ""]
    for _ in range(2):
        vectors = cached.embed(texts)
        np.testing.assert_array_equal(vectors, HashEmbedder().embed(texts))
        assert vectors.dtype == np.float32
    assert inner.asked == ["borrow books", "quiet room", ""]
    assert cached.embed([]).shape == (0, 64)
    assert (cached.name, cached.dimensions) == ("counting", 64)


def test_remembers_after_a_restart(tmp_path: Path) -> None:
    Cached(Counting(), tmp_path / "cache.db").embed(["borrow books"])
    inner = Counting()
    Cached(inner, tmp_path / "cache.db").embed(["borrow books", "quiet room"])
    assert inner.asked == ["quiet room"]


def test_models_do_not_share_vectors(tmp_path: Path) -> None:
    Cached(Counting("a"), tmp_path / "cache.db").embed(["borrow books"])
    inner = Counting("b")
    Cached(inner, tmp_path / "cache.db").embed(["borrow books"])
    assert inner.asked == ["borrow books"]


@given(calls=st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=6), most=st.integers(0, 5))
def test_returns_what_the_embedder_would(calls: list[list[str]], most: int) -> None:
    cached = Cached(HashEmbedder(), ":memory:", most)
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
    connection = apsw.Connection(str(tmp_path / "cache.db"))
    assert connection.execute("SELECT count(*) FROM vectors").get == 3


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
    apsw.Connection(str(tmp_path / "cache.db")).execute("UPDATE vectors SET vector = x'00000000'")
    np.testing.assert_array_equal(cached.embed(["borrow books"]), HashEmbedder().embed(["borrow books"]))


@pytest.mark.parametrize("place", ["file/cache.db", "."])
def test_does_without_a_file_that_cannot_be_opened(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cached = Cached(HashEmbedder(), tmp_path / place)
    np.testing.assert_array_equal(cached.embed(["borrow books"]), HashEmbedder().embed(["borrow books"]))


def test_does_without_a_file_that_somebody_else_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.embedding.cache.PATIENCE_MS", 50)
    inner = Counting()
    cached = Cached(inner, tmp_path / "cache.db")
    cached.embed(["borrow books"])
    other = apsw.Connection(str(tmp_path / "cache.db"))
    other.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        assert cached.embed(["borrow books", "quiet room"]).shape == (2, 64)
    assert inner.asked == ["borrow books", "quiet room", "quiet room"]


def test_an_embedder_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(HashEmbedder):
        name = "counting"

        def embed(self, texts: Sequence[str]) -> Vectors:
            raise Unavailable("no server")

    with pytest.raises(Unavailable, match="no server"):
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
