"""What can happen to an index file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from assistant.errors import Unavailable
from assistant.stores import database
from assistant.stores.sqlite import SqliteStore
from toy import HashEmbedder, index_document, toy_documents

TESTS = Path(__file__).parent
# Empties the index, fills it with something else, and is killed before it has finished.
KILLED = """
import sys
from dataclasses import replace
from toy import HashEmbedder, index_document, toy_documents
from assistant.stores.sqlite import SqliteStore
store = SqliteStore(sys.argv[1], HashEmbedder.dimensions)
with store.transaction():
    store.clear()
    for number in range(300):
        index_document(store, HashEmbedder(), replace(toy_documents()[0], id=f"new{number}"))
    print("written", flush=True)
    sys.stdin.read()
"""


def _writer(path: Path) -> subprocess.Popen[str]:
    """Another process in the middle of a transaction."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])},
    )
    assert process.stdout
    assert process.stdout.readline() == "written\n"
    return process


def test_a_kill_in_the_middle_of_a_transaction_changes_nothing(store: SqliteStore, tmp_path: Path) -> None:
    before = store.documents(), store.facts(), store.lexical("book", 9)
    with _writer(tmp_path / "index.db") as process:
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    for one in (store, SqliteStore(tmp_path / "index.db", HashEmbedder.dimensions)):
        assert (one.documents(), one.facts(), one.lexical("book", 9)) == before
        one.remove("guides/rooms")  # nothing is locked either
        index_document(one, HashEmbedder(), toy_documents()[1])
        before = one.documents(), one.facts(), one.lexical("book", 9)


def test_waits_for_another_process_and_then_says_so(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.stores.sqlite_file.PATIENCE", 0.2)
    with _writer(tmp_path / "index.db") as process:
        impatient = SqliteStore(tmp_path / "index.db", HashEmbedder.dimensions)
        with pytest.raises(Unavailable, match=r"another process is writing .*index.db; try again when it has finished"):
            impatient.remove("guides/loans")
        assert len(store.documents()) == 3
        process.kill()


def test_what_a_transaction_has_read_stays_true_until_it_ends(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.stores.sqlite_file.PATIENCE", 0.2)
    other = SqliteStore(tmp_path / "index.db", HashEmbedder.dimensions)
    with store.transaction():
        assert len(store.documents()) == 3
        with pytest.raises(Unavailable, match="another process is writing"):
            other.remove("guides/loans")
        store.remove("guides/rooms")
    assert other.remove("guides/loans")
    other.close()


def test_waits_for_another_thread_and_then_says_so(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    with ThreadPoolExecutor(1) as pool, store.transaction():
        late = pool.submit(store.remove, "guides/loans")
        with pytest.raises(Unavailable, match="is still being written by another process"):
            late.result()


@pytest.mark.parametrize(
    "content", [b"This is a letter to my aunt. " * 40, b"SQLite format 3\0" + bytes(range(256)) * 40]
)
def test_refuses_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(content)
    with pytest.raises(Unavailable, match=r"index.db is damaged or no SQLite file; delete it and run `make ingest`"):
        SqliteStore(path, 64)
    assert path.read_bytes() == content


def test_refuses_a_database_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE aunts (name)")
    connection.close()
    content = path.read_bytes()
    with pytest.raises(Unavailable, match="is not an index of this version; delete it and run `make ingest`"):
        SqliteStore(path, 64)
    assert path.read_bytes() == content


def test_says_so_when_pages_of_the_file_are_damaged(store: SqliteStore, tmp_path: Path) -> None:
    store.close()
    path = tmp_path / "index.db"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    damaged = SqliteStore(path, HashEmbedder.dimensions)
    with pytest.raises(Unavailable, match="is damaged or no SQLite file"):
        damaged.documents()


def test_says_so_when_the_path_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be opened or written; may this user write in its folder"):
        SqliteStore(tmp_path, 64)


def test_says_so_when_the_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match=r"the folder of .*index.db cannot be created: Not a directory"):
        SqliteStore(tmp_path / "file" / "folder" / "index.db", 64)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_says_so_when_the_folder_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Unavailable, match="may this user write in its folder"):
        SqliteStore(tmp_path / "index.db", 64)


def test_a_full_disk_changes_nothing(store: SqliteStore) -> None:
    before = store.documents(), store.facts()
    with store._file.reading() as connection:  # the only one, so the one that will write
        connection.pragma("max_page_count", connection.pragma("page_count"))
    with pytest.raises(Unavailable, match=r"there is no room left to write .*index.db; nothing has been changed"):
        index_document(store, HashEmbedder(), replace(toy_documents()[0], text=f"# Long\n\n{'word. ' * 2000}\n"))
    assert (store.documents(), store.facts()) == before


def test_an_empty_file_becomes_an_index(tmp_path: Path) -> None:
    (tmp_path / "index.db").touch()
    assert SqliteStore(tmp_path / "index.db", 64).documents() == []


def test_is_of_no_use_after_closing(store: SqliteStore) -> None:
    store.close()
    with pytest.raises(Unavailable, match="the database has been closed"):
        store.documents()
