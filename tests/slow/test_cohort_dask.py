"""The same course on a Dask cluster of this machine, with a worker killed in the middle: the same repositories."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from projects import ROOT, environment
from support import PATIENCE, git

from scaffolder.cohort import ledger

distributed = pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

STUDENTS = 150
NEW = [sys.executable, "-m", "scaffolder", "cohort", "new", "roster.csv", "-t", "classical-ml", "-t", "rag-assistant"]


@pytest.fixture
def cluster() -> Iterator[Any]:
    """Two worker processes of one thread each, which only this machine can reach."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as started:
        yield started


def begun(folder: Path) -> Path:
    with ledger.opened(folder, create=True) as book:
        book.set_meta("created", "2026-09-01T08:00:00Z")
    return folder


def made(folder: Path) -> dict[Any, Any]:
    with ledger.opened(folder) as book:
        return {key: (each.state, each.detail, each.commit) for key, each in book.latest("new").items()}


@pytest.mark.long
def test_a_cluster_that_loses_a_worker_makes_the_same(tmp_path: Path, cluster: Any) -> None:
    (tmp_path / "roster.csv").write_text("\n".join(["id", *(f"s{number}" for number in range(STUDENTS)), ""]))
    env = {**environment(), "PYTHONPATH": str(ROOT)}
    subprocess.run([*NEW, "-o", begun(tmp_path / "here")], cwd=tmp_path, env=env, check=True)
    assert cluster.scheduler_address.startswith("tcp://127.0.0.1:")
    arguments = [*NEW, "-o", begun(tmp_path / "there"), "--executor", cluster.scheduler_address, "--json"]
    process = subprocess.Popen(arguments, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    repositories = tmp_path / "there/repositories"
    while process.poll() is None and len(list(repositories.glob("*"))) < STUDENTS // 4:
        time.sleep(0.01)
    os.kill(cluster.workers[0].pid, signal.SIGKILL)
    assert len(list(repositories.glob("*"))) < STUDENTS
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, b"")
    assert len(made(tmp_path / "there")) == STUDENTS * 2
    assert made(tmp_path / "there") == made(tmp_path / "here")
    for bare in list(repositories.glob("*/*.git"))[::30]:
        assert git(bare, "fsck", "--strict", "--no-dangling") == ""
    assert [path.name for path in (tmp_path / "there/.scaffolder").iterdir()] == ["lock"]
