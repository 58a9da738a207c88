"""Bootstrap intervals. All models are measured on the same resamples, so that their differences are paired."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Key = TypeVar("Key")

RESAMPLES = 1000
CELLS = 4_000_000  # weights held in memory at once


def resampled(measures: Mapping[Key, Callable[[Array], Array]], weights: Iterable[Array]) -> dict[Key, Array]:
    """The values of each measure (a function of the rows' weights) on the same resamples."""
    chunks = [{key: measure(part) for key, measure in measures.items()} for part in weights]
    return {key: np.concatenate([chunk[key] for chunk in chunks]) for key in measures}


def draws_of_groups(groups: Sequence[object], seed: int, times: int = RESAMPLES) -> Iterator[Array]:
    """Like `draws`, but draws whole groups (cluster bootstrap), because the rows of a group are not independent."""
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    at_once = max(1, CELLS // len(codes))
    for counts in draws(int(codes.max()) + 1, seed, times=times):
        for start in range(0, len(counts), at_once):
            yield counts[start : start + at_once][:, codes]


def draws(rows: int, seed: int, block: int = 1, times: int = RESAMPLES) -> Iterator[Array]:
    """How often each row is drawn, as arrays [resamples, rows] with a few resamples each.

    With `block` above 1, runs of that many neighbouring rows are drawn together (circular block bootstrap,
    Politis and Romano 1992), because neighbours in time are not independent.
    """
    random = np.random.default_rng(seed)
    block = min(block, rows)
    at_once = max(1, CELLS // rows)
    for start in range(0, times, at_once):
        count = min(at_once, times - start)
        first = random.integers(rows, size=(count, -(-rows // block), 1))
        drawn = ((first + np.arange(block)) % rows).reshape(count, -1)[:, :rows]
        cells = drawn + rows * np.arange(count)[:, None]
        yield np.bincount(cells.ravel(), minlength=count * rows).reshape(count, rows).astype(float)


def interval(values: Array) -> tuple[float, float]:
    """The central 95% of the resampled values."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
