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
        self._at_once, self._most_waiting, self._seconds = at_once, waiting, seconds
        self._free = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._threads: CapacityLimiter | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it for the block.

        Raises:
            HTTPException: 503, too many wait already, or the wait was too long.
        """
        if self._free.locked() and self._waiting >= self._most_waiting:
            raise _busy()
        self._waiting += 1
        try:
            await asyncio.wait_for(self._free.acquire(), self._seconds)
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run `work` in a thread; the caller holds a turn."""
        if self._threads is None:  # it can only be made where an event loop runs
            self._threads = CapacityLimiter(self._at_once)
        return await to_thread.run_sync(work, limiter=self._threads)


def _busy() -> HTTPException:
    return HTTPException(503, BUSY, {"retry-after": "5"})
