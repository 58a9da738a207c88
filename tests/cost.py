"""Bounds of CPU time as multiples of fixed work, so that they hold on any machine, however fast or busy it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


@contextmanager
def at_most(units: float) -> Iterator[None]:
    """Fail if the block takes more CPU time than so many units."""
    start = time.process_time()
    yield
    spent = (time.process_time() - start) / unit()
    assert spent <= units, f"{spent:.0f} units of CPU time, and {units:.0f} are allowed"


@cache
def unit() -> float:
    """CPU seconds of 1,000,000 rounds of a loop in Python, the least of three times: about 0.01 in 2026."""
    return min(_loop() for _ in range(3))


def _loop() -> float:
    start = time.process_time()
    for _ in range(1_000_000):
        pass
    return time.process_time() - start
