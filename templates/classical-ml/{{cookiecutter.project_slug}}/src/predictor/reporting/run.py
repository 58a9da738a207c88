"""The circumstances of a run, as `reports/metrics.json` records them."""

from __future__ import annotations

import platform
import shutil
import subprocess  # git only, with fixed arguments
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .metrics import Run


@dataclass(frozen=True)
class Watch:
    """Starts when it is made."""

    started_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    start: float = field(default_factory=time.perf_counter)

    def seconds(self) -> float:
        return round(time.perf_counter() - self.start, 1)


def describe_run(
    command: str, watch: Watch, *, seed: int, data_sha256: str, rows: int, earlier: float = 0.0
) -> Run:
    """Record a run. `earlier` is the seconds of the steps before it that belong to the same result."""
    return Run(
        command=command,
        commit=commit(),
        seed=seed,
        data_sha256=data_sha256,
        rows=rows,
        python=platform.python_version(),
        started_at=watch.started_at,
        seconds=round(watch.seconds() + earlier, 1),
    )


def commit() -> str | None:
    """The commit that is checked out; None outside a git repository or before its first commit."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "rev-parse", "--verify", "--quiet", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return found.stdout.strip() or None
