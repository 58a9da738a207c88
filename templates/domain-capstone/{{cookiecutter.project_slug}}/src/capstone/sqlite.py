"""What several processes that use one SQLite file need."""

import sqlite3
import time

PAUSE = 0.05  # seconds between two tries


def use_wal(database: sqlite3.Connection, patience: float) -> None:
    """Let readers not wait for a writer, and try for `patience` seconds.

    Of processes that ask for the journal at once, SQLite refuses some without waiting. Raises sqlite3.OperationalError.
    """
    end = time.monotonic() + patience
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(PAUSE)
