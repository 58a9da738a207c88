"""What every database adapter does with connections: many threads read, one writes, each error is a sentence."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Generic, TypeVar, cast

from ..errors import DocumentError, Unavailable
from .pool import Closable, Pool

PATIENCE = 10.0  # seconds that a writer waits for another one

Connection = TypeVar("Connection", bound=Closable)


class Database(ABC, Generic[Connection]):
    """A pool of connections, of which one thread at a time has one to write with.

    Raises:
        Unavailable: as `_explained` says, or another thread is writing for too long.
    """

    errors: tuple[type[Exception], ...]  # of the driver

    def __init__(self) -> None:
        self._pool = Pool(self._connect, self._works)
        self._turn = threading.Lock()  # of the threads that want to write
        self._mine = threading.local()  # its `connection` is set while this thread writes

    @abstractmethod
    def _connect(self) -> Connection:
        """A new connection, ready to use."""

    def _works(self, connection: Connection) -> bool:  # noqa: ARG002
        """Whether a connection that was idle is still alive."""
        return True

    @abstractmethod
    def _begun(self, connection: Connection) -> AbstractContextManager[object]:
        """A transaction, or within one a part of it that can fail by itself."""

    @abstractmethod
    def _explained(self, error: Exception) -> str:
        """What anybody should know about an error of the driver."""

    def _reason(self, error: Exception) -> str:  # noqa: ARG002
        """What only who runs the database should know of it."""
        return ""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection; inside `writing` it is that one, so that a thread sees what it has written."""
        with self._plain_errors():
            if mine := self._my_connection():
                yield mine
            else:
                with self._pool.lease() as connection:
                    yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction; one inside another is a part of it that can fail by itself."""
        with self._plain_errors():
            if mine := self._my_connection():
                with self._begun(mine):
                    yield mine
            else:
                with self._my_turn(), self._pool.lease() as connection, self._begun(connection):
                    self._mine.connection = connection
                    try:
                        yield connection
                    finally:
                        self._mine.connection = None

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def _closing_after_errors(self) -> Iterator[None]:
        """For the constructor: nobody could close what it leaves behind."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _my_connection(self) -> Connection | None:
        return cast("Connection | None", getattr(self._mine, "connection", None))

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=PATIENCE):
            raise Unavailable("the index is still being written by another process; try again when that has finished")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except self.errors as error:
            raise Unavailable(self._explained(error), self._reason(error)) from error
        except UnicodeEncodeError as error:
            raise DocumentError(f"a text or name cannot be stored, since it is not valid Unicode: {error}") from None
