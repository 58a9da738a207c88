"""A SQLite file that several threads read while one of them writes, and whose errors are sentences."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import sqlite_vec

from ..errors import Unavailable
from .pool import Pool

SCHEMA = Path(__file__).with_name("sqlite.sql")
APPLICATION, FORMAT = 0x52414749, 1  # as in SCHEMA
PATIENCE = 10  # seconds that a writer waits for another one


class SqliteFile:
    """The file `path`, made if it is not there. A connection of `reading` sees what was finished when it began.

    Raises:
        Unavailable: it is damaged, is something else, or cannot be opened or written.
    """

    def __init__(self, path: Path, dimensions: int) -> None:
        self._path = path
        self._pool = Pool(self._connect)
        self._turn = threading.Lock()  # of the threads that want to write
        self._mine = threading.local()  # its `connection` is set while this thread writes
        with self._plain_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._prepare(dimensions)

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """A connection; inside `writing` it is that one, so that a thread sees what it has written."""
        with self._plain_errors():
            if connection := getattr(self._mine, "connection", None):
                yield connection
            else:
                with self._pool.lease() as connection:
                    yield connection

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """A connection in a transaction, or in a part of this thread's transaction that can fail by itself."""
        with self._plain_errors():
            if connection := getattr(self._mine, "connection", None):
                with connection:
                    yield connection
            else:
                with self._my_turn(), self._pool.lease() as connection, connection:
                    self._mine.connection = connection
                    try:
                        yield connection
                    finally:
                        self._mine.connection = None

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=PATIENCE):
            raise Unavailable(f"{self._path} is being written for a long time; try again later")
        try:
            yield
        finally:
            self._turn.release()

    def _connect(self) -> apsw.Connection:
        connection = apsw.Connection(str(self._path))
        connection.set_busy_timeout(PATIENCE * 1000)
        connection.transaction_mode = "IMMEDIATE"  # `with connection` asks for the right to write at once
        connection.enable_load_extension(True)
        connection.load_extension(sqlite_vec.loadable_path())
        connection.enable_load_extension(False)
        connection.pragma("foreign_keys", True)
        connection.pragma("synchronous", "NORMAL")  # a kill loses nothing, a power cut the last transactions at most
        return connection

    def _prepare(self, dimensions: int) -> None:
        with self._pool.lease() as connection:
            if self._is_new(connection):
                connection.pragma("journal_mode", "WAL")
                with connection:
                    if self._is_new(connection):  # still: another process may have been faster
                        connection.execute(SCHEMA.read_text(encoding="utf-8"))
                        connection.execute("INSERT INTO format VALUES (?)", (dimensions,))

    def _is_new(self, connection: apsw.Connection) -> bool:
        found = connection.pragma("application_id"), connection.pragma("user_version")
        if found == (APPLICATION, FORMAT):
            return False
        if found[0] or connection.execute("SELECT count(*) FROM sqlite_schema").get:
            raise Unavailable(
                f"{self._path} is not an index of this version; delete it and run `make ingest`, "
                "or name another file as store.path in settings.toml"
            )
        return True

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (apsw.Error, OSError) as error:
            raise Unavailable(self._explained(error)) from error

    def _explained(self, error: Exception) -> str:
        match error:
            case apsw.NotADBError() | apsw.CorruptError():
                return f"{self._path} is damaged or no SQLite file; delete it and run `make ingest`"
            case apsw.BusyError() | apsw.LockedError():
                return f"another process is writing {self._path}; try again when it has finished"
            case apsw.CantOpenError() | apsw.ReadOnlyError() | apsw.PermissionsError() | OSError():
                return (
                    f"{self._path} cannot be opened or written; may this user write in the folder {self._path.parent}?"
                )
            case apsw.FullError():
                return f"there is no room to write {self._path}; nothing has been changed"
        return f"the index {self._path} fails: {error}"
