"""Vectors remembered by what was embedded, so that unchanged text is never embedded twice."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import apsw
import numpy as np

from .base import Embedder, Vectors

Result = TypeVar("Result")

TABLE = """
CREATE TABLE IF NOT EXISTS vectors (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, vector BLOB NOT NULL) STRICT
"""
PATIENCE_MS = 2000  # while another process writes
MOST = 100_000  # vectors that are kept: 150 MB of MiniLM's


class Cached:
    """`embedder` behind a file that remembers its newest `most` vectors.

    The file is a help and nothing else: one that cannot be used is made anew, or done without.
    """

    def __init__(self, embedder: Embedder, path: str | Path, most: int = MOST) -> None:
        self._embedder, self._most = embedder, most
        self._vectors = _File(str(path))

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [texts, dimensions]; raises what the embedder raises."""
        keys = [self._key(text) for text in texts]
        known = self._vectors.get(set(keys), self.dimensions)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            made = dict(zip(missing, self._embedder.embed(list(missing.values())), strict=True))
            self._vectors.add(made, self._most)
            known |= made
        return np.array([known[key] for key in keys], dtype=np.float32).reshape(len(texts), self.dimensions)

    def _key(self, text: str) -> str:
        return f"{self.name} {hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"


class _File:
    """A table of vectors; whatever is wrong with its file, it then knows nothing."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._connection: apsw.Connection | None = None

    def get(self, keys: Collection[str], dimensions: int) -> dict[str, Vectors]:
        query = "SELECT key, vector FROM vectors WHERE key IN (SELECT value FROM json_each(?))"
        asked = (json.dumps(list(keys)),)
        rows: list[tuple[str, bytes]] = self._try(lambda connection: list(connection.execute(query, asked)), [])
        return {key: np.frombuffer(content, dtype="<f4") for key, content in rows if len(content) == 4 * dimensions}

    def add(self, vectors: Mapping[str, Vectors], most: int) -> None:
        """Remember vectors, and forget the oldest beyond `most`."""
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()]

        def write(connection: apsw.Connection) -> None:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
                connection.execute("DELETE FROM vectors WHERE number <= (SELECT max(number) FROM vectors) - ?", (most,))

        self._try(write, None)

    def _try(self, work: Callable[[apsw.Connection], Result], otherwise: Result) -> Result:
        with self._turn:
            try:
                self._connection = self._connection or self._open()
                return work(self._connection)
            except (apsw.NotADBError, apsw.CorruptError):
                self._start_anew()
            except (apsw.Error, OSError):  # busy, read-only, full: next time it may work
                pass
            return otherwise

    def _open(self) -> apsw.Connection:
        Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        connection = apsw.Connection(self._path)
        connection.set_busy_timeout(PATIENCE_MS)
        connection.transaction_mode = "IMMEDIATE"
        connection.pragma("journal_mode", "WAL")
        connection.pragma("synchronous", "OFF")  # a power cut may damage the file, and nobody minds
        connection.execute(TABLE)
        return connection

    def _start_anew(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None
        for suffix in ("", "-wal", "-shm"):
            Path(self._path + suffix).unlink(missing_ok=True)
