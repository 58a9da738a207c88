"""The cost of a check, as ratios from one run: against repo-review (with sp-repo-review) and markdownlint-cli2.

In one process, CPU time per repository over many generated repositories, each with a name of its own; on the command
line, CPU time (user and system) of whole processes, as medians of interleaved rounds. What is compared ran a moment
before or after, so that a busy machine slows all sides.

    python benchmarks/check.py [--repositories N] [--rounds N] [FOLDER ...]

Each FOLDER is measured too: give one where `make demo` has run. repo-review and markdownlint-cli2 are left out where
they are not installed (`pip install sp-repo-review 'repo-review[cli]'`, `npm install -g markdownlint-cli2`).
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from scaffolder.check.items import ITEMS
from scaffolder.check.report import check
from scaffolder.project import plan as project
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete

BAR_IN_PROCESS, BAR_COMMAND = 15.0, 0.6  # ms per repository; of repo-review
BIN = Path(sys.executable).parent


def generated(folder: Path, count: int) -> list[Path]:
    """`count` repositories of all templates and all values of their first question."""
    kinds = []
    for name in catalog.names():
        kind = catalog.bundled(name)
        first = next(iter(kind.questions.values()))
        kinds += [(kind, {first.name: choice}) for choice in first.choices or (first.default,)]
    made = []
    for number, (kind, given) in zip(range(count), itertools.cycle(kinds), strict=False):
        answers = complete(kind, chosen({**given, "project_name": f"Project {number}"}))
        planned = project.plan(kind, answers, folder, want_git=False)
        project.write(planned.tree, planned.target)
        made.append(planned.target)
    return made


def per_repository(work: Callable[[Path], object], folders: list[Path]) -> float:
    """CPU milliseconds of `work` for each folder, the first of which warms caches up."""
    work(folders[0])
    before = time.process_time()
    for folder in folders[1:]:
        work(folder)
    return 1000 * (time.process_time() - before) / (len(folders) - 1)


def reviewed(folder: Path) -> object:
    """repo-review in this process, without the checks that scaffolder itself adds to it."""
    from repo_review.processor import process

    return process(folder, ignore={f"scaffolder-{item.id}" for item in ITEMS})


def of_children(command: list[str], folder: Path) -> float:
    """CPU milliseconds of one process with all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def commands(folder: Path, rounds: int) -> dict[str, float]:
    """Median CPU milliseconds of each command on the repository in `folder`."""
    every = {
        "scaffolder check": [sys.executable, "-m", "scaffolder", "check", "."],
        "scaffolder --help": [sys.executable, "-m", "scaffolder", "--help"],
    }
    if (BIN / "repo-review").exists():
        every["repo-review"] = [str(BIN / "repo-review"), "."]
    if shutil.which("markdownlint-cli2"):
        every["markdownlint-cli2"] = ["markdownlint-cli2", "**/*.md"]
    taken: dict[str, list[float]] = {name: [] for name in every}
    for number in range(rounds + 1):
        for name, command in every.items():
            value = of_children(command, folder)
            if number:  # the first round warms caches up
                taken[name].append(value)
    return {name: statistics.median(values) for name, values in taken.items()}


def linted(folders: list[Path], root: Path) -> float | None:
    """CPU milliseconds of markdownlint-cli2 for each folder, all of them in one process."""
    if not shutil.which("markdownlint-cli2"):
        return None
    return of_children(["markdownlint-cli2", *(f"{folder.name}/**/*.md" for folder in folders)], root) / len(folders)


def show(title: str, measured: dict[str, float], ours: str, bar: str) -> None:
    print(f"{title:<40}{'ms':>9}{'ratio':>8}   {bar}")
    for name, value in measured.items():
        print(f"  {name:<38}{value:>9.1f}{value / measured[ours]:>8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Print what a check costs, beside repo-review and markdownlint-cli2.")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--repositories", type=int, default=500, help="repositories to generate (500)")
    parser.add_argument("--rounds", type=int, default=11, help="rounds of the command-line measurements (11)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        folders = generated(root, options.repositories)
        measured = {"scaffolder check": per_repository(check, folders)}
        if importlib.util.find_spec("repo_review"):
            measured["repo-review"] = per_repository(reviewed, folders)
        if (lint := linted(folders, root)) is not None:
            measured["markdownlint-cli2 (Markdown only)"] = lint
        for folder in options.folders:
            measured[f"scaffolder check {folder.name}"] = per_repository(check, [folder] * 51)
        title = f"{len(folders)} generated repositories, each"
        show(title, measured, "scaffolder check", f"bar: {BAR_IN_PROCESS:.0f} ms on the reference machine")
        show("One repository, whole process", commands(folders[0], options.rounds), "scaffolder check",
             f"bar: {BAR_COMMAND} of repo-review")  # fmt: skip


if __name__ == "__main__":
    main()
