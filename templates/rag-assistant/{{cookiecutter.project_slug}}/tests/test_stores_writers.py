"""Another process writes the store: it is killed, or has to be waited for."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import Unavailable
from assistant.passages import Document
from assistant.settings import Settings
from assistant.stores.base import Index, Store
from toy import HashEmbedder, open_toy

EMBEDDER = HashEmbedder()
ALL = 100
# Empties the index, fills it with something else, and is killed before it has finished.
WRITER = """
import sys
from assistant.settings import Settings
from toy import *
index = open_toy(Settings.model_validate_json(sys.argv[1]))
with index.store.transaction():
    index.store.clear()
    index_toy(index.store, index.embedder, [Document(f"new{number}", "", "# A\\n\\nB c.\\n") for number in range(300)])
    print("written", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def store(index: Index) -> Store:
    return index.store


@pytest.fixture
def writer(index: Index, settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of a transaction."""
    tests = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, settings.model_dump_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent / "src")])},
    )
    assert process.stdout
    assert process.stdout.readline() == "written\n"
    yield process
    process.kill()
    process.communicate()


def note(name: str, text: str, **metadata: str) -> Document:
    """A document of one paragraph."""
    return Document(name, name.title(), f"# {name}\n\n{text}\n", "0" * 64, metadata)


def everything(store: Store) -> object:
    found = store.lexical("book room card", ALL), store.dense(EMBEDDER.embed(["book"])[0], ALL)
    return store.documents(), store.facets(), store.fingerprint(), found


def test_a_kill_in_the_middle_of_a_transaction_changes_nothing(
    store: Store, settings: Settings, writer: subprocess.Popen[str]
) -> None:
    before = everything(store)
    other = open_toy(settings).store  # neither opening nor reading waits for the writer
    assert everything(other) == before
    writer.kill()
    assert writer.wait() != 0
    assert everything(other) == everything(store) == before
    assert other.remove("guides/rooms")
    other.close()


def test_waits_for_another_process_and_then_says_so(
    store: Store, settings: Settings, writer: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules[type(store).__module__]
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    impatient = open_toy(settings).store
    with pytest.raises(Unavailable, match=r"another process is writing .*; try again when it has finished"):
        impatient.remove("guides/loans")
    impatient.close()
