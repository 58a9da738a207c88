"""A SQLite file with sqlite-vec, made if it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import sqlite_vec

from ..errors import Unavailable
from .database import PATIENCE, Database

SCHEMA = Path(__file__).with_name("sqlite.sql")
APPLICATION, FORMAT = 0x52414749, 1  # as in SCHEMA


class SqliteFile(Database[apsw.Connection]):
    """The file `path`. Its readers see the last finished transaction while another one is being written.

    Raises:
        Unavailable: it is damaged, is something else, or cannot be opened or written.
    """

    errors = (apsw.Error,)

    def __init__(self, path: Path, dimensions: int) -> None:
        super().__init__()
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(f"the folder of {path} cannot be created: {error.strerror}") from None
        with self._closing_after_errors(), self._plain_errors():
            self._prepare(dimensions)

    def _connect(self) -> apsw.Connection:
        connection = apsw.Connection(str(self._path))
        connection.set_busy_timeout(int(PATIENCE * 1000))
        connection.enable_load_extension(True)
        connection.load_extension(sqlite_vec.loadable_path())
        connection.enable_load_extension(False)
        connection.pragma("foreign_keys", True)
        connection.pragma("synchronous", "NORMAL")  # a kill loses nothing, a power cut the last transactions at most
        return connection

    @contextmanager
    def _begun(self, connection: apsw.Connection) -> Iterator[None]:
        part = connection.in_transaction
        connection.execute("SAVEPOINT part" if part else "BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("RELEASE part" if part else "COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite itself undoes everything when the disk is full
                connection.execute("ROLLBACK TO part; RELEASE part" if part else "ROLLBACK")
            raise

    def _prepare(self, dimensions: int) -> None:
        with self._pool.lease() as connection:
            if self._is_new(connection):
                connection.pragma("journal_mode", "WAL")
                with self._begun(connection):
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

    def _explained(self, error: Exception) -> str:
        match error:
            case apsw.NotADBError() | apsw.CorruptError():
                return f"{self._path} is damaged or no SQLite file; delete it and run `make ingest`"
            case apsw.BusyError() | apsw.LockedError():
                return f"another process is writing {self._path}; try again when it has finished"
            case apsw.CantOpenError() | apsw.ReadOnlyError() | apsw.PermissionsError():
                return f"{self._path} cannot be opened or written; may this user write in its folder?"
            case apsw.FullError():
                return f"there is no room left to write {self._path}; nothing has been changed"
        return f"the index {self._path} fails: {error}"
