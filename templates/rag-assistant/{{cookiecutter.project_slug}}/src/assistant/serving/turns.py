"""Limit how many questions are answered at the same time, and how many may wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import HTTPException

BUSY = "The service is busy with other requests; try again in a few seconds."

Result = TypeVar("Result")


class Turns:
    """At most `at_once` turns at a time. At most `waiting` more may wait, and none longer than `seconds`.

    Threads for the work are set aside, so that a slow model or a large document keeps nothing else from answering.
    """

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._at_once, self._most, self._seconds = at_once, at_once + waiting, seconds
        self._free = asyncio.Semaphore(at_once)
        self._inside = 0  # hold a turn or wait for one
        self._threads: CapacityLimiter | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it for the block.

        Raises:
            HTTPException: 503, too many wait already, or the wait was too long.
        """
        if self._inside >= self._most:
            raise _busy()
        self._inside += 1  # at once: on Python 3.11 the semaphore is taken only after others have looked
        try:
            try:
                await asyncio.wait_for(self._free.acquire(), self._seconds)
            except TimeoutError:
                raise _busy() from None
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._inside -= 1

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run `work` in a thread; the caller holds a turn."""
        if self._threads is None:  # it can only be made where an event loop runs
            self._threads = CapacityLimiter(self._at_once)
        return await to_thread.run_sync(work, limiter=self._threads)


def _busy() -> HTTPException:
    return HTTPException(503, BUSY, {"retry-after": "5"})
