"""The steps of `scaffolder practice --break`: plant a fault, and say at the end what it was."""

from __future__ import annotations

import os
import random
import shlex
from pathlib import Path

from scaffolder.cli.output import wrapped
from scaffolder.cli.printing import Result, short
from scaffolder.exercises.judging import python_of
from scaffolder.practice import drill


def plant(path: Path, seed: int | None) -> Result:
    """Plant the fault that the seed stands for, or any; raises a `ScaffolderError` if that cannot be."""
    planted = drill.plant(path, random.SystemRandom().randrange(10_000) if seed is None else seed)
    place, project = short(Path(planted.folder)), shlex.quote(os.path.relpath(path.resolve(), planted.folder))
    lines = (
        *wrapped(planted.symptom),
        "",
        f"This copy of your last commit has the fault: {place}",
        "Find it there and mend it. Git would tell you where it is, so do not ask it.",
        "",
        f"  cd {place}",
        *(() if python_of(path) else (f"  make -C {project} setup",)),
        f"  PYTHONPATH=src {project}/.venv/bin/python -m pytest",
        "  scaffolder practice --end    to see what it was, and to remove the copy",
    )
    told = {name: getattr(planted, name) for name in ("folder", "branch", "seed", "symptom")}
    return Result({"schema": 1, **told}, lines, done=f"Planted a fault in {place}")


def end(path: Path) -> Result:
    """Remove the drill in `path`; raises `TargetError` if it holds something that is not committed."""
    begun = drill.begun(path)
    done = f"Removed {begun.folder}"
    files = drill.changed_files(begun)
    stays = drill.end(begun)
    lines = [*wrapped(begun.postmortem), "", f"It was planted in {', '.join(files)}.", f"{done}."]
    if stays:
        lines += wrapped(f"Your commits are on the branch {begun.branch}.")
    told = {"fault": begun.fault, "files": files, "postmortem": begun.postmortem}
    return Result({"schema": 1, **told, "branch": begun.branch if stays else None}, lines, done=done)
