"""A PostgreSQL server with pgvector, one schema of which holds an index."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.abc import Buffer
from psycopg.types.string import StrDumper

from ..errors import Unavailable
from .database import PATIENCE, Database

SCHEMA = Path(__file__).with_name("postgres.sql")
FORMAT = 1  # of the tables in SCHEMA
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 60
WIDEST = 200  # candidates that an HNSW index, should there be one, can find: the most that settings.toml allows

Connection = psycopg.Connection[Any]


class PostgresServer(Database[Connection]):
    """The server at `url`. The index is in the schema `name`, which is made if it is not there.

    A lost connection is replaced when the next one is asked for: the server may be restarted at any time.

    Raises:
        Unavailable: it does not answer, lacks pgvector, or refuses.
    """

    errors = (psycopg.Error,)

    def __init__(self, url: str, dimensions: int, name: str) -> None:
        super().__init__()
        self._url, self._name = url, name
        with self._closing_after_errors(), self.writing() as connection:
            self._prepare(connection, dimensions)

    def _connect(self) -> Connection:
        connection: Connection = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            tcp_user_timeout=CONNECT_SECONDS * 1000,
            application_name="assistant",
        )
        connection.adapters.register_dumper(str, _WithoutNul)
        # The last two are where extensions are; a schema that is not there is passed over.
        connection.execute(sql.SQL("SET search_path TO {}, public, extensions").format(sql.Identifier(self._name)))
        connection.execute(f"SET statement_timeout TO '{STATEMENT_SECONDS}s'".encode())
        connection.execute(f"SET lock_timeout TO '{PATIENCE:g}s'; SET hnsw.ef_search TO {WIDEST}".encode())
        return connection

    def _works(self, connection: Connection) -> bool:
        hanging_up = threading.Timer(CONNECT_SECONDS, _hang_up, [connection])  # a frozen server never would
        hanging_up.start()
        try:
            connection.execute("")
        except psycopg.Error:
            return False
        finally:
            hanging_up.cancel()
        return True

    @contextmanager
    def _begun(self, connection: Connection) -> Iterator[None]:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (self._name,))
            yield

    def _prepare(self, connection: Connection, dimensions: int) -> None:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(self._name)))
        tables = [
            row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [self._name])
        ]
        if not tables:
            connection.execute(SCHEMA.read_bytes())
            connection.execute("INSERT INTO format VALUES (%s, %s)", (FORMAT, dimensions))
        elif "format" not in tables or connection.execute("SELECT version FROM format").fetchone() != (FORMAT,):
            raise Unavailable(
                f"the schema {self._name} at ASSISTANT_DATABASE_URL is not an index of this version; "
                "drop it, or name another database"
            )

    def _explained(self, error: Exception) -> str:
        where = "the database at ASSISTANT_DATABASE_URL"
        match error:
            case errors.LockNotAvailable():
                return f"another process is writing the index in {where}; try again when it has finished"
            case errors.QueryCanceled():
                return f"{where} took longer than {STATEMENT_SECONDS} seconds; try again later"
            case errors.FeatureNotSupported() | errors.UndefinedObject() | errors.InsufficientPrivilege():
                return f"{where} needs pgvector, and a user who may make a schema and the extension `vector`"
            case psycopg.OperationalError():
                return f"{where} does not answer; does it run, and is the address right?"
            case psycopg.ProgrammingError(sqlstate=None):
                return "ASSISTANT_DATABASE_URL is not an address such as postgresql://user:password@host:5432/name"
        return f"{where} fails"

    def _reason(self, error: Exception) -> str:
        if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
            return ""  # it has the address, and so the password
        return next(iter(str(error).splitlines()), "")


def _hang_up(connection: Connection) -> None:
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


class _WithoutNul(StrDumper):
    """PostgreSQL has no NUL in text. Another sign in its place keeps all offsets."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))
