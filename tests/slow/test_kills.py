"""All or nothing, also for kill -9 at any moment."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from projects import ROOT, environment
from selection import TOOL, digest, everything
from support import git, on_disk

KILLS = 50 if everything() else 10
NEW = [sys.executable, "-m", "scaffolder", "new", "classical-ml", "churn-radar", "--yes", "-o", "."]
ROWS = 3_000  # of the file that is adopted


def moments(seconds: float, count: int = KILLS) -> Iterator[float]:
    """When to kill a command that takes `seconds`: from its start to a little after its end."""
    chance = random.Random(digest(TOOL))
    return (chance.uniform(0.02, 1.1) * seconds for _ in range(count))


def started(command: list[str], folder: Path, **variables: str) -> subprocess.Popen[bytes]:
    """A command in a process group of its own, with its workers."""
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**environment(), **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finished(command: list[str], folder: Path, **variables: str) -> float:
    """Run to the end; returns the seconds that it took."""
    start = time.monotonic()
    process = started(command, folder, **variables)
    _, err = process.communicate()
    assert process.returncode == 0, err.decode()
    return time.monotonic() - start


def killed(command: list[str], folder: Path, after: float, **variables: str) -> None:
    process = started(command, folder, **variables)
    time.sleep(after)
    os.killpg(process.pid, signal.SIGKILL)  # of a process that has ended and was not waited for, too
    process.communicate()


def test_new_leaves_a_complete_project_or_none(tmp_path: Path) -> None:
    here = {"PYTHONPATH": str(ROOT)}
    seconds = finished(NEW, tmp_path / "whole", **here)
    whole = set(on_disk(tmp_path / "whole" / "churn-radar"))
    complete = 0
    for count, moment in enumerate(moments(seconds)):
        output = tmp_path / f"run{count % 5}"
        killed(NEW, output, moment, **here)
        if (made := output / "churn-radar").exists():
            assert set(on_disk(made)) == whole
            assert git(made, "branch", "--format=%(refname:short)").split() == ["main", "scaffold"]
            output.rename(tmp_path / f"complete{count}")
            complete += 1
    print(f"{complete} of {KILLS} kills came too late")
    assert complete < KILLS
    for output in tmp_path.glob("run*"):
        time.sleep(0.5)  # a killed run's last Git command may still be writing
        finished(NEW, output, **here)
        assert [path.name for path in output.iterdir()] == ["churn-radar"]


def contents(folder: Path) -> dict[str, bytes]:
    """The visible files; what a killed run left of its own is hidden."""
    return {path: data for path, (data, _) in on_disk(folder).items() if not hidden(path)}


def hidden(path: str) -> bool:
    return any(part == "__pycache__" or (part.startswith(".") and part != ".github") for part in path.split("/"))


@pytest.mark.long
def test_adopt_leaves_the_old_repository_or_the_new_one(tmp_path: Path) -> None:
    here = {"PYTHONPATH": str(ROOT)}
    project, table = tmp_path / "churn-radar", tmp_path / "visits.csv"
    finished(NEW, tmp_path, **here)
    chance = random.Random(1)
    lines = [f"{chance.randint(18, 90)},{chance.choice('NESW')},{chance.choice(('yes', 'no'))}" for _ in range(ROWS)]
    table.write_text("age,district,came\n" + "\n".join(lines) + "\n")
    adopt = [sys.executable, "-m", "scaffolder", "adopt", "--data", str(table), "--target", "came", "--yes"]
    update = [sys.executable, "-m", "scaffolder", "update", "--yes"]

    def copied(name: str) -> Path:
        return Path(shutil.copytree(project, tmp_path / name))

    whole = copied("whole")
    before = contents(whole)
    seconds = finished(adopt, whole, **here)
    after = contents(whole)
    assert after != before
    late = 0
    for count, moment in enumerate(moments(seconds)):
        folder = copied(f"run{count}")
        killed(adopt, folder, moment, **here)
        for lock in (folder / ".git").rglob("*.lock"):  # of the index or a branch: Git asks its user to remove them
            lock.unlink()
        finished(update, folder, **here)  # it finishes what was begun, and has nothing more to do
        assert contents(folder) in (before, after)
        assert git(folder, "status", "--porcelain") == ""
        late += contents(folder) == after
    print(f"{late} of {KILLS} kills came too late")
    assert late < KILLS
