"""Compare a canary with the champion on outcomes that neither was trained on, as they become known.

It looks after `replay_rows` outcomes, after twice as many, and so on, at most `most_looks` times. The intervals are
wide enough for all looks together, and a second run compares the same rows again, so a kill gives no further chance.
"""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from ..monitoring.questions import Row, ask
from ..settings import Settings
from ..store import connect
from .analysis import Check, replay_checks
from .site import Site
from .state import State

POLL_SECONDS = 0.1
BATCH = 500  # rows that a slot is asked for at once

Evidence = list[dict[str, Any]]
Scores = Callable[[str, list[dict[str, Any]]], list[float]]  # what a slot says of rows


class Comparison:
    """The comparison of one release. `since` is the later training day of the two versions, as ISO text."""

    def __init__(self, site: Site, state: State) -> None:
        self.site, self.rollout = site, site.settings.rollout
        trained = (state.version, state.champion or state.version)
        self.since = max(site.registry.files(version).manifest.known_until for version in trained).isoformat()
        begun = next(line["at"] for line in site.log.lines() if _begins(line, state.version))
        self.end = datetime.fromisoformat(begun) + timedelta(days=self.rollout.most_days)

    def decide(self, tick: Callable[[], None], log: Callable[..., None]) -> tuple[str, str, Evidence]:
        """Wait for outcomes and judge them, until they decide.

        Args:
            tick: called again and again while it waits; an error that it raises ends the comparison.
            log: writes an action into the deployment log.

        Returns:
            "no worse", "worse" or "not shown"; a sentence about it; and the checks of the last look.
        """
        answer, why, evidence = "not shown", f"no outcomes are known after {self.since}, so nothing was judged", []
        for look in range(1, self.rollout.most_looks + 1):
            rows = self._wait(look * self.rollout.replay_rows, tick, log)
            if len(rows) < look * self.rollout.replay_rows:
                break
            checks = compare(rows, self.site.processes.scores, self.site.settings)
            evidence = [check._asdict() for check in checks]
            answer, why = verdict(checks), _sentence(checks)
            log("compared", why=why, evidence=evidence)
            if answer != "not shown":
                break
        return answer, why, evidence

    def _wait(self, count: int, tick: Callable[[], None], log: Callable[..., None]) -> Sequence[Row]:
        """So many rows; fewer if `most_days` are over."""
        rows = unseen(self.since, count)
        if len(rows) < count:
            log("waiting", before=self.since, after=count, why=f"for {count:,} outcomes after {self.since}")
        while len(rows) < count and datetime.now(self.end.tzinfo) < self.end:
            tick()
            time.sleep(POLL_SECONDS)
            rows = unseen(self.since, count)
        return rows


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
    outcomes = [row["outcome"] for row in known]
    looks, first, last = settings.rollout.most_looks, known[0]["known_on"], known[-1]["known_on"]
    checks = replay_checks(canary, champion, outcomes, settings.slo, looks)
    return [check._replace(first_day=first, last_day=last, looks=looks) for check in checks]


def verdict(checks: Sequence[Check]) -> str:
    """What checks on outcomes say together: "no worse", "worse" or "not shown"."""
    answers = {check.passed for check in checks}
    return "worse" if False in answers else "not shown" if None in answers else "no worse"


def told(check: Check) -> str:
    """A check in words."""
    return f"{check.name} is {check.value:.4g}, above {check.bound:.4g}"


def _sentence(checks: Sequence[Check]) -> str:
    one, answer = checks[0], verdict(checks)
    broken = "".join(f"; {told(check)}" for check in checks if check.passed is False)
    said = "not shown to be no worse" if answer == "not shown" else f"shown to be {answer}"
    return f"{said}, by {one.n:,} outcomes from {one.first_day} to {one.last_day}{broken}"


def _begins(line: Row, version: str) -> bool:
    return (line["action"], line["version"]) == ("canary started", version)
