"""Ingest the corpus of settings in a process of its own, and kill it; a program that the tests start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from assistant.ingestion.ingest import ingest
from assistant.settings import Settings
from toy import open_toy


def killed_ingest(settings: Settings, seconds: float) -> bool:
    """Kill an ingest so many seconds after it has begun. Returns whether it was still running."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, __file__, settings.model_dump_json()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it begins
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def state(settings: Settings) -> tuple[object, ...]:
    """All that an index holds, to compare."""
    store = open_toy(settings).store
    listed = store.documents()
    chunks = store.chunks([f"{one.id}#{number}" for one in listed for number in range(one.chunks)])
    found = (listed, chunks, store.fingerprint(), store.lexical("book", 9))
    store.close()
    return found


if __name__ == "__main__":
    settings = Settings.model_validate_json(sys.argv[1])
    index = open_toy(settings)
    print("begins", flush=True)
    ingest(Path(settings.corpus.folder), index, settings)
