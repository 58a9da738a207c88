"""How the time of some work grows with its size."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times as much of the processor `work` takes for four times the size; the least of three times each."""
    return _seconds(work, 4 * size) / _seconds(work, size)


def _seconds(work: Callable[[int], object], size: int) -> float:
    taken = []
    gc.disable()  # how often it looks through all objects depends on what else is loaded
    try:
        for _ in range(3):
            started = time.process_time()
            work(size)
            taken.append(time.process_time() - started)
    finally:
        gc.enable()
    return min(taken)
