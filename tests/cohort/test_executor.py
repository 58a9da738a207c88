"""Chunks of jobs in this process and in others: nothing is lost, whatever a job or a worker does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import PATIENCE, ROOT, has_ended

from scaffolder.cohort.work import cluster, executor
from scaffolder.errors import AnswerError, OutsideError, ScaffolderError

pytestmark = pytest.mark.slow

TESTS = ROOT / "tests"


class OddError(Exception):
    """An error that does not survive being pickled."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def task(folder: Path, jobs: Sequence[int | str]) -> list[tuple[Any, int]]:
    """Numbers become themselves and the process that did them; words misbehave."""
    done = []
    for job in jobs:
        if job == "wrong":
            raise AnswerError("The answer is wrong.")
        if job == "bug":
            raise OddError("no", "way")
        if job == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if job == "kill once" and not (folder / "killed").exists():
            (folder / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if job == "slow":
            time.sleep(0.1)
        if job == "blocked":
            (folder / job).write_text(" ".join(each.name for each in signal.pthread_sigmask(signal.SIG_BLOCK, [])))
        (folder / f"{job}.began").touch()
        done.append((job, os.getpid()))
    return done


def failed(job: Any, error: Exception) -> tuple[Any, str]:
    return job, f"{getattr(error, 'code', None)} {error}"


def outcomes(folder: Path, jobs: Sequence[Any], **options: Any) -> list[tuple[Any, Any]]:
    run = executor.run(partial(task, folder), jobs, failed, **options)
    return [each for chunk in run for each in chunk]


@given(st.lists(st.sampled_from([1, 2, 3, "wrong", "bug"]), max_size=30), st.integers(1, 9))
def test_each_job_has_one_outcome(tmp_path_factory: pytest.TempPathFactory, jobs: list[Any], size: int) -> None:
    found = outcomes(tmp_path_factory.getbasetemp(), jobs, workers=1, size=size)
    assert sorted(str(job) for job, _ in found) == sorted(map(str, jobs))


def test_many_chunks_go_to_other_processes_and_few_jobs_stay_here(tmp_path: Path) -> None:
    processes = {process for _, process in outcomes(tmp_path, range(10), workers=2, size=2)}
    assert processes
    assert os.getpid() not in processes
    assert {process for _, process in outcomes(tmp_path, range(10), workers=2)} == {os.getpid()}


def test_ctrl_c_reaches_no_worker_not_even_one_that_is_beginning(tmp_path: Path) -> None:
    outcomes(tmp_path, ["blocked", 1], workers=2, size=1)
    assert (tmp_path / "blocked").read_text() == "SIGINT"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_errors_cross_from_one_process_to_another(tmp_path: Path) -> None:
    found = dict(outcomes(tmp_path, ["wrong", 1, 2, "bug", 3], workers=2, size=1))
    assert found["wrong"] == "2 The answer is wrong."
    assert found["bug"] == "None no way"
    assert all(isinstance(found[number], int) for number in (1, 2, 3))


def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    jobs = [*range(9), "kill once", *range(10, 20)]
    found = dict(outcomes(tmp_path, jobs, workers=2, size=3))
    assert set(found) == set(jobs)
    assert all(isinstance(process, int) for process in found.values())


def test_a_job_that_kills_its_workers_fails_alone(tmp_path: Path) -> None:
    jobs = [*range(7), "kill", *range(8, 15)]
    found = dict(outcomes(tmp_path, jobs, workers=2, size=3))
    assert set(found) == set(jobs)
    assert found.pop("kill") == "3 The process that worked on it was killed, each time."
    assert all(isinstance(process, int) for process in found.values())


def test_only_a_few_chunks_are_under_way(tmp_path: Path) -> None:
    run = executor.run(partial(task, tmp_path), range(100), failed, workers=2, size=2)
    first = next(run)
    time.sleep(0.3)
    began = len(list(tmp_path.glob("*.began")))
    run.close()
    assert len(first) == 2
    assert began <= 3 * 2  # two work, one was given to us


JOBS = 4_000  # they take minutes
INTERRUPTED = """
import sys
from functools import partial
from pathlib import Path
from test_executor import failed, task
from scaffolder.cohort.work import executor
if __name__ == "__main__":
    got = []
    try:
        for chunk in executor.run(partial(task, Path()), ["slow"] * {JOBS}, failed, workers={workers}, size=2):
            got += chunk
            print(len(got), flush=True)
    except KeyboardInterrupt:
        print("stopped", len(got), flush=True)
"""


def started(folder: Path, workers: int) -> subprocess.Popen[str]:
    """A run of slow jobs in a process group of its own, after its first chunk."""
    (folder / "script.py").write_text(INTERRUPTED.replace("{workers}", str(workers)).replace("{JOBS}", str(JOBS)))
    process = subprocess.Popen(
        [sys.executable, "script.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, TESTS, TESTS / "cohort")))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "2\n"
    return process


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_loses_nothing_that_is_finished(tmp_path: Path, workers: int) -> None:
    process = started(tmp_path, workers)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers, too
    out, err = process.communicate(timeout=PATIENCE)
    *counts, last = out.splitlines()
    assert err == ""
    assert last == f"stopped {max(map(int, counts), default=2)}"
    assert int(last.split()[1]) < JOBS
    assert process.returncode == 0


def test_when_the_parent_is_killed_its_workers_end(tmp_path: Path) -> None:
    process = started(tmp_path, 2)
    process.kill()
    process.communicate(timeout=PATIENCE)  # its pipes are closed when the last worker has ended
    deadline = time.monotonic() + PATIENCE
    while list(living(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not list(living(process.pid))


def living(session: int) -> Iterator[int]:
    for pid in psutil.pids():
        with suppress(OSError):  # it has just ended
            if os.getsid(pid) == session and not has_ended(pid):
                yield pid


def test_without_dask_one_sentence_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ScaffolderError, match=r"install .*dask") as caught:
        outcomes(tmp_path, [1], executor="tcp://127.0.0.1:8786")
    assert caught.value.code == 2


@pytest.mark.parametrize("address", ["127.0.0.1", "http://x:1", "tcp://", "tcp://a b:1", "tcp://x:1/../", "-tcp://x:1"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(ScaffolderError, match="is not the address of a Dask scheduler") as caught:
        outcomes(tmp_path, [1], executor=address)
    assert caught.value.code == 2


def test_an_address_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "_PATIENCE", 0.3)
    with pytest.raises(OutsideError, match="does not answer"):
        outcomes(tmp_path, [1], executor="tcp://127.0.0.1:9")
