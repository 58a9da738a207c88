"""The circumstances of a run, as `reports/metrics.json` records them."""

import platform
import shutil
import subprocess  # git only, with fixed arguments
from datetime import UTC, datetime

from .metrics import Run


def describe_run(
    command: str, started: datetime, *, seed: int, data_sha256: str, rows: int, earlier: float = 0.0
) -> Run:
    """Record a run that began at `started`, in UTC. `earlier` is how many seconds other steps of the result took."""
    return Run(
        command=command,
        commit=commit(),
        seed=seed,
        data_sha256=data_sha256,
        rows=rows,
        python=platform.python_version(),
        started_at=started.isoformat(timespec="seconds"),
        seconds=round((datetime.now(UTC) - started).total_seconds() + earlier, 1),
    )


def commit() -> str | None:
    """The commit that is checked out; None if git does not track this project or has no commit yet."""
    if (git := shutil.which("git")) is None or not _output(git, "ls-files", "pyproject.toml"):
        return None  # also for an untracked folder in another repository
    return _output(git, "rev-parse", "--verify", "--quiet", "HEAD") or None


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
