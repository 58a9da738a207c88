"""How long one caller waits for an answer, without a network: the application is asked in this process."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from statistics import quantiles
from time import perf_counter

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from ..reporting.metrics import REPORTS, write_json

LATENCY = REPORTS / "latency.json"
ANSWERS = 200
WARM_UP = 20  # answers before these, which are not counted


def measure(app: FastAPI, path: str, bodies: Sequence[object]) -> None:
    """Post `bodies` to `path` in turn, one after the other, and write reports/latency.json."""
    with redirect_stdout(StringIO()):  # a log line for each request
        cuts = quantiles(asyncio.run(_milliseconds(app, path, bodies)), n=20)
    facts = {"answers": ANSWERS, "cpus": os.cpu_count(), "unit": "ms"}
    write_json(LATENCY, {**facts, "p50": round(cuts[9], 3), "p95": round(cuts[18], 3)})


async def _milliseconds(app: FastAPI, path: str, bodies: Sequence[object]) -> list[float]:
    taken = []
    async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
        for turn in range(WARM_UP + ANSWERS):
            started = perf_counter()
            (await client.post(path, json=bodies[turn % len(bodies)])).raise_for_status()
            taken.append((perf_counter() - started) * 1000)
    return taken[WARM_UP:]
