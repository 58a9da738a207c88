"""An experiment with code: the code of this folder is measured beside that of an earlier commit."""

import io
import json
import os
import re
import subprocess  # git, and this project's own code
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .experiments import EXPERIMENTS, LONGEST, ExperimentError

PACKAGE = __name__.partition(".")[0]


def earlier(base: str, name: str) -> tuple[Path, dict[str, Any]]:
    """What the code of the commit `base` scores with the settings and data of today.

    Returns:
        experiments/NAME.diff, which is written: what the commits since `base` change in src/; and what
        `python -m PACKAGE scores` prints with the code of `base`.

    Raises:
        ExperimentError: there is no such commit, its code cannot be measured, or today's code is not committed.
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise ExperimentError("make experiment NAME=… BASE=… needs a name of letters, digits, - and _")
    if run("git", "status", "--porcelain", "--", "src"):
        raise ExperimentError("commit what has changed in src/ first: two commits are compared")
    commit = run("git", "log", "-1", "--format=%H", "--end-of-options", base, "--").decode().strip()
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(run("git", "archive", "--format=tar", commit, "src"))) as files:
            files.extractall(folder, filter="data")
        printed = run(sys.executable, "-m", PACKAGE, "scores", PYTHONPATH=str(Path(folder, "src")))
    path = EXPERIMENTS / f"{name}.diff"
    path.write_bytes(run("git", "diff", "--relative", commit, "HEAD", "--", "src"))
    return path, json.loads(printed.splitlines()[-1])


def run(*command: str, **variables: str) -> bytes:
    """What a command prints; raises an `ExperimentError` with its last line if it fails."""
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ExperimentError(f"{' '.join(command[1:])} failed: {' '.join(said)}"[:LONGEST])
    return done.stdout
