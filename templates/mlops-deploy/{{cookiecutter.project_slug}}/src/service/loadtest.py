"""`make load`: how long one caller waits, and what many at once get, beside an endpoint that computes nothing.

The clients are Locust's. Each service is a process of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from socket import create_server
from typing import Any

import httpx2
import numpy as np
from fastapi import FastAPI

from .registry import open_registry
from .reporting.metrics import REPORTS, write_json
from .settings import load_settings

LOAD = REPORTS / "load.json"
LOCUST_FILE = "loadtest/locustfile.py"
HOST = "127.0.0.1"
USERS = (1, 8)  # at the same time
START_SECONDS = 600.0  # a slow machine may need minutes
SERVICE = ("-m", "service", "serve")
CONSTANT = ("-m", "uvicorn", f"{__name__}:constant")

constant = FastAPI()  # what FastAPI itself costs


class LoadError(ValueError):
    """Nothing could be measured; the message says why."""


@constant.post("/predict")
async def predict(row: dict[str, Any]) -> dict[str, float]:  # noqa: ARG001  # it is read and validated
    return {"probability": 0.5}


def run() -> None:
    """Measure and write reports/load.json.

    Raises:
        LoadError: there is no champion, or a server does not start.
    """
    registry = open_registry(load_settings())
    version = registry.alias("champion")
    if version is None:
        raise LoadError("no version is the champion yet; release one: make deploy VERSION=1")
    row = json.dumps(registry.files(version).manifest.example)
    with tempfile.TemporaryDirectory() as place:
        os.environ["SERVICE_DATABASE"] = str(Path(place, "service.db"))  # these requests are nobody's
        with server(SERVICE, "SERVICE_", "/health") as service, server(CONSTANT, "UVICORN_", "/docs") as other:
            asked = [(kind, users) for users in USERS for kind in ((service, "predict"), (other, "constant endpoint"))]
            results = [{"request": name, **_locust(address, users, row)} for (address, name), users in asked]
    ended = {"ended_at": datetime.now(UTC).isoformat(timespec="seconds"), "cpus": os.cpu_count()}
    write_json(LOAD, ended | {"model_version": version, "results": results})


@contextmanager
def server(command: tuple[str, ...], prefix: str, ready: str) -> Iterator[str]:
    """Run a server until the `with` block ends; yields its address.

    It reads host and port from environment variables that begin with `prefix`.

    Raises:
        LoadError: it stops, or does not answer at the path `ready` in time.
    """
    with create_server((HOST, 0)) as probe:
        port = str(probe.getsockname()[1])
    environment = {**os.environ, f"{prefix}HOST": HOST, f"{prefix}PORT": port}
    process = subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait(process, f"http://{HOST}:{port}{ready}")
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            httpx2.get(address).raise_for_status()
            return
        except httpx2.HTTPError:
            time.sleep(0.1)
    raise LoadError(f"the server stopped, or was not ready within {START_SECONDS:.0f} s; its message is above")


def _locust(address: str, users: int, row: str) -> dict[str, Any]:
    """What so many users at once get, who ask again as soon as they have an answer."""
    command = ["-m", "locust", "--locustfile", LOCUST_FILE, "--headless", "--json", "--loglevel", "WARNING"]
    command += ["--users", str(users), "--spawn-rate", str(users), "--host", address, "--row", row]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)  # noqa: S603
    try:
        (found,) = json.loads(done.stdout)
    except ValueError:
        raise LoadError(f"locust measured nothing: {done.stderr.strip()[-500:]}") from None
    answers, times = found["num_requests"], found["response_times"]  # the number of answers by their milliseconds
    cuts = np.percentile(np.repeat([*map(float, times)], [*times.values()]), [50, 95, 99]).round(1).tolist()
    per_second = round(answers / (found["last_request_timestamp"] - found["start_time"]))
    counts = {"users": users, "answers": answers, "failures": found["num_failures"], "per_second": per_second}
    return counts | dict(zip(("p50", "p95", "p99"), cuts, strict=True))
