"""How often people override the model: for each ISO week and model version, and an alarm if it is too often.

Each event counts in the week in which it happened, so the numbers of a past week never change. The alarm looks at the
version that answered last, over its newest weeks that together have `monitoring.least_reviews` reviews.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from .audit import SEEN, AuditLog
from .bootstrap import wilson
from .reporting.metrics import write_json
from .settings import Settings

NAMES = ("answered", "referred", "reviewed", "overridden")


def measure(log: AuditLog, settings: Settings) -> dict[str, Any]:
    """The counts of each week, the override rate that is judged, and the sentence of the alarm if there is one."""
    found: dict[tuple[str, str], Counter[str]] = {}
    latest = None
    for day, latest, *counts in log.counts():
        week = date.fromisoformat(day).strftime("%G-W%V")
        found.setdefault((week, latest), Counter()).update(dict(zip(NAMES, counts, strict=True)))
    weeks = [{"week": week, "version": version, **rates([found[week, version]])} for week, version in sorted(found)]
    bound, least = settings.monitoring.most_overridden, settings.monitoring.least_reviews
    judged = _judged([one for one in weeks if one["version"] == latest], least)
    alarm = None
    if judged["reviewed"] >= least and judged["ci95"][0] > bound:
        alarm = (
            f"People override {judged['rate']:.0%} of the answers that they review (95% interval "
            f"{judged['ci95'][0]:.0%} to {judged['ci95'][1]:.0%}), but at most {bound:.0%} is allowed."
        )
    events, newest = log.newest()
    return {
        "most_overridden": bound,
        "least_reviews": least,
        "alarm": alarm,
        "version": latest,
        "judged": judged,
        "waiting": log.waiting(),
        "weeks": weeks,
        "events": events,
        "newest_hash": newest,
    }


def run(log: AuditLog, settings: Settings) -> int:
    """Write what is measured to `reports/monitoring.json`, and print it; 1 on an alarm."""
    measured, at = measure(log, settings), datetime.now(UTC).isoformat(timespec="seconds")
    write_json(SEEN, {"measured_at": at, **measured})
    judged, waiting, problem = measured["judged"], measured["waiting"], settings.problem
    print(
        f"{waiting:,} {f'{problem.case} waits' if waiting == 1 else f'{problem.cases} wait'} for a person.\n"
        f"Overridden in the newest weeks: {judged['overridden']:,} of {judged['reviewed']:,} that people decided. "
        f"{SEEN} has every week."
    )
    if alarm := measured["alarm"]:
        print(f"Alarm: {alarm}", file=sys.stderr)
    return 1 if alarm else 0


def rates(counts: Sequence[Any]) -> dict[str, Any]:
    """The sums of some counts, and the share of overridden answers with its interval."""
    sums = {name: sum(one[name] for one in counts) for name in NAMES}
    overridden, reviewed = sums["overridden"], sums["reviewed"]
    if not reviewed:
        return {**sums, "rate": None, "ci95": None}
    low, high = wilson(overridden, reviewed)
    return {**sums, "rate": round(overridden / reviewed, 4), "ci95": [round(low, 4), round(high, 4)]}


def _judged(weeks: Sequence[dict[str, Any]], least: int) -> dict[str, Any]:
    """The newest weeks that together have `least` reviews; all if they have fewer."""
    start = len(weeks)
    while start and sum(one["reviewed"] for one in weeks[start:]) < least:
        start -= 1
    return {"weeks": [one["week"] for one in weeks[start:]], **rates(weeks[start:])}
