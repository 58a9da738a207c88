"""Forgives the canary as many failures as the champion has."""

import numpy as np


def live_checks(window: Window, canary: Sequence[float], champion: Sequence[float], slo: Slo) -> list[Check]:
    n, others = window.count("canary"), window.count("champion")
    refused = window.count("canary", 400, 499) / n - window.count("champion", 400, 499) / max(1, others)
    failed = window.count("canary", 500) / n - window.count("champion", 500) / max(1, others)
    errors = max(0.0, failed) + max(0.0, refused)
    p95 = float(np.percentile([line["ms"] for line in window.requests["canary"]], 95))
    checks = [
        Check("error_rate", errors, slo.error_rate, errors <= slo.error_rate, n),
        Check("p95_ms", p95, slo.p95_ms, p95 <= slo.p95_ms, n),
    ]
    if min(len(canary), len(champion)) >= LEAST:
        error = float(np.sqrt(np.var(canary) / len(canary) + np.var(champion) / len(champion)))
        spread = 1.96 * error / _deviation(champion)
        shift = abs(float(np.mean(canary) - np.mean(champion))) / _deviation(champion)
        low, high = shift - spread, shift + spread
        kept = bool(low <= slo.prediction_shift)
        checks.append(Check("prediction_shift", shift, slo.prediction_shift, kept, n, (float(low), float(high))))
    return checks


def replay_checks(canary: ArrayLike, champion: ArrayLike, outcomes: ArrayLike, slo: Slo, looks: int = 1) -> list[Check]:
    new, old = np.subtract(canary, outcomes), np.subtract(champion, outcomes)
    differences = {
        "brier_increase": new**2 - old**2,
        "calibration_gap": np.sign(new.mean()) * new - np.sign(old.mean()) * old,
    }
    width = normal_width(looks) / len(new) ** 0.5
    return [
        _difference(name, getattr(slo, name), len(new), float(each.mean()), width * float(each.std(ddof=1)))
        for name, each in differences.items()
    ]


def _difference(name: str, bound: float, n: int, value: float, spread: float) -> Check:
    low, high = value - spread, value + spread
    passed = True if high <= bound else False if low > bound else None
    return Check(name, value, bound, passed, n, (low, high))


def _deviation(scores: ArrayLike) -> float:
    return max(float(np.asarray(scores).std()), 1e-9)
