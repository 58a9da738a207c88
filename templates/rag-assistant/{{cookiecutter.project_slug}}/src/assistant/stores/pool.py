"""A few database connections, each lent to one thread at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from ..errors import Unavailable


class Closable(Protocol):
    def close(self) -> None: ...


Connection = TypeVar("Connection", bound=Closable)


class Pool(Generic[Connection]):
    """Lends at most `size` connections; `connect` makes one, `works` says whether an idle one can be lent again.

    Raises:
        Unavailable: none comes back within `patience` seconds, or the pool is closed.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        works: Callable[[Connection], bool] = lambda _: True,
        size: int = 8,
        patience: float = 10,
    ) -> None:
        self._connect, self._works, self._patience = connect, works, patience
        self._idle: deque[Connection] = deque()
        self._free = threading.BoundedSemaphore(size)
        self._closed = False

    @contextmanager
    def lease(self) -> Iterator[Connection]:
        """A connection for the length of a `with` block."""
        if not self._free.acquire(timeout=self._patience):
            raise Unavailable("all connections to the database are busy; try again later")
        try:
            connection = self._usable()
            try:
                yield connection
            finally:
                self._take_back(connection)
        finally:
            self._free.release()

    def close(self) -> None:
        """Close what is idle now, and what is lent when it comes back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _usable(self) -> Connection:
        if self._closed:
            raise Unavailable("the database has been closed")
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if self._works(connection):
                return connection
            connection.close()
        return self._connect()

    def _take_back(self, connection: Connection) -> None:
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)
