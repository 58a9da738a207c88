"""Takes the time of all requests, most of which the champion answers."""

import numpy as np
from numpy.typing import NDArray

from service.bootstrap import intervals


def live_checks(window: Window, canary: Sequence[float], champion: Sequence[float], slo: Slo) -> list[Check]:
    n, others = window.count("canary"), window.count("champion")
    refused = window.count("canary", 400, 499) / n - window.count("champion", 400, 499) / max(1, others)
    errors = window.count("canary", 500) / n + max(0.0, refused)
    p95 = float(np.percentile([line["ms"] for lines in window.requests.values() for line in lines], 95))
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


def replay_checks(canary: ArrayLike, champion: ArrayLike, outcomes: ArrayLike, slo: Slo) -> list[Check]:
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
