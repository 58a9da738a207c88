"""`make load`: how long an answer takes beside an endpoint that computes nothing, and what many users at once get."""

import json
import os
import subprocess
import sys
import tempfile
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import FastAPI

from .registry import open_registry
from .reporting.metrics import read_json, write_json
from .reporting.served import LOAD
from .serving.latency import HOST, SERVICE, LoadError, Request, Target, measure, server
from .settings import load_settings

LOCUST_FILE = "loadtest/locustfile.py"
USERS = 8
SECONDS = 10

constant = FastAPI()  # what FastAPI itself costs


@constant.post("/predict")
async def predict(row: dict[str, Any]) -> dict[str, float]:  # noqa: ARG001  # it is read and validated
    return {"probability": 0.5}


def run() -> None:
    """Measure, print a table and write reports/load.json.

    Raises:
        LoadError: there is no champion, or a server does not start or does not answer as it should.
    """
    settings = load_settings()
    registry = open_registry(settings)
    version = registry.alias("champion")
    if version is None:
        raise LoadError("no version is the champion yet; release one: make deploy VERSION=1")
    body = json.dumps(registry.files(version).manifest.example)
    with tempfile.TemporaryDirectory() as place:
        os.environ["SERVICE_DATABASE"] = str(Path(place, "service.db"))  # these requests are nobody's
        with (
            server(SERVICE, "SERVICE_", "/health") as port,
            server(("-m", "uvicorn", f"{__name__}:constant"), "UVICORN_", "/docs") as other,
        ):
            ask = Request("/predict", body.encode())
            targets = {"predict": Target(port, repeat(ask)), "constant_endpoint": Target(other, repeat(ask))}
            measure(targets, {"model_version": version})
            users = _locust(port, Path(place))
    write_json(LOAD, {**read_json(LOAD), "users": users})


def _locust(port: int, place: Path) -> dict[str, Any]:
    command = ["-m", "locust", "-f", LOCUST_FILE, "--headless", "--only-summary", "--loglevel", "WARNING"]
    command += ["--users", str(USERS), "--spawn-rate", str(USERS), "--run-time", f"{SECONDS}s"]
    command += ["--host", f"http://{HOST}:{port}", "--json-file", str(place / "locust")]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)  # noqa: S603
    if not (place / "locust.json").exists():
        raise LoadError(f"locust measured nothing: {done.stderr.strip()[-500:]}")
    every = json.loads((place / "locust.json").read_text(encoding="utf-8"))
    found = next(one for one in every if one["name"] == "/predict")
    times = found["response_times"]  # milliseconds -> number of answers
    p50, p95 = np.percentile(np.repeat([*map(float, times)], [*times.values()]), [50, 95])
    return {
        "users": USERS,
        "seconds": SECONDS,
        "requests": found["num_requests"],
        "failures": found["num_failures"],
        "per_second": round(found["num_requests"] / SECONDS, 1),
        "p50": round(p50, 1),
        "p95": round(p95, 1),
    }
