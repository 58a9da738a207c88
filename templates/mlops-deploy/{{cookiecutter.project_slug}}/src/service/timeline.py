"""What happened, computed from the logs and not from what any command printed.

The sources are var/client.jsonl (each request as its caller saw it), reports/deployments.jsonl (what the deployer did)
and var/service.db (answers, outcomes, measurements, alerts).
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from . import data, store
from .deployments import Line, Log
from .monitoring import psi
from .monitoring.questions import Row, ask, champion, performance
from .registry import open_registry
from .reporting.metrics import REPORTS, read_json, write_json
from .settings import Settings

CLIENT = Path("var/client.jsonl")
DRILL = REPORTS / "drill.json"
HISTORY = REPORTS / "monitoring.json"
EVER = (date(2200, 1, 1), 100_000)  # a day, and the days before it: all outcomes
TOLD = ("promoted", "rolled back", "declined", "not shown", "overridden")  # actions of the log that are in the story
FIRST = "there was no earlier version"


def gather(settings: Settings) -> tuple[Row, Row]:
    """Compute `reports/drill.json` and `reports/monitoring.json` if there are logs; return what is in them.

    Without logs, they are what an earlier run has left, or empty.

    Raises:
        MonitoringError, StoreError, RegistryError, DataError: a source cannot be read.
    """
    if CLIENT.exists():
        with closing(store.connect()) as connection:
            write_json(DRILL, drill(connection, settings))
            write_json(HISTORY, history(connection, settings))
    found, series = (read_json(path) if path.exists() else {} for path in (DRILL, HISTORY))
    return found, series


def drill(connection: sqlite3.Connection, settings: Settings) -> Row:
    """The numbers of the story."""
    asked = [json.loads(text) for text in CLIENT.read_text(encoding="utf-8").splitlines()]
    days, lines = sorted({line["day"] for line in asked}), Log().lines()
    alarms = list(_alarms(connection, settings))
    events = [*_releases(connection, lines, days[0]), *alarms]
    return {
        "unit": settings.data.unit,
        "requests": len(asked),  # each was sent once
        "lost": sum(line["status"] != 200 for line in asked),
        "first_day": days[0],
        "last_day": days[-1],
        "trained": list(_trained(settings)),
        # How many requests each version answered, and its scores on those whose outcome is known by now.
        "versions": [row | performance(connection, *EVER, row["version"]) for row in ask(connection, "versions")],
        "rolled_back": [_rolled_back(connection, line, lines) for line in lines if line["action"] == "rolled back"],
        "alarms": alarms,
        "events": sorted(events, key=lambda event: float(event["at"])),
    }


def history(connection: sqlite3.Connection, settings: Settings) -> Row:
    """The series in the figures."""
    questions = ("history", "answers", "distribution")
    series: Row = {question: ask(connection, question) for question in questions} | {"calibration": {}}
    for row in ask(connection, "versions"):
        performance(connection, *EVER, row["version"])
        series["calibration"][row["version"]] = ask(connection, "calibration")
    series["psi"] = list(psi.weekly(data.rows(settings), settings))
    return series


def _trained(settings: Settings) -> Iterator[Row]:
    """The registered versions; the scores are those of their training, before they were released."""
    registry = open_registry(settings)
    for entry in registry.versions():
        manifest = registry.files(entry.version).manifest
        scores = {one.name: one.value for one in manifest.metrics}
        told = {"candidate", "known_until", "rows", "sql", "calibration", "compared"}
        facts = manifest.model_dump(mode="json", include=told)
        yield {"version": entry.version, "aliases": entry.aliases, **facts, **scores}


def _rolled_back(connection: sqlite3.Connection, line: Line, lines: Sequence[Line]) -> Row:
    """A release that was taken back: seconds from the judgement that it is bad until the champion is alone."""
    release = [one for one in lines if one["deployment"] == line["deployment"]]
    begun = next((one for one in release if one["action"] == "canary started"), line)
    judged = next((one for one in release if any(check["passed"] is False for check in one["evidence"])), line)
    versions = {"version": line["version"], "champion": line["to"]}
    return {
        **versions,
        **ask(connection, "release", **versions, since=_seconds(begun), until=_seconds(line))[0],
        "seconds": round(_seconds(line) - _seconds(judged), 2),
        "why": line["why"],
        "caught": bool(line["evidence"]),  # a person or a dead process needs no check
    }


def _alarms(connection: sqlite3.Connection, settings: Settings) -> Iterator[Row]:
    """The alarms, the champion of that day, and how many days after the reference weeks they came."""
    for row in ask(connection, "alarms"):
        day = date.fromisoformat(row["day"])
        yield {
            **row,
            "event": "alarm",
            "evidence": f"calibration gap {row['value']:+.3f} (bound {row['bound']:.3f})",
            "version": champion(connection, day),
            "days": (day - settings.periods.reference_to).days,
        }


def _releases(connection: sqlite3.Connection, lines: Sequence[Line], first_day: str) -> Iterator[Row]:
    """What the deployment log says, with the day that was being replayed."""
    judged = FIRST
    for line in lines:
        if line["action"] in ("started", "compared", "overridden"):
            judged = line["why"] or FIRST
        if line["action"] in TOLD:
            event = {"event": line["action"], "version": line["version"], "evidence": line["why"] or judged}
            day = ask(connection, "clock", at=_seconds(line))[0]["day"]
            yield {"day": day or first_day, "at": _seconds(line), **event}


def _seconds(line: Line) -> float:
    """The time of a line of the deployment log, in unix seconds."""
    return datetime.fromisoformat(line["at"]).timestamp()
