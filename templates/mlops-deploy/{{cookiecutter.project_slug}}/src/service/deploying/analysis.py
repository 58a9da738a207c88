"""Judge a canary against the bounds in `[slo]`: by its answers since a window began, and on a labelled replay.

A difference breaks its bound only if its whole 95% interval lies beyond it, so that chance alone seldom does.
"""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..bootstrap import intervals
from ..deployments import Line, parse
from ..monitoring.questions import ask
from ..routing.routes import ACCESS
from ..settings import Settings, Slo
from ..store import connect

LEAST = 20  # different requests; fewer say nothing about the scores of a slot

Scores = Callable[[str, list[dict[str, Any]]], list[float]]  # what a slot says of rows


class Check(NamedTuple):
    """A measured value and the bound that it must not exceed."""

    name: str
    value: float
    bound: float
    passed: bool
    n: int  # what was measured: requests, or rows of the replay
    ci95: tuple[float, float] | None = None


class Window:
    """The requests since it was made, read from the router's access log."""

    def __init__(self, access: Path = ACCESS) -> None:
        self.access, self.since = access, time.time()
        self.offset = access.stat().st_size if access.exists() else 0
        self.requests: dict[str, list[Line]] = {"champion": [], "canary": []}

    def read(self) -> None:
        """Take in the whole lines that were written since the last call."""
        if not self.access.exists():
            return
        with self.access.open("rb") as file:
            file.seek(self.offset)
            whole, end, _ = file.read().rpartition(b"\n")
        self.offset += len(whole + end)
        for line in parse(whole.splitlines()):
            self.requests[line["slot"]].append(line)

    def count(self, slot: str, least: int = 0, most: int = 999) -> int:
        """How many requests a slot answered with such a status."""
        return sum(least <= line["status"] <= most for line in self.requests[slot])


def judge(window: Window, ask_slot: Scores, settings: Settings) -> list[Check]:
    """All checks of a window. Raises SlotError, StoreError, MonitoringError."""
    with closing(connect()) as database:
        stored = ask(database, "canary_scores", since=window.since)
        known = ask(database, "canary_replay", most=settings.rollout.replay_rows)
    scores = {slot: [row["score"] for row in stored if row["slot"] == slot] for slot in window.requests}
    checks = live_checks(window, scores["canary"], scores["champion"], settings.slo)
    if known:
        rows = [json.loads(row["inputs"]) for row in known]
        canary, champion = ask_slot("canary", rows), ask_slot("champion", rows)
        checks += replay_checks(canary, champion, [row["outcome"] for row in known], settings.slo)
    return checks


def live_checks(window: Window, canary: Sequence[float], champion: Sequence[float], slo: Slo) -> list[Check]:
    """What the answers to callers say: errors, time, and the mean score.

    A refused input (status 4xx) is an error of the canary as far as the champion refuses fewer.
    """
    n, others = window.count("canary"), window.count("champion")
    refused = window.count("canary", 400, 499) / n - window.count("champion", 400, 499) / max(1, others)
    errors = window.count("canary", 500) / n + max(0.0, refused)
    p95 = float(np.percentile([line["ms"] for line in window.requests["canary"]], 95))
    checks = [
        Check("error_rate", errors, slo.error_rate, errors <= slo.error_rate, n),
        Check("p95_ms", p95, slo.p95_ms, p95 <= slo.p95_ms, n),
    ]
    if min(len(canary), len(champion)) >= LEAST:
        error = float(np.sqrt(np.var(canary) / len(canary) + np.var(champion) / len(champion)))
        spread = 1.96 * error / _deviation(champion)
        shift = abs(float(np.mean(canary) - np.mean(champion))) / _deviation(champion)
        checks.append(_difference("prediction_shift", slo.prediction_shift, n, shift, shift - spread, shift + spread))
    return checks


def unjudged(checks: Sequence[Check]) -> str:
    """Why the scores of the answers were not compared; empty if they were."""
    if any(check.name == "prediction_shift" for check in checks):
        return ""
    return f"too few different requests to judge the prediction shift: fewer than {LEAST} for one of the slots"


def replay_checks(canary: ArrayLike, champion: ArrayLike, outcomes: ArrayLike, slo: Slo) -> list[Check]:
    """What labelled rows say of the canary against the champion, row by row: shift, Brier score, calibration."""
    new, old = np.subtract(canary, outcomes), np.subtract(champion, outcomes)

    def worse(rows: NDArray[np.intp]) -> list[float]:
        one, two = new[rows], old[rows]
        shift = abs(one.mean() - two.mean()) / _deviation(champion)
        return [shift, (one**2).mean() - (two**2).mean(), abs(one.mean()) - abs(two.mean())]

    values, spans = worse(np.arange(len(new))), intervals(worse, len(new), seed=len(new))
    names = ("replay_shift", "brier_increase", "calibration_gap")
    bounds = (slo.prediction_shift, slo.brier_increase, slo.calibration_gap)
    return [
        _difference(name, bound, len(new), value, *span)
        for name, bound, value, span in zip(names, bounds, values, spans, strict=True)
    ]


def _difference(name: str, bound: float, n: int, value: float, low: float, high: float) -> Check:
    return Check(name, float(value), bound, bool(low <= bound), n, (float(low), float(high)))


def _deviation(scores: ArrayLike) -> float:
    return max(float(np.asarray(scores).std()), 1e-9)
