"""Replay the rows: each is sent over HTTP on its day, and its outcome is written down when it is known."""

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from hashlib import blake2b
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from . import store
from .data import request_rows
from .settings import Settings

LOG = Path("var/client.jsonl")  # what the callers got: the evidence that no request was lost
CLIENTS = 4  # connections that are open at the same time
PATIENCE = 30.0  # seconds until a caller gives up


class Replay:
    """The callers of the service, and the source of the outcomes."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        data = settings.data
        rows = request_rows(settings)
        sent = rows.rename(columns={data.id: "reference", data.time: "day"})[["reference", "day", *settings.names()]]
        self.requests = {
            day: part.to_json(orient="records", lines=True, double_precision=15).splitlines()  # a gap becomes null
            for day, part in sent.groupby("day")
        }
        labels = rows[[data.id, data.known, data.target]]
        self.outcomes = {day: list(part.itertuples(index=False, name=None)) for day, part in labels.groupby(data.known)}
        self.address = (host, port)
        LOG.parent.mkdir(parents=True, exist_ok=True)

    def send(self, day: date, requests: Sequence[str]) -> Counter[str | None]:
        """Send some requests of a day; returns how many answers each version gave."""
        versions: Counter[str | None] = Counter()
        with ThreadPoolExecutor(CLIENTS) as pool, LOG.open("a", encoding="utf-8") as log:
            for answer in pool.map(self._ask, requests):
                log.write(json.dumps({"day": day.isoformat(), **answer}) + "\n")
                versions[answer["version"]] += 1
        return versions

    def tell(self, day: date) -> None:
        """Write down the outcomes that are known when a day ends."""
        with closing(store.connect()) as connection, connection:
            connection.executemany(
                "INSERT OR REPLACE INTO outcomes (reference, known_on, outcome) VALUES (?, ?, ?)",
                self.outcomes.get(day.isoformat(), []),
            )

    def _ask(self, body: str) -> dict[str, Any]:
        """One request, sent once: what a caller sees. Status 0 stands for no answer.

        The router divides requests by their id, so ids that depend on the row alone give each run the same canary.
        """
        request_id = blake2b(body.encode(), digest_size=8).hexdigest()
        headers = {"content-type": "application/json", "x-request-id": request_id}
        try:
            with closing(HTTPConnection(*self.address, timeout=PATIENCE)) as connection:
                connection.request("POST", "/predict", body, headers)
                response = connection.getresponse()
                answer = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            return {"id": None, "status": 0, "version": None, "error": type(error).__name__}
        return {"id": answer.get("id"), "status": response.status, "version": answer.get("model_version")}
