"""Compare a canary with the champion on outcomes that neither was trained on, as they become known.

It looks after `replay_rows` outcomes, after twice as many, and so on, at most `most_looks` times. The intervals are
wide enough for all looks together, and a second run compares the same rows again, so a kill gives no further chance.
"""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from ..monitoring.questions import Row, ask
from ..settings import Settings
from ..store import connect
from .acts import POLL_SECONDS, Site
from .analysis import Check, replay_checks
from .state import State

BATCH = 500  # rows that a slot is asked for at once
BEGUN = "canary started"

TOLD = {  # what a check that failed says: the value, and what is allowed
    "error_rate": "{:.1%} of its requests failed, and {:.1%} may",
    "p95_ms": "95% of its requests took up to {:.0f} ms, and {:.0f} ms are allowed",
    "prediction_shift": "its mean score is {:.3g} standard deviations from the champion's, and {:.3g} are allowed",
    "brier_increase": "Brier score {:.3g} higher, {:.3g} allowed",
    "calibration_gap": "mean score {:.3g} further off, {:.3g} allowed",
}

Scores = Callable[[str, list[dict[str, Any]]], list[float]]  # what a slot says of rows


def decide(
    site: Site, state: State, tick: Callable[[], None], log: Callable[..., None]
) -> tuple[str, str, list[dict[str, Any]]]:
    """Wait for outcomes that neither version was trained on, and judge them, until they decide.

    Args:
        site: with the registry, whose manifests say when the two versions were trained.
        state: of the release.
        tick: called again and again while it waits; an error that it raises ends the comparison.
        log: writes an action into the deployment log.

    Returns:
        "no worse", "worse" or "not shown"; a sentence about it; and the checks of the last look.
    """
    rollout, answer, checks = site.settings.rollout, "not shown", list[Check]()
    trained = (state.version, state.champion or state.version)
    since = max(site.registry.files(version).manifest.known_until for version in trained).isoformat()
    begun = [line["at"] for line in site.log.lines() if (line["action"], line["version"]) == (BEGUN, state.version)]
    end = datetime.fromisoformat(begun[0]) + timedelta(days=rollout.most_days)
    why = ""
    for count in range(rollout.replay_rows, rollout.replay_rows * rollout.most_looks + 1, rollout.replay_rows):
        if len(rows := unseen(since, count)) < count:
            log("waiting", before=since, after=count, why=f"for {count:,} outcomes after {since}")
        while len(rows) < count and datetime.now(UTC) < end:
            tick()
            time.sleep(POLL_SECONDS)
            rows = unseen(since, count)
        if len(rows) < count:
            waited = f"{len(rows):,} of {count:,} outcomes after {since}, and {rollout.most_days:g} days are over"
            why = f"not shown to be no worse: {waited}"
            break
        checks = compare(rows, site.processes.scores, site.settings)
        answer, why = verdict(checks), _sentence(checks)
        log("compared", why=why, evidence=[check._asdict() for check in checks])
        if answer != "not shown":
            break
    return answer, why, [check._asdict() for check in checks]


def unseen(since: str, most: int) -> list[Row]:
    """The first rows whose outcome became known after the ISO day `since`. Raises StoreError, MonitoringError."""
    with closing(connect()) as database:
        return ask(database, "canary_replay", since=since, most=most)


def compare(known: Sequence[Row], ask_slot: Scores, settings: Settings) -> list[Check]:
    """The checks of rows from `unseen`, at least 2, which both slots are asked for. Raises SlotError."""
    rows = [json.loads(row["inputs"]) for row in known]
    batches = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
    canary, champion = (
        [score for batch in batches for score in ask_slot(slot, batch)] for slot in ("canary", "champion")
    )
    checks = replay_checks(
        canary, champion, [row["outcome"] for row in known], settings.slo, settings.rollout.most_looks
    )
    first, last = known[0]["known_on"], known[-1]["known_on"]
    return [check._replace(first_day=first, last_day=last) for check in checks]


def verdict(checks: Sequence[Check]) -> str:
    """What checks on outcomes say together: "no worse", "worse" or "not shown"."""
    answers = {check.passed for check in checks}
    return "worse" if False in answers else "not shown" if None in answers else "no worse"


def told(check: Check) -> str:
    """A check in words."""
    return TOLD[check.name].format(check.value, check.bound)


def _sentence(checks: Sequence[Check]) -> str:
    one, answer = checks[0], verdict(checks)
    broken = "; ".join(told(check) for check in checks if check.passed is False)
    said = "not shown to be no worse" if answer == "not shown" else f"shown to be {answer}"
    return f"{said} ({broken})" if broken else f"{said}, by {one.n:,} outcomes"
