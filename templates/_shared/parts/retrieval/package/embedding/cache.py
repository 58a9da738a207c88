"""What models made of texts, remembered by content, so that unchanged text is never read twice."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from .base import Embedder, Vectors

TABLE = "CREATE TABLE IF NOT EXISTS entries (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, content BLOB)"
PATIENCE = 2.0  # seconds, while another process writes
MOST = 100_000  # entries that are kept: 150 MB of MiniLM's vectors

Rows = list[tuple[str, bytes]]


class Memory:
    """Bytes by key in a file that keeps its newest `most` entries. Safe to call from several threads.

    The file is a help and nothing else: one that cannot be used is made anew, or done without.
    """

    def __init__(self, path: str | Path, most: int = MOST) -> None:
        self._path, self._most = Path(path), most
        self._turn = threading.Lock()

    def get(self, keys: Collection[str]) -> dict[str, bytes]:
        """The entries that are there."""
        query = "SELECT key, content FROM entries WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self._try(lambda file: file.execute(query, (json.dumps(list(keys)),)).fetchall()))

    def add(self, entries: Mapping[str, bytes]) -> None:
        """Remember entries, and forget the oldest beyond `most`."""

        def write(file: sqlite3.Connection) -> Rows:
            file.executemany("INSERT OR REPLACE INTO entries (key, content) VALUES (?, ?)", entries.items())
            file.execute("DELETE FROM entries WHERE number <= (SELECT max(number) FROM entries) - ?", (self._most,))
            return []

        self._try(write)

    def _try(self, work: Callable[[sqlite3.Connection], Rows]) -> Rows:
        try:
            with self._turn:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level="IMMEDIATE")
                with closing(connection), connection:
                    connection.execute("PRAGMA synchronous = OFF")  # a power cut may damage the file; nobody minds
                    connection.execute(TABLE)
                    return work(connection)
        except (sqlite3.OperationalError, OSError):  # busy, read-only, full: next time it may work
            return []
        except sqlite3.DatabaseError:  # damaged
            self._path.unlink(missing_ok=True)
            return []


class Cached:
    """An embedder whose vectors are remembered in the file `path`."""

    def __init__(self, embedder: Embedder, path: str | Path, most: int = MOST) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._memory = Memory(path, most)

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [texts, dimensions]; raises what the embedder raises."""
        keys = [key(self.name, text) for text in texts]
        stored = self._memory.get(set(keys)).items()
        known = {name: np.frombuffer(content, "<f4") for name, content in stored if len(content) == 4 * self.dimensions}
        missing = {name: text for name, text in zip(keys, texts, strict=True) if name not in known}
        if missing:
            made = dict(zip(missing, self._embedder.embed(list(missing.values())), strict=True))
            self._memory.add({name: vector.astype("<f4").tobytes() for name, vector in made.items()})
            known |= made
        return np.array([known[name] for name in keys], dtype=np.float32).reshape(len(texts), self.dimensions)


def key(model: str, *texts: str) -> str:
    """Names what a model makes of a text, or of several together."""
    content = "\0".join(texts).encode("utf-8", "replace")
    return f"{model} {hashlib.sha256(content).hexdigest()}"
