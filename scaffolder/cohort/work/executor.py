"""Runs many jobs in processes of this machine or on a Dask cluster, through `concurrent.futures`: one code path.

A task does a chunk of jobs. It must be idempotent: a chunk whose worker dies is done again.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from scaffolder.cohort.work import processes
from scaffolder.errors import ScaffolderError, one_line

if TYPE_CHECKING:
    from scaffolder.cohort.work.cluster import Cluster

    Pool = processes.Processes | Cluster

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")
Task = Callable[[Sequence[Job]], list[Outcome]]
"""A module's own function, or a `functools.partial` of one; jobs and outcomes are small and can be pickled."""
Chunks = Sequence[Sequence[Job]]

SIZE = 20  # jobs in a chunk
_LEAST = 8  # jobs in a chunk if there are few, so that Ctrl-C need not wait long
_POLL = 0.5  # seconds after which Ctrl-C is noticed


class JobError(ScaffolderError):
    """The failure of a job, with its exit code."""

    def __init__(self, message: str, code: int = 3) -> None:
        super().__init__(message)
        self.code = code


class Done(NamedTuple, Generic[Job, Outcome]):
    """The result of a chunk: outcomes, and the failed jobs, each with the message and the exit code of its error."""

    outcomes: list[Outcome]
    failed: list[tuple[Job, str, int]]


class Stop:
    """Whether Ctrl-C was pressed."""

    wanted = False


def run(
    task: Task[Job, Outcome],
    jobs: Sequence[Job],
    *,
    executor: str = "",
    workers: int | None = None,
    size: int | None = None,
    on_error: Callable[[Job, Exception], Outcome],
) -> Iterator[list[Outcome]]:
    """Do `jobs`, and yield the outcomes of each chunk of `size` when it is finished, in any order.

    Without a `size`, a chunk has 20 jobs, or fewer for several workers if there are not many.
    `executor` is "" for `workers` processes (default: one per processor), or the address of a Dask scheduler. A job
    that raises an error or kills its workers ends as `on_error(job, JobError)`, and the others go on. After Ctrl-C no
    chunk begins, those that run are finished and yielded, then `KeyboardInterrupt` is raised; a second Ctrl-C does not
    wait. Raises `OutsideError` if the cluster does not answer or is lost.
    """
    most = workers or _processors()
    size = size or (SIZE if most == 1 or len(jobs) <= SIZE else min(SIZE, max(_LEAST, len(jobs) // (4 * most))))
    chunks = [jobs[start : start + size] for start in range(0, len(jobs), size)]
    count = min(most, len(chunks))
    with _noted() as stop:
        if not executor and count <= 1:
            done = _here(task, chunks, stop)
        else:
            done = _spread(executor, count, task, chunks, stop)
        for each in done:
            yield each.outcomes + [on_error(job, JobError(message, code)) for job, message, code in each.failed]
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


def _here(task: Task[Job, Outcome], chunks: Chunks[Job], stop: Stop) -> Iterator[Done[Job, Outcome]]:
    for chunk in chunks:
        if stop.wanted:
            return
        yield perform(task, chunk)


def _begin(task: Task[Job, Outcome], jobs: Sequence[Job]) -> Done[Job, Outcome]:
    """Do a chunk in a worker, unless the run was stopped before the chunk's turn."""
    return Done([], []) if processes.is_stopped() else perform(task, jobs)


def perform(task: Task[Job, Outcome], jobs: Sequence[Job]) -> Done[Job, Outcome]:
    """Do a chunk; if it fails, its jobs one by one. It runs in a worker, so it returns only plain values."""
    try:
        return Done(task(jobs), [])
    except Exception as error:
        if len(jobs) == 1:
            return Done([], [(jobs[0], *_said(error))])
    parts = [perform(task, [job]) for job in jobs]
    return Done([each for part in parts for each in part.outcomes], [each for part in parts for each in part.failed])


def _said(error: BaseException) -> tuple[str, int]:
    if isinstance(error, ScaffolderError):
        return str(error), error.code
    return f"This is a bug of scaffolder: {type(error).__name__}: {one_line(str(error))[:300].rstrip('.')}.", 3


def _spread(
    executor: str, workers: int, task: Task[Job, Outcome], chunks: Chunks[Job], stop: Stop
) -> Iterator[Done[Job, Outcome]]:
    """Do `chunks` in workers; the jobs of those that lost their worker are done last, one after the other."""
    suspects: list[Sequence[Job]] = []
    killers: list[Sequence[Job]] = []
    with _opened(executor, workers) as pool:
        yield from _in_workers(pool, task, chunks, stop, suspects)
        yield from _in_workers(pool, task, [[job] for chunk in suspects for job in chunk], stop, killers, alone=True)
    killed = "The process that worked on it was killed, each time."
    yield Done([], [(job, killed, 3) for chunk in killers for job in chunk])


def _in_workers(
    pool: Pool,
    task: Task[Job, Outcome],
    chunks: Chunks[Job],
    stop: Stop,
    lost: list[Sequence[Job]],
    *,
    alone: bool = False,
) -> Iterator[Done[Job, Outcome]]:
    """Do `chunks`, each with nothing beside it if `alone`; those whose worker has died are added to `lost`."""
    waiting = deque(chunks)
    running: dict[Future[Done[Job, Outcome]], Sequence[Job]] = {}
    while running or (waiting and not stop.wanted):
        width = 1 if alone else pool.width()
        while waiting and len(running) < width and not stop.wanted:
            chunk = waiting.popleft()
            running[pool.submit(_begin, task, chunk)] = chunk
        if stop.wanted:
            pool.stop()
        finished = wait(running, _POLL, FIRST_COMPLETED).done
        if any(isinstance(future.exception(), pool.lost) for future in finished):
            finished = wait(running).done  # a pool that lost one process ends them all
            pool.renew()
        for future in finished:
            chunk, error = running.pop(future), future.exception()
            if isinstance(error, pool.lost):
                lost.append(chunk)
            else:
                yield Done([], [(job, *_said(error)) for job in chunk]) if error else future.result()


@contextmanager
def _opened(executor: str, workers: int) -> Iterator[Pool]:
    if executor:
        from scaffolder.cohort.work import cluster

        with cluster.opened(executor) as found:
            yield found
        return
    pool = processes.Processes(workers)
    try:
        yield pool
    except KeyboardInterrupt:  # the second one
        pool.kill()
        raise
    finally:
        pool.close()
