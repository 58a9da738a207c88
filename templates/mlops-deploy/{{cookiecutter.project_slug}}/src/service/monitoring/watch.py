"""Look at the champion once a day: performance, slices, quality of the inputs, answers; open or close the alert."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import NamedTuple

from .. import store
from ..manifest import Manifest
from ..registry import open_registry
from ..settings import Settings
from .alarm import STATISTIC, bound, judge
from .questions import Row, ask, champion, performance


class Result(NamedTuple):
    """What was found on one day."""

    opened: bool  # the alarm began on this day
    alerts: tuple[str, ...]  # the rules whose alarm is open
    sentence: str


def monitor(settings: Settings, day: date) -> Result:
    """Measure the champion on the outcomes that are known when `day` begins; record it, and open or close the alert.

    Measuring a day again replaces its measurements. It is judged again only if no later day was measured and no alert
    began on it.

    Raises:
        MonitoringError: the database does not answer.
        RegistryError: the champion's manifest cannot be read.
    """
    opened, told = False, "no outcome is known yet for an answer of the champion."
    with closing(store.connect()) as connection, connection:
        if version := champion(connection, day):
            manifest = open_registry(settings).files(version).manifest
            found = performance(connection, day, settings.alarm.window_days, version)
            connection.executemany(
                "INSERT OR REPLACE INTO measurements (day, version, name, slice, n, value) "
                "VALUES (:day, :version, :name, :slice, :n, :value)",
                [
                    {"day": day.isoformat(), "version": version, **row}
                    for row in _measure(connection, settings, day, manifest, found)
                ],
            )
            limit = bound(manifest.calibration, found["gap_variance"], settings.alarm)
            opened = judge(connection, day, limit, settings.alarm)
            if found["n"]:
                told = _sentence(version, found, limit)
        alerts = tuple(name for (name,) in connection.execute("SELECT rule FROM alerts WHERE closed_day IS NULL"))
    return Result(opened, alerts, f"{day}: {told} {'ALARM' if alerts else 'No alarm'}.")


def _sentence(version: str, found: Row, limit: float | None) -> str:
    gap, brier = f"calibration gap {found[STATISTIC]:+.3f}", f"Brier {found['brier']:.3f}."
    if limit is not None:
        return f"version {version}, {found['n']} outcomes, {gap} (bound {limit:.3f}), {brier}"
    unwatched = "It has no bound, since too few outcomes were held out in its training: the alarm does not watch it."
    return f"version {version}, {found['n']} outcomes, {gap}, {brier} {unwatched}"


def _measure(
    connection: sqlite3.Connection, settings: Settings, day: date, manifest: Manifest, found: Row
) -> Iterator[Row]:
    """What was found about performance, slices and inputs: rows of name, slice, n and value."""
    for name in (STATISTIC, "brier", "auc", "mean_score", "mean_outcome"):
        if found[name] is not None:
            yield {"name": name, "slice": "", "n": found["n"], "value": found[name]}
    for column in settings.slices.columns:
        yield from ask(connection, "slices", input=column, least=settings.slices.min_rows)
    expected = json.dumps([item.model_dump(include={"name", "min", "max", "choices"}) for item in manifest.inputs])
    yield from ask(connection, "quality", day=day.isoformat(), expected=expected)
