"""The worker processes of this machine, which `executor` gives chunks of work; Ctrl-C does not reach them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing import forkserver
from multiprocessing.synchronize import Event
from typing import Any

_stopped: Event | None = None  # in a worker, set once Ctrl-C was pressed


def is_stopped() -> bool:
    """In a worker, whether Ctrl-C was pressed; elsewhere False."""
    return _stopped is not None and _stopped.is_set()


class Processes:
    """Processes of this machine. They share nothing with this one, so they may begin while it has threads."""

    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self, workers: int) -> None:
        self._workers = workers
        methods = multiprocessing.get_all_start_methods()
        self._context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        self._stopped = self._context.Event()
        if self._context.get_start_method() == "forkserver":
            _start_server()
        self.renew()

    def width(self) -> int:
        """How many chunks to give them at once."""
        return self._workers + 1  # so that no worker waits for its next chunk

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Begin a call. If a worker has died, the future has a `BrokenExecutor` for its error."""
        try:
            return self._pool.submit(function, *arguments)
        except BrokenExecutor as error:
            failed: Future[Any] = Future()
            failed.set_exception(error)
            return failed

    def renew(self) -> None:
        """Begin new processes, since a pool that lost one ends them all."""
        self._pool = ProcessPoolExecutor(self._workers, self._context, _begin, (self._stopped,))

    def stop(self) -> None:
        """Keep submitted chunks from beginning."""
        self._stopped.set()

    def kill(self) -> None:
        """End the workers, whatever they are doing."""
        for process in multiprocessing.active_children():
            process.terminate()

    def close(self) -> None:
        """Wait until all that was submitted is done."""
        self._pool.shutdown()


def _start_server() -> None:
    """Start the process that forks the workers; they inherit that Ctrl-C is blocked, which could end a new one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(stopped: Event) -> None:
    """Leave Ctrl-C to the parent, and end when it does, even if it is killed."""
    global _stopped
    _stopped = stopped
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
