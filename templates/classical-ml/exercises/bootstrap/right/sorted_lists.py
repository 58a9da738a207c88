"""Draws positions with integers, and reads the ends from the sorted scores."""

from math import isnan, sqrt


def intervals(statistic, count: int, seed: int, most: int = MOST_ROWS) -> Array:
    generator = np.random.default_rng([seed, 1])
    size = min(count, most)
    chosen = np.sort(generator.choice(count, size, replace=False))
    drawn = [np.asarray(statistic(chosen[generator.integers(0, size, size)]), dtype=float) for _ in range(RESAMPLES)]
    if size < count:
        everything, some = (np.asarray(statistic(rows), dtype=float) for rows in (np.arange(count), chosen))
    found = np.empty((len(drawn[0]), 2))
    for score in range(len(drawn[0])):
        ordered = sorted(one[score] for one in drawn if not isnan(one[score]))
        out = len(ordered) // 40
        ends = np.array([ordered[out], ordered[len(ordered) - 1 - out]])
        if size < count:
            ends = everything[score] - (some[score] - ends) * sqrt(size / count)
        found[score] = ends
    return found


def wilson(hits: float, count: int) -> tuple[float, float]:
    share, square = hits / count, NORMAL * NORMAL / count
    middle = share + square / 2
    half = sqrt(max(0.0, share * (1 - share) * square + square * square / 4))
    return max(0.0, (middle - half) / (1 + square)), min(1.0, (middle + half) / (1 + square))
