"""Index documents in a process of its own that is killed; a program that the tests start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

from assistant.ingestion.ingest import add_upload, ingest
from assistant.settings import Settings
from assistant.stores.base import Index, Store
from toy import open_toy

# Calls of the store after which an ingest is killed: in the middle of its work, and when all is written but the end.
POINTS = {"replace": 4, "set_fingerprint": 1}
UPLOAD = "upload"
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows, that one kills


def killed_ingest(settings: Settings, point: str) -> None:
    """Let an ingest kill itself there, or an upload when its document is written."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, __file__, settings.model_dump_json(), point]
    assert abs(subprocess.run(command, env=environment, check=False).returncode) == KILL


def killing(store: Store, point: str, times: int) -> None:
    """Let the store end this process after so many calls."""
    calls, called = count(1), getattr(store, point)

    def call(*arguments: Any) -> None:
        called(*arguments)
        if next(calls) == times:
            os.kill(os.getpid(), KILL)

    setattr(store, point, call)


def state(settings: Settings) -> tuple[object, ...]:
    """All that an index holds, to compare."""
    store = open_toy(settings).store
    listed = store.documents()
    chunks = store.chunks([f"{one.id}#{number}" for one in listed for number in range(one.chunks)])
    found = (listed, chunks, store.fingerprint(), store.lexical("book", 9))
    store.close()
    return found


def open_killing(settings: Settings) -> Index:
    """The index that ends this process when a document is written."""
    index = open_toy(settings)
    killing(index.store, "replace", 1)
    return index


if __name__ == "__main__":
    settings = Settings.model_validate_json(sys.argv[1])
    if sys.argv[2] == UPLOAD:
        list(add_upload(open_killing, settings, "note.md", b"# Lockers\n\nLockers are in the hall.\n"))
    index = open_toy(settings)
    killing(index.store, sys.argv[2], POINTS[sys.argv[2]])
    ingest(Path(settings.corpus.folder), index, settings)
