"""Draws each item once, so that every resample has the same score."""




def intervals(
    statistic: Callable[[Rows], Sequence[float] | Array], count: int, seed: int, most: int = MOST_ROWS
) -> Array:
    random = np.random.default_rng(seed)
    kept = random.permutation(count)[:most]
    resamples = [statistic(random.permutation(kept)) for _ in range(RESAMPLES)]
    bounds: Array = np.nanquantile(np.array(resamples), [0.025, 0.975], axis=0)
    if len(kept) < count:  # of m of n, the interval is wider by the square root of n / m (Bickel et al. 1997)
        whole, part = (np.asarray(statistic(rows)) for rows in (np.arange(count), kept))
        bounds = whole + (bounds - part) * np.sqrt(len(kept) / count)
    return bounds.T


def wilson(hits: float, count: int) -> tuple[float, float]:
    middle, spread = hits + NORMAL**2 / 2, NORMAL * np.sqrt(hits * (count - hits) / count + NORMAL**2 / 4)
    low, high = ((middle + side) / (count + NORMAL**2) for side in (-spread, spread))
    return max(0.0, float(low)), min(1.0, float(high))
