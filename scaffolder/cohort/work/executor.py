"""Runs many jobs in processes of this machine or on a Dask cluster, through `concurrent.futures`: one code path.

A task does a chunk of jobs. It must be idempotent: a chunk whose worker dies is done again.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from multiprocessing import forkserver, resource_tracker
from typing import TYPE_CHECKING, Any, TypeVar

from scaffolder.cohort.work import cluster
from scaffolder.cohort.work.cluster import Cluster
from scaffolder.errors import OutsideError

if TYPE_CHECKING:
    Pool = "Processes | Cluster"

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")
Task = Callable[[Sequence[Job]], list[Outcome]]
"""A module's own function, or a `functools.partial` of one; jobs and outcomes are small and can be pickled."""
Chunks = Sequence[Sequence[Job]]
Failed = Callable[[Job, Exception], Outcome]
"""The outcome of a job that failed."""

SIZE = 20  # jobs in a chunk
_LEAST = 8  # jobs in a chunk if there are few, so that Ctrl-C need not wait long
_POLL = 0.5  # seconds after which Ctrl-C is noticed


class Stop:
    """Whether Ctrl-C was pressed."""

    wanted = False


def run(
    task: Task[Job, Outcome],
    jobs: Sequence[Job],
    failed: Failed[Job, Outcome],
    *,
    executor: str = "",
    workers: int | None = None,
    size: int | None = None,
) -> Iterator[list[Outcome]]:
    """Do `jobs`, and yield the outcomes of each chunk of `size` when it is finished, in any order.

    Without a `size`, a chunk has 20 jobs, or fewer for several workers if there are not many.
    `executor` is "" for `workers` processes (default: one per processor), or the address of a Dask scheduler. If `task`
    raises an error, all jobs of its chunk have `failed` with it; so has a job that kills its workers, and the others go
    on. After Ctrl-C no chunk begins, those that run are finished and yielded, then `KeyboardInterrupt` is raised; a
    second Ctrl-C does not wait. Raises `OutsideError` if the cluster does not answer or is lost.
    """
    most = workers or _processors()
    size = size or (SIZE if most == 1 or len(jobs) <= SIZE else min(SIZE, max(_LEAST, len(jobs) // (4 * most))))
    chunks = [jobs[start : start + size] for start in range(0, len(jobs), size)]
    count = min(most, len(chunks))
    perform = partial(performed, task, failed)
    with _noted() as stop:
        if executor or count > 1:
            yield from _spread(executor, count, perform, failed, chunks, stop)
        else:
            yield from (perform(chunk) for chunk in chunks if not stop.wanted)
        if stop.wanted:
            raise KeyboardInterrupt


def check(executor: str) -> None:
    """Raise a `ScaffolderError` if nothing can run on `executor`; see `run`."""
    if executor:
        with _opened(executor, 1):
            pass


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _noted() -> Iterator[Stop]:
    """Only note Ctrl-C while the block runs, so that no finished work is lost; a second Ctrl-C interrupts."""
    stop = Stop()
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield stop
        return

    def note(_number: int, _frame: object) -> None:
        stop.wanted = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def performed(task: Task[Job, Outcome], failed: Failed[Job, Outcome], jobs: Sequence[Job]) -> list[Outcome]:
    """Do a chunk, here or in a worker; if it fails, all its jobs have."""
    try:
        return task(jobs)
    except Exception as error:
        return [failed(job, error) for job in jobs]


def _spread(
    executor: str,
    workers: int,
    perform: Task[Job, Outcome],
    failed: Failed[Job, Outcome],
    chunks: Chunks[Job],
    stop: Stop,
) -> Iterator[list[Outcome]]:
    """Do `chunks` in workers; the jobs of those that lost their worker are done last, one after the other."""
    suspects: list[Sequence[Job]] = []
    killers: list[Sequence[Job]] = []
    with _opened(executor, workers) as pool:
        yield from _in_workers(pool, pool.width, perform, chunks, stop, suspects)
        yield from _in_workers(pool, lambda: 1, perform, [[job] for chunk in suspects for job in chunk], stop, killers)
    killed = OutsideError("The process that worked on it was killed, each time.")
    yield [failed(job, killed) for chunk in killers for job in chunk]


def _in_workers(
    pool: Processes | Cluster,
    width: Callable[[], int],
    perform: Task[Job, Outcome],
    chunks: Chunks[Job],
    stop: Stop,
    lost: list[Sequence[Job]],
) -> Iterator[list[Outcome]]:
    """Do `chunks`, at most `width()` at a time; those whose worker has died are added to `lost`."""
    waiting = deque(chunks)
    running: dict[Future[list[Outcome]], Sequence[Job]] = {}
    while running or (waiting and not stop.wanted):
        most = width()
        while waiting and len(running) < most and not stop.wanted:
            chunk = waiting.popleft()
            running[pool.submit(perform, chunk)] = chunk
        finished = wait(running, _POLL, FIRST_COMPLETED).done
        if any(isinstance(future.exception(), pool.lost) for future in finished):
            finished = wait(running).done  # a pool that lost one process ends them all
            pool.renew()
        for future in finished:
            chunk = running.pop(future)
            if isinstance(future.exception(), pool.lost):
                lost.append(chunk)
            else:
                yield future.result()


@contextmanager
def _opened(executor: str, workers: int) -> Iterator[Processes | Cluster]:
    if executor:
        with cluster.opened(executor) as found:
            yield found
        return
    pool = Processes(workers)
    try:
        yield pool
    except KeyboardInterrupt:  # the second one
        pool.kill()
        raise
    finally:
        pool.close()


class Processes:
    """Processes of this machine. They share nothing with this one, so they may begin while it has threads."""

    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self, workers: int) -> None:
        self._workers = workers
        methods = multiprocessing.get_all_start_methods()
        self._context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if self._context.get_start_method() == "forkserver":
            _start_server()
        self.renew()

    def width(self) -> int:
        """How many chunks to give them at once: none waits in a queue, so Ctrl-C keeps all others from beginning."""
        return self._workers

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
        self._pool = ProcessPoolExecutor(self._workers, self._context, _begin)

    def kill(self) -> None:
        """End the workers, whatever they are doing."""
        for process in multiprocessing.active_children():
            process.terminate()

    def close(self) -> None:
        """Wait until all that was submitted is done."""
        self._pool.shutdown()


def _start_server() -> None:
    """Start the process that forks the workers; they inherit that Ctrl-C is blocked, which could end a new one."""
    resource_tracker.ensure_running()  # which would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end when it does, even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
