"""Measure how long an answer takes, with its entry in the log: `make load`."""

import json
import os
from itertools import cycle, repeat
from pathlib import Path
from tempfile import TemporaryDirectory

from .artifacts import load
from .manifest import ARTIFACTS
from .serving.latency import SERVICE, Request, Target, measure, server


def run() -> None:
    """Measure, print a table and write reports/load.json. The answers go to a log of their own.

    Raises:
        LoadError: a server does not start or does not answer as it should.
        ModelError: there is no usable model.
    """
    _, manifest = load(ARTIFACTS)
    asked = [Request("/cases", json.dumps(example).encode()) for example in manifest.examples]
    with TemporaryDirectory(prefix="load-") as folder:
        os.environ["CAPSTONE_DATABASE"] = str(Path(folder, "audit.db"))
        with server(SERVICE, "CAPSTONE_", "/health/live") as port:
            targets = {"health": Target(port, repeat(Request("/health/live"))), "answer": Target(port, cycle(asked))}
            measure(targets, {"model_version": manifest.version})
