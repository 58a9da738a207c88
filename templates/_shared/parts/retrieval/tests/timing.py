"""How the time of some work grows with its size: a ratio, which is the same on a slow machine and on a fast one."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from functools import partial
from math import log

TIMES = 16  # as much work


def growth(work: Callable[[int], object], size: int) -> float:
    """The power of the size with which the time of `work` grows: 1 is in proportion to it, 2 is quadratic."""
    small, large = (min(seconds(partial(work, one)) for _ in range(3)) for one in (size, TIMES * size))
    return log(large / small, TIMES)


def seconds(work: Callable[[], object]) -> float:
    """Of the processor; other programs can only add to it."""
    gc.disable()  # how often it looks through all objects depends on what else is loaded
    try:
        started = time.process_time()
        work()
        return time.process_time() - started
    finally:
        gc.enable()
