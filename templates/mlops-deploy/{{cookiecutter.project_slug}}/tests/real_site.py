"""What the tests with real processes share: models, known outcomes and callers."""

import json
import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LogisticRegression

import toy_model
from service.store import connect
from toy_model import wait_for

ROOT = Path(__file__).parents[1]
CALLERS, HANG = 3, 60.0
KILLED = """
import os, signal, sys
from pathlib import Path
from service import deploying
from service.settings import load_settings

killed = Path("killed")
seen = killed.read_text().splitlines() if killed.exists() else []

def checkpoint(name):
    if name not in seen:
        killed.write_text("\\n".join([*seen, name]))
        os.kill(os.getpid(), signal.SIGKILL)

sys.exit(deploying.deploy(load_settings(), sys.argv[1], yes=True, checkpoint=checkpoint))
"""


class Traffic:
    """Callers who send parcels to the router."""

    def __init__(self, port: int) -> None:
        self.port, self.answers, self.stopped = port, list[tuple[float, int, str]](), threading.Event()

    def send(self, seed: int) -> None:
        draw, connection = random.Random(seed), HTTPConnection("127.0.0.1", self.port, timeout=HANG)
        while not self.stopped.wait(0.01):
            body = json.dumps({"distance": draw.randint(0, 120), "carrier": draw.choice(toy_model.CARRIERS)})
            try:
                connection.request("POST", "/predict", body, {"content-type": "application/json"})
                answer = connection.getresponse()
                content = json.loads(answer.read())
                self.answers.append((time.time(), answer.status, content.get("model_version", "")))
            except (OSError, HTTPException) as error:
                self.answers.append((time.time(), 0, repr(error)))
                connection.close()

    def next(self, count: int = 20) -> list[str]:
        """The versions that answer the next requests."""
        start = len(self.answers) + CALLERS  # so many have been sent already
        wait_for(lambda: len(self.answers) >= start + count)
        return [version for _, _, version in self.answers[start:]]

    def lost(self) -> list[tuple[float, int, str]]:
        return [answer for answer in self.answers if answer[1] != 200]


def opposite() -> bytes:
    """A model that says the opposite of what happened."""
    fit = LogisticRegression.fit
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LogisticRegression, "fit", lambda self, X, y, **rest: fit(self, X, ~y, **rest))
        return toy_model.model_file(99)


def known() -> None:
    """Parcels whose outcome became known after each version was trained."""
    draw = random.Random(3)
    with closing(connect()) as database, database:
        for number in range(300):
            days = draw.randint(0, 120)
            row = json.dumps({"distance": days, "carrier": draw.choice(toy_model.CARRIERS)})
            stored = (f"old{number}", 0.0, f"old{number}", "2015-11-01", "1", "champion", row, 0.5)
            database.execute("INSERT INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", stored)
            outcome = int(draw.random() < 0.1 + days / 200)
            database.execute("INSERT INTO outcomes VALUES (?, '2015-12-01', ?)", (f"old{number}", outcome))
        database.execute("INSERT INTO outcomes VALUES ('later', '2015-12-02', 1)")  # so that the day before is over


def free_port() -> int:
    """The first of three free ports in a row."""
    while True:
        port = random.randint(20_000, 30_000)
        try:
            for place in range(3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + place))
            return port
        except OSError:
            continue


@contextmanager
def traffic() -> Iterator[Traffic]:
    """Callers, as long as the block runs."""
    found = Traffic(int(os.environ["ROUTER_PORT"]))
    with ThreadPoolExecutor(CALLERS) as pool:
        for seed in range(CALLERS):
            pool.submit(found.send, seed)
        try:
            yield found
        finally:
            found.stopped.set()


def shares_of(version: str, answers: list[tuple[float, int, str]]) -> float:
    return sum(answer[2] == version for answer in answers) / len(answers)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def at(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["at"]).timestamp()
