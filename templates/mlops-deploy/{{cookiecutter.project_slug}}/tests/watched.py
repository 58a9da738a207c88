"""A watched service without processes: its database, logs and registry, filled as the drill would fill them.

Version 1 knows the true risk of each parcel; from the end of the reference weeks on, more parcels are late.
"""

import json
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toy_parcels as toy
from service import evaluation, store, timeline, training
from service.deployments import LOG
from service.monitoring import watch
from service.registry import Entry, Files
from service.settings import Settings

ALARM = {"window_days": 14, "least_outcomes": 60, "days": 3}
CHECKS = [{"name": "error_rate", "value": 0.0, "bound": 0.01, "passed": True}]
BROKEN = [*CHECKS, {"name": "brier_increase", "value": 0.0136, "bound": 0.005, "passed": False}]
START = datetime.fromisoformat("2026-01-01T00:00:00Z").timestamp()


@dataclass
class Shelf:
    """A registry in memory: the candidates, oldest first, and the aliases."""

    kept: list[Files] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)

    def register(self, candidate: Files) -> str:
        self.kept.append(candidate)
        return str(len(self.kept))

    def alias(self, name: str) -> str | None:
        return self.aliases.get(name)

    def files(self, version: str) -> Files:
        return self.kept[int(version) - 1]

    def version(self, version: str) -> Entry:
        return self.versions()[int(version) - 1]

    def versions(self) -> list[Entry]:
        names = {str(number): number for number in range(1, len(self.kept) + 1)}
        return [Entry(one, {}, tuple(k for k, v in self.aliases.items() if v == one)) for one in names]


@cache
def trained(candidate: str) -> Files:
    with TemporaryDirectory() as folder:
        return training.train(toy.put(Path(folder)), until=date(2024, 3, 16), candidate=candidate, root=Path(folder))


def install(shelf: Shelf, patch: pytest.MonkeyPatch) -> None:
    """Use the shelf wherever monitoring and reports open the registry."""
    for module in (timeline, evaluation, training, watch):
        patch.setattr(module, "open_registry", lambda _: shelf)


def drifted(seed: int = 1) -> pd.DataFrame:
    """The toy parcels with the score of version 1; later outcomes are late more often than it says."""
    rows = toy.table(seed).copy()
    rows["score"] = 0.1 + rows["distance"] / 100 + 0.3 * (rows["speed"] == "Standard")
    late = (rows["sent_on"] > "2024-04-15") & (np.random.default_rng(seed).random(len(rows)) < 0.9)
    return rows.assign(late=rows["late"].where(~late, 1))


def answer(rows: pd.DataFrame, settings: Settings, version: str = "1", known: str = "9") -> None:
    """Store answers to these rows (version 1 is the champion), and the outcomes known before the day `known`."""
    names = settings.names(joined=False)
    with closing(store.connect()) as database, database:
        for row in rows.to_dict("records"):
            at = START + 86_400 * (date.fromisoformat(row["sent_on"]) - toy.FIRST).days + int(row["id"][1:]) / 10
            inputs = json.dumps({name: row[name] for name in names})
            name, slot = f"{version}-{row['id']}", "champion" if version == "1" else "canary"
            prediction = (name, at, row["id"], row["sent_on"], version, slot, inputs, row["score"])
            database.execute("INSERT INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", prediction)
            if row["known_on"] < known:
                outcome = (row["id"], row["known_on"], row["late"])
                database.execute("INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?)", outcome)


def log(lines: list[dict[str, Any]]) -> None:
    """Write the deployment log; `day` of a line is turned into its time."""
    written = []
    for line in lines:
        day = date.fromisoformat(line.pop("day")) - toy.FIRST
        at = datetime.fromisoformat("2026-01-01T00:00:00+00:00") + day + timedelta(seconds=line.pop("after", 0))
        known = {"who": "drill", "from": None, "to": None, "why": "", "evidence": [], "deployment": line["version"]}
        written.append(json.dumps({"at": at.isoformat(), **known, **line}))
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("".join(f"{line}\n" for line in written), encoding="utf-8")


def tell(settings: Settings) -> None:
    """The logs of a story: version 1 is released, 2 is rolled back, 1 raises an alarm; two requests are lost."""
    rows = drifted()
    bad = rows["sent_on"].between("2024-03-01", "2024-03-02") & (rows.index % 4 == 0)
    answer(rows[~bad], settings, known="2024-05-01")
    answer(rows[bad], settings, "2", known="2024-05-01")
    release: list[dict[str, Any]] = [
        {"version": "1", "day": "2023-12-31", "action": "promoted", "to": "1"},
        {"version": "2", "day": "2024-03-01", "action": "canary started"},
        {"version": "2", "day": "2024-03-02", "action": "analysed", "evidence": CHECKS},
        {"version": "2", "day": "2024-03-03", "action": "analysed", "evidence": BROKEN},
        {"version": "2", "day": "2024-03-03", "after": 0.2, "action": "breached", "evidence": BROKEN},
        {"version": "2", "day": "2024-03-03", "after": 1.504, "action": "rolled back", "evidence": BROKEN},
    ]
    release[-1] |= {"to": "1", "why": "worse"}
    log(release)
    statuses = [0, 503, *[200] * (len(rows) - 2)]
    asked = [{"day": day, "status": status} for day, status in zip(rows["sent_on"], statuses, strict=True)]
    timeline.CLIENT.write_text("".join(json.dumps(line) + "\n" for line in asked), encoding="utf-8")
    with closing(store.connect()) as database, database:
        database.execute("INSERT INTO alerts VALUES ('calibration', '2024-04-25', 0.2, 0.1, 1800000000, NULL)")


def measured(day: str, gap: float, bound: float | None) -> dict[str, Any]:
    """A row of sql/history.sql."""
    return {"day": day, "version": "1", "n": 99, "calibration_gap": gap, "bound": bound, "brier": 0.1}
