"""The cost of a check, as ratios from one run: against repo-review with sp-repo-review, and markdownlint-cli2.

repo-review runs in an environment of its own, as its users have it. It does other and less work: sp-repo-review reads
settings, and no code or prose. So the bars only say how far we may slip.

In one process, it is CPU time per repository over many generated repositories, each with a name of its own; on the
command line, CPU time (user and system) of whole processes, as medians of interleaved rounds. What is compared ran a
moment before or after, so that a busy machine slows all sides.

    python benchmarks/check.py [--repositories N] [--rounds N] [FOLDER ...]

Each FOLDER is measured too: give one where `make demo` has run. markdownlint-cli2 is left out where it is not
installed (`npm install -g markdownlint-cli2`).
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from scaffolder.project import plan as project
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete

PEER = "repo-review"
BARS = {"in process": {PEER: 2.6}, "command": {PEER: 1.3}}
PACKAGES = ("repo-review[cli]", "sp-repo-review")
# Prints CPU milliseconds for each folder; the first one is not counted. All have the garbage collector as we set it.
MEASURE = """
import gc, sys, time
from pathlib import Path
from {module} import {function}
gc.set_threshold(500_000)
folders = [Path(line) for line in sys.stdin.read().splitlines()]
{function}(folders[0])
before = time.process_time()
for folder in folders[1:]:
    {function}(folder)
print(1000 * (time.process_time() - before) / (len(folders) - 1))
"""
OUR_CHECK = MEASURE.format(module="scaffolder.check.examine", function="check")
THEIR_CHECK = MEASURE.format(module="repo_review.processor", function="process")


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


def environment(folder: Path) -> Path:
    """The programs of a fresh environment with repo-review and sp-repo-review."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin/python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, *PACKAGES], check=True)
    return folder / "bin"


def in_process(peers: Path, folders: Sequence[Path]) -> dict[str, float]:
    """CPU milliseconds of a check in a process that checks all folders."""

    def measured(*command: str | Path) -> float:
        text = "".join(f"{folder}\n" for folder in folders)
        return float(subprocess.run(command, input=text, text=True, check=True, stdout=subprocess.PIPE).stdout)

    return {
        "scaffolder": measured(sys.executable, "-c", OUR_CHECK),
        PEER: measured(peers / "python", "-c", THEIR_CHECK),
    }


def of_children(command: Sequence[str | Path], folder: Path) -> float:
    """CPU milliseconds of one process with all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def commands(peers: Path, folder: Path, rounds: int) -> dict[str, float]:
    """Median CPU milliseconds of each command on the repository in `folder`."""
    every: dict[str, Sequence[str | Path]] = {
        "scaffolder": [sys.executable, "-m", "scaffolder", "check", "."],
        PEER: [peers / "repo-review", "."],
        "scaffolder --help": [sys.executable, "-m", "scaffolder", "--help"],
    }
    if shutil.which("markdownlint-cli2"):
        every["markdownlint-cli2"] = ["markdownlint-cli2", "**/*.md"]
    taken: dict[str, list[float]] = {name: [] for name in every}
    for number in range(rounds + 1):
        for name, command in every.items():
            value = of_children(command, folder)
            if number:  # the first round warms caches up
                taken[name].append(value)
    return {name: statistics.median(values) for name, values in taken.items()}


def missed(title: str, measured: Mapping[str, float], bars: Mapping[str, float]) -> int:
    """Print the milliseconds and the ratios; how many bars are missed."""
    print(f"{title:<44}{'ms CPU':>8}{'ours is':>9}{'bar':>7}")
    wrong = 0
    for name, value in measured.items():
        ratio = measured["scaffolder"] / value
        over = name in bars and ratio > bars[name]
        wrong += over
        bar = f"{bars[name]:>7.2f}{' MISSED' * over}" if name in bars else ""
        print(f"  {name:<42}{value:>8.1f}{ratio:>7.2f} x{bar}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description="Print what a check costs; exit 1 if a bar is missed.")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--repositories", type=int, default=500, help="repositories to generate (500)")
    parser.add_argument("--rounds", type=int, default=11, help="rounds of the command-line measurements (11)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        os.environ["PYTHONPYCACHEPREFIX"] = str(root / "bytecode")  # compiled modules for all sides
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        peers = environment(root / "peers")
        folders = generated(root / "repositories", options.repositories)
        wrong = missed(f"{len(folders)} generated repositories, each", in_process(peers, folders), BARS["in process"])
        for folder in [folders[0], *options.folders]:
            measured = commands(peers, folder.resolve(), options.rounds)
            wrong += missed(f"{folder.name}, whole process", measured, BARS["command"])
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
