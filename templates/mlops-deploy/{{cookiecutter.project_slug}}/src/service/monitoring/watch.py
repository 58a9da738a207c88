"""Look at the champion once a day: performance, slices, quality of the inputs, answers; open or close the alert."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import NamedTuple

from .. import store
from ..registry import open_registry
from ..settings import Settings
from .alarm import STATISTIC, Rule, judge, read_rule
from .questions import Row, ask, champion, performance


class Result(NamedTuple):
    """What was found on one day."""

    day: date
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
    rule = read_rule()
    with closing(store.connect()) as connection, connection:
        version = champion(connection, day)
        found = performance(connection, day, settings.alarm.window_days, version)
        rows = _measure(connection, settings, day, version, found) if version else ()
        connection.executemany(
            "INSERT OR REPLACE INTO measurements (day, name, slice, n, value) VALUES (:day, :name, :slice, :n, :value)",
            [{"day": day.isoformat(), **row} for row in rows],
        )
        opened = rule is not None and judge(connection, day, rule)
        alerts = tuple(name for (name,) in connection.execute("SELECT rule FROM alerts WHERE closed_day IS NULL"))
    return Result(day, opened, alerts, f"{day}: {_sentence(version, found, rule)} {'ALARM' if alerts else 'No alarm'}.")


def _sentence(version: str | None, found: Row, rule: Rule | None) -> str:
    if not found["n"]:
        return "no outcome is known yet for an answer of the champion."
    bound = f"{rule.bound:.3f}" if rule else "not frozen"
    gap = f"calibration gap {found[STATISTIC]:+.3f} (bound {bound})"
    return f"version {version}, {found['n']} outcomes, {gap}, Brier {found['brier']:.3f}."


def _measure(connection: sqlite3.Connection, settings: Settings, day: date, version: str, found: Row) -> Iterator[Row]:
    """What was found about performance, slices and inputs: rows of name, slice, n and value."""
    for name in (STATISTIC, "brier", "auc", "mean_score", "mean_outcome"):
        if found[name] is not None:
            yield {"name": name, "slice": "", "n": found["n"], "value": found[name]}
    for column in settings.slices.columns:
        yield from ask(connection, "slices", input=column, least=settings.slices.min_rows)
    inputs = open_registry(settings).files(version).manifest.inputs
    expected = json.dumps([item.model_dump(include={"name", "min", "max", "choices"}) for item in inputs])
    yield from ask(connection, "quality", day=day.isoformat(), expected=expected)
