"""With a helper for all bounds on a difference, and the differences of each row as columns."""

import statistics

import numpy as np

from service.bootstrap import intervals


def live_checks(window: Window, canary: Sequence[float], champion: Sequence[float], slo: Slo) -> list[Check]:
    mine, theirs = ([entry["status"] for entry in window.requests[slot]] for slot in ("canary", "champion"))
    failed = sum(status >= 500 for status in mine) / len(mine)
    extra = _refused(mine) - _refused(theirs)
    rate = failed + (extra if extra > 0 else 0.0)
    took = sorted(entry["ms"] for entry in window.requests["canary"])
    p95 = float(took[-(-95 * len(took) // 100) - 1])
    found = [Check("error_rate", rate, slo.error_rate, rate <= slo.error_rate, len(mine))]
    found.append(Check("p95_ms", p95, slo.p95_ms, p95 <= slo.p95_ms, len(mine)))
    if len(canary) < LEAST or len(champion) < LEAST:
        return found
    unit = max(statistics.pstdev(champion), 1e-9)
    distance = abs(statistics.fmean(canary) - statistics.fmean(champion)) / unit
    error = (statistics.pvariance(canary) / len(canary) + statistics.pvariance(champion) / len(champion)) ** 0.5 / unit
    interval = (distance - 1.96 * error, distance + 1.96 * error)
    return [*found, _bounded("prediction_shift", distance, interval, slo.prediction_shift, len(mine))]


def _refused(statuses: list[int]) -> float:
    return sum(400 <= status < 500 for status in statuses) / len(statuses) if statuses else 0.0


def _bounded(name: str, value: float, interval: Any, bound: float, n: int) -> Check:
    low, high = (float(end) for end in interval)
    return Check(name=name, value=float(value), bound=bound, passed=not low > bound, n=n, ci95=(low, high))


def replay_checks(canary: ArrayLike, champion: ArrayLike, outcomes: ArrayLike, slo: Slo) -> list[Check]:
    p, q, y = (np.asarray(values, dtype=float) for values in (canary, champion, outcomes))
    unit = max(float(q.std()), 1e-9)

    def shift(rows: Any) -> float:
        return abs(p[rows].mean() - q[rows].mean()) / unit

    def increase(rows: Any) -> float:
        return float(np.mean((p[rows] - y[rows]) ** 2 - (q[rows] - y[rows]) ** 2))

    def gap(rows: Any) -> float:
        return abs(p[rows].mean() - y[rows].mean()) - abs(q[rows].mean() - y[rows].mean())

    every = np.arange(len(y))
    named = {
        "replay_shift": (shift, slo.prediction_shift),
        "brier_increase": (increase, slo.brier_increase),
        "calibration_gap": (gap, slo.calibration_gap),
    }
    found = []
    for name, (statistic, bound) in named.items():
        (interval,) = intervals(lambda rows, of=statistic: [of(rows)], len(y), seed=7)
        found.append(_bounded(name, statistic(every), interval, bound, len(y)))
    return found
