"""What the drill of mlops-deploy wrote down: its callers, its router, its deployer and its service, each for itself."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
import tomllib
from bisect import bisect_left, bisect_right
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sites import lines

Line = dict[str, Any]


@dataclass(frozen=True)
class Logs:
    """All times are in unix seconds, all days ISO text."""

    booked: dict[str, str]  # from the data: each booking of the replayed days, with its day
    known: dict[str, tuple[str, int]]  # from the data: when its outcome is known, and the outcome
    callers: list[Line]
    router: list[Line]  # with `begun`, when the request came
    deployer: list[Line]
    answers: list[Line]
    alerts: list[Line]
    settings: dict[str, Any]
    held_out: dict[str, Any]  # of each version, from its manifest: the days, and the gap of each part

    @property
    def rolled_back(self) -> str:
        """The one version that was."""
        (line,) = (line for line in self.deployer if line["action"] == "rolled back")
        return str(line["version"])

    def release(self, version: str) -> list[Line]:
        """What the deployer wrote about a version."""
        return [line for line in self.deployer if line["version"] == version]

    def of(self, version: str) -> list[Line]:
        return [answer for answer in self.answers if answer["version"] == version]


def read(folder: Path) -> Logs:
    story = tomllib.loads((folder / "drill/story.toml").read_text("utf-8"))
    first, last = story["releases"][0]["day"].isoformat(), story["until"].isoformat()
    bookings, outcomes = table(folder / "data/bookings.csv.gz"), table(folder / "data/outcomes.csv.gz")
    router = lines(folder / "var/access.jsonl")
    for line in router:
        line["begun"] = line["at"] - line["ms"] / 1000
    drill = json.loads((folder / "reports/drill.json").read_text("utf-8"))
    deployer = lines(folder / "reports/deployments.jsonl")
    for line in deployer:
        line["at"] = datetime.fromisoformat(line["at"]).timestamp()
    with closing(sqlite3.connect(folder / "var/service.db")) as database:
        database.row_factory = sqlite3.Row
        answers = [
            dict(row) for row in database.execute("SELECT * FROM predictions WHERE reference IS NOT NULL ORDER BY at")
        ]
        alerts = [dict(row) for row in database.execute("SELECT * FROM alerts ORDER BY opened_at")]
    return Logs(
        booked={row["id"]: row["booked_on"] for row in bookings if first <= row["booked_on"] <= last},
        known={row["id"]: (row["known_on"], int(row["cancelled"])) for row in outcomes},
        callers=lines(folder / "var/client.jsonl"),
        router=router,
        deployer=deployer,
        answers=answers,
        alerts=alerts,
        settings=tomllib.loads((folder / "settings.toml").read_text("utf-8")),
        held_out={one["version"]: one["calibration"] for one in drill["trained"]},
    )


def table(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def judged(logs: Logs, before: date, days: int, version: str) -> list[tuple[float, int]]:
    """Score and outcome of the answers of a version whose outcome became known in the days before a day."""
    since = before - timedelta(days=days)
    return [
        (answer["score"], outcome)
        for answer in logs.answers
        if answer["version"] == version
        for known, outcome in [logs.known[answer["reference"]]]
        if since.isoformat() <= known < before.isoformat()
    ]


def gap(rows: list[tuple[float, int]]) -> float:
    """How far the mean outcome is from the mean score."""
    return abs(sum(outcome - score for score, outcome in rows)) / len(rows)


def champion(logs: Logs, day: date) -> str:
    """The version that was the champion when a day began."""
    earlier = [one for one in logs.answers if one["slot"] == "champion" and one["day"] < day.isoformat()]
    return str(max(earlier, key=lambda one: (one["day"], one["at"]))["version"])


def brier(rows: list[tuple[float, int]]) -> float:
    return sum((score - outcome) ** 2 for score, outcome in rows) / len(rows)


def auc(rows: list[tuple[float, int]]) -> float:
    """The chance that an outcome of 1 has the higher score; equal scores count half."""
    positives = sorted(score for score, outcome in rows if outcome)
    negatives = [score for score, outcome in rows if not outcome]
    above = sum(2 * len(positives) - bisect_left(positives, one) - bisect_right(positives, one) for one in negatives)
    return above / 2 / len(positives) / len(negatives)
