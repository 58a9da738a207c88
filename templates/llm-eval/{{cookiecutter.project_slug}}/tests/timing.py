"""How the time of some work grows with its size: a ratio, which is the same on a slow machine and on a fast one."""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable
from math import log

TIMES = 16  # as much work


def growth(work: Callable[[int], object], size: int) -> float:
    """The power of the size with which the time of `work` grows: 1 is in proportion to it, 2 is quadratic."""
    return log(seconds(lambda: work(TIMES * size)) / seconds(lambda: work(size)), TIMES)


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """Of the processor; the least of several times, since other programs can only add to it."""
    return min(timeit.repeat(work, timer=time.process_time, number=1, repeat=repeat))
