"""Judge a canary against the bounds in `[slo]`: by its answers since a window began, and on outcomes that came later.

What the answers show (errors, time, shift) are guard rails: they stop a release only if a bound is shown to be broken.
Outcomes must show more, that the canary is no worse than the champion by more than a bound. This is a test of
non-inferiority (Piaggio et al. 2012, Reporting of noninferiority and equivalence randomized trials, JAMA 308).
"""

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..deployments import Line, parse
from ..monitoring.questions import ask
from ..routing.routes import ACCESS
from ..settings import Rollout, Settings, Slo
from ..store import connect

LEAST = 20  # different requests; fewer say nothing about the scores of a slot


class Check(NamedTuple):
    """A measured value and its bound: plain numbers, text and bool, since it is written as JSON.

    `passed` is True if the bound was kept, or shown to be kept; False if it was broken; None if neither is shown.
    """

    name: str
    value: float
    bound: float
    passed: bool | None
    n: int  # what was measured: requests, or rows with an outcome
    interval: tuple[float, float] | None = None
    first_day: str | None = None  # on which outcomes became known
    last_day: str | None = None


class Window:
    """The requests since it was made, read from the router's access log."""

    def __init__(self, access: Path = ACCESS) -> None:
        self.access, self.since = access, time.time()
        self.offset = access.stat().st_size if access.exists() else 0
        self.requests: dict[str, list[Line]] = {"champion": [], "canary": []}

    def read(self) -> None:
        """Take in the whole lines that were written since the last call, each once, into `requests` by their slot.

        A line is a JSON object; what is none is left out, as `deployments.parse` does. The router appends to the log,
        so its end may be half a line, which the next call takes in whole. `offset` is the number of bytes that have
        been taken in. There may be no log yet.
        """
        if not self.access.exists():
            return
        with self.access.open("rb") as file:
            file.seek(self.offset)
            whole, end, _ = file.read().rpartition(b"\n")
        self.offset += len(whole + end)
        for line in parse(whole.splitlines()):
            self.requests[line["slot"]].append(line)

    def full(self, rollout: Rollout, slo: Slo) -> bool:
        """Whether the canary can be judged: it has answered `window_requests`, and `least_seconds` are over.

        It can be judged at once if it has more failures (status 500 or above) than a whole window may have: more than
        the share `slo.error_rate` of `window_requests`. What the champion answers does not count.
        """
        enough = self.count("canary") >= rollout.window_requests
        failed = self.count("canary", 500) > slo.error_rate * rollout.window_requests
        return failed or (enough and time.time() - self.since >= rollout.least_seconds)

    def count(self, slot: str, least: int = 0, most: int = 999) -> int:
        """How many requests a slot answered with such a status."""
        return sum(least <= line["status"] <= most for line in self.requests[slot])


def judge(window: Window, settings: Settings) -> list[Check]:
    """The checks of a window. Raises StoreError, MonitoringError."""
    with closing(connect()) as database:
        stored = ask(database, "canary_scores", since=window.since)
    scores = {slot: [row["score"] for row in stored if row["slot"] == slot] for slot in window.requests}
    return live_checks(window, scores["canary"], scores["champion"], settings.slo)


def live_checks(window: Window, canary: Sequence[float], champion: Sequence[float], slo: Slo) -> list[Check]:
    """What the answers to callers say: errors, time, and the mean score.

    Args:
        window: requests of both slots, each with `status` (HTTP) and `ms`. The canary has at least one, the champion
            perhaps none.
        canary: scores of different requests since the window began.
        champion: the same of the champion.
        slo: the bound of each check has its name.

    Returns:
        Two checks that pass up to their bound, and a third if there are scores of LEAST different requests for each
        slot. `n` is the number of the canary's requests.

        - error_rate: the share of the canary's requests with status 500 or above. A refused input (4xx) is an error of
          the canary only as far as its share of them is above the champion's share.
        - p95_ms: the time within which 95% of the canary's requests were answered, however it is interpolated.
        - prediction_shift: the distance of the mean scores, in standard deviations of the champion's scores (at least
          1e-9), with its 95% interval. It fails only if the whole interval is above the bound.
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
        check = _difference("prediction_shift", slo.prediction_shift, n, shift, spread)
        checks.append(check._replace(passed=check.passed is not False))
    return checks


def unjudged(checks: Sequence[Check]) -> str:
    """Why the scores of the answers were not compared; empty if they were."""
    judged = any(check.name == "prediction_shift" for check in checks)
    return "" if judged else f"too few different requests to judge the prediction shift: fewer than {LEAST} for a slot"


def replay_checks(canary: ArrayLike, champion: ArrayLike, outcomes: ArrayLike, slo: Slo, looks: int = 1) -> list[Check]:
    """What rows with an outcome say of the canary against the champion, row by row: Brier score and calibration.

    Args:
        canary: its probability of each row, shape [rows]; at least 2.
        champion: the champion's, of the same rows in the same order.
        outcomes: of these rows, 0 or 1.
        slo: the bounds.
        looks: how often the two may be compared in one release. The chance that any interval misses is then at most 5%
            (Bonferroni): each is a normal interval of 1 - 0.05 / looks, from the differences row by row.

    Returns:
        Two checks over all rows. One passes if its whole interval is at most the bound, fails if all of it is above,
        and else says nothing (None).

        - brier_increase: Brier score of the canary minus that of the champion.
        - calibration_gap: |mean score - mean outcome| of the canary minus the same of the champion.
    """
    new, old = np.subtract(canary, outcomes), np.subtract(champion, outcomes)
    differences = {
        "brier_increase": new**2 - old**2,
        "calibration_gap": np.sign(new.mean()) * new - np.sign(old.mean()) * old,  # its mean is the gap's increase
    }
    width = normal_width(looks) / len(new) ** 0.5
    return [
        _difference(name, getattr(slo, name), len(new), float(each.mean()), width * float(each.std(ddof=1)))
        for name, each in differences.items()
    ]


def normal_width(looks: int) -> float:
    """Half the width of the interval of one of so many looks, in standard errors: 1.96 for a single one."""
    return NormalDist().inv_cdf(1 - 0.025 / looks)


def _difference(name: str, bound: float, n: int, value: float, spread: float) -> Check:
    low, high = value - spread, value + spread
    passed = True if high <= bound else False if low > bound else None
    return Check(name, value, bound, passed, n, (low, high))


def _deviation(scores: ArrayLike) -> float:
    return max(float(np.asarray(scores).std()), 1e-9)
