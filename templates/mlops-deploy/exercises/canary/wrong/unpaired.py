"""Draws other rows for each version, so that a small loss on every row disappears in the noise between rows."""

import numpy as np
from numpy.typing import NDArray

from service.bootstrap import intervals


def live_checks(window: Window, canary: Sequence[float], champion: Sequence[float], slo: Slo) -> list[Check]:
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


def replay_checks(canary: ArrayLike, champion: ArrayLike, outcomes: ArrayLike, slo: Slo) -> list[Check]:
    new, old = np.subtract(canary, outcomes), np.subtract(champion, outcomes)

    def scores(errors: Any) -> Any:
        return lambda rows: [errors[rows].mean(), (errors[rows] ** 2).mean(), abs(errors[rows].mean())]

    every, unit = np.arange(len(new)), _deviation(champion)
    values = np.subtract(scores(new)(every), scores(old)(every))
    mine, theirs = intervals(scores(new), len(new), seed=1), intervals(scores(old), len(new), seed=2)
    spans = np.stack([mine[:, 0] - theirs[:, 1], mine[:, 1] - theirs[:, 0]], axis=1)
    if values[0] < 0:
        values[0], spans[0] = -values[0], -spans[0, ::-1]
    values[0], spans[0] = values[0] / unit, spans[0] / unit
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
