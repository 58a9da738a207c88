"""Without numpy, where it is not needed: the differences of the rows in lists."""

import statistics


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
    kept = not interval[0] > slo.prediction_shift
    return [*found, Check("prediction_shift", distance, slo.prediction_shift, kept, len(mine), interval)]


def _refused(statuses: list[int]) -> float:
    return sum(400 <= status < 500 for status in statuses) / len(statuses) if statuses else 0.0


def replay_checks(canary: ArrayLike, champion: ArrayLike, outcomes: ArrayLike, slo: Slo, looks: int = 1) -> list[Check]:
    p, q, y = ([float(each) for each in values] for values in (canary, champion, outcomes))
    rows = list(zip(p, q, y, strict=True))
    up, over = statistics.fmean(p) >= statistics.fmean(y), statistics.fmean(q) >= statistics.fmean(y)
    named = {
        "brier_increase": [(a - c) ** 2 - (b - c) ** 2 for a, b, c in rows],
        "calibration_gap": [(a - c) * (1 if up else -1) - (b - c) * (1 if over else -1) for a, b, c in rows],
    }
    found = []
    for name, each in named.items():
        value, bound = statistics.fmean(each), getattr(slo, name)
        spread = normal_width(looks) * statistics.stdev(each) / len(each) ** 0.5
        passed = None
        if value + spread <= bound:
            passed = True
        elif value - spread > bound:
            passed = False
        found.append(Check(name, value, bound, passed, len(each), (value - spread, value + spread)))
    return found
