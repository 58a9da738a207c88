"""Passages of questions that were asked before."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence

from ..hits import Hit


class QueryCache:
    """The `size` questions asked last with their hits (LRU). Safe to use from several threads.

    Callers put everything that decides the hits into the key, the version of the index first of all.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[Hashable, tuple[Hit, ...]] = OrderedDict()
        self._lock = threading.Lock()
        self.lookups = 0
        self.found = 0

    def get(self, key: Hashable) -> list[Hit] | None:
        with self._lock:
            self.lookups += 1
            if key not in self._entries:
                return None
            self.found += 1
            self._entries.move_to_end(key)
            return list(self._entries[key])

    def put(self, key: Hashable, hits: Sequence[Hit]) -> None:
        with self._lock:
            self._entries[key] = tuple(hits)
            self._entries.move_to_end(key)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
