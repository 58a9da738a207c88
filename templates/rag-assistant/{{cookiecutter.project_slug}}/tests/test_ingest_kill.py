"""An ingest that is killed leaves the index as it was; the next one completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from assistant.documents.chunking import Chunking
from assistant.documents.ingest import ingest
from assistant.settings import Settings
from assistant.stores.sqlite import SqliteStore
from toy import HashEmbedder

# Ingests, and after two files says so and waits to be killed.
SCRIPT = """
import sys, time
from pathlib import Path
from assistant.documents.ingest import ingest
from assistant.settings import Settings
from assistant.stores.sqlite import SqliteStore
from toy import HashEmbedder

def progress(done, total, name):
    if done == 2:
        print("half", flush=True)
        time.sleep(60)

settings = Settings.model_validate_json(sys.argv[1])
store = SqliteStore(settings.store.path, HashEmbedder.dimensions)
ingest(Path(settings.corpus.folder), store, HashEmbedder(), settings, progress)
"""


def kill_in_mid_ingest(settings: Settings) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SCRIPT, settings.model_dump_json()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=20) == -signal.SIGKILL


def state(settings: Settings) -> tuple[object, ...]:
    store = SqliteStore(settings.store.path, HashEmbedder.dimensions)
    listed = store.documents()
    chunks = store.chunks([f"{one.id}#{number}" for one in listed for number in range(one.chunks)])
    found = (listed, chunks, store.facts(), store.lexical("book", 9))
    store.close()
    return found


def complete(folder: Path, settings: Settings) -> list[str]:
    store = SqliteStore(settings.store.path, HashEmbedder.dimensions)
    ingest(folder, store, HashEmbedder(), settings)
    names = [one.id for one in store.documents()]
    store.close()
    return names


def test_a_first_ingest_that_is_killed_leaves_nothing(settings: Settings, corpus_folder: Path) -> None:
    kill_in_mid_ingest(settings)
    assert state(settings) == ([], [], {}, [])
    assert complete(corpus_folder, settings) == ["guides/loans", "guides/rooms", "reference/fees"]


def test_a_later_ingest_that_is_killed_leaves_the_index_as_it_was(settings: Settings, corpus_folder: Path) -> None:
    complete(corpus_folder, settings)
    before = state(settings)
    for path in corpus_folder.rglob("*.md"):
        path.write_text(f"# {path.stem}\n\nEverything about this book is new.\n")
    kill_in_mid_ingest(settings)
    assert state(settings) == before
    complete(corpus_folder, settings)
    assert state(settings) != before


def test_an_index_that_is_being_made_anew_survives_too(settings: Settings, corpus_folder: Path) -> None:
    complete(corpus_folder, settings)
    before = state(settings)
    kill_in_mid_ingest(settings.model_copy(update={"chunking": Chunking(method="fixed", size=100, overlap=0)}))
    assert state(settings) == before
