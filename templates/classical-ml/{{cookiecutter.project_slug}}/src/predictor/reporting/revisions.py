"""An experiment with code: the code of this folder is measured beside that of an earlier commit."""

import json
import os
import re
import shutil
import subprocess  # git, and this project's own code
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .experiments import EXPERIMENTS, LONGEST, ExperimentError

PACKAGE = __name__.partition(".")[0]
SCORES = f"""
import json
from {PACKAGE} import experiment, settings
print(json.dumps(experiment.scores(settings.load_settings())))
"""


def earlier(base: str, name: str) -> dict[str, Any]:
    """What `experiment.scores` of the commit `base` returns with the settings and data of today.

    Raises:
        ExperimentError: the name is none, today's code is not committed, or that of `base` cannot be measured.
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise ExperimentError("make experiment BASE=… needs NAME=… of letters, digits, - and _")
    if run("git", "status", "--porcelain", "--", "src"):
        raise ExperimentError("commit what has changed in src/ first: two commits are compared")
    with TemporaryDirectory() as folder:
        run("git", "archive", "--format=zip", f"--output={folder}/src.zip", base + "^{commit}", "src")
        shutil.unpack_archive(f"{folder}/src.zip", folder)
        scores: dict[str, Any] = json.loads(run(sys.executable, "-c", SCORES, PYTHONPATH=str(Path(folder, "src"))))
    return scores


def difference(base: str, name: str) -> Path:
    """Write experiments/NAME.diff: what the commits since `base` change in src/."""
    path = EXPERIMENTS / f"{name}.diff"
    path.write_bytes(run("git", "diff", "--relative", base + "^{commit}", "HEAD", "--", "src"))
    return path


def run(*command: str, **variables: str) -> bytes:
    """What a command prints; raises an `ExperimentError` with its last line if it fails."""
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ExperimentError(f"BASE cannot be measured: {' '.join(said)}"[:LONGEST])
    return done.stdout


def paired(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[float], dict[str, tuple[float, float]]]:
    """The gain in each fold, and each measure before and after a change.

    Args:
        before: `headline`, of each fold, where more is better; the `measures` by their labels; the rows of the `folds`.
        after: the same.

    Raises:
        ExperimentError: the folds are different ones.
    """
    if before["folds"] != after["folds"]:
        raise ExperimentError("the change divides the rows into other folds, so it cannot be compared fold by fold")
    gains = [new - old for old, new in zip(before["headline"], after["headline"], strict=True)]
    old, new = before["measures"], after["measures"]
    return gains, {label: (old[label], new[label]) for label in old if label in new}
