"""Speed as ratios from one run: against cookiecutter, `import typer`, copier (where installed) and plain file copying.

CPU time (user and system) of whole processes and of single renders, as medians of interleaved rounds: compared runs
follow each other, so that a busy machine slows both sides. All find their modules compiled, as after an installation,
and compiled templates in the cache, as in every run but the first.

    python benchmarks/speed.py [--rounds N] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

TEMPLATE = catalog.bundled("classical-ml")
BARS = {"--help": ("import typer", 1.5), "new": ("cookiecutter", 0.6), "render": ("cookiecutter", 0.18)}
BIN = Path(sys.executable).parent


def cpu_of_children(command: list[str], folder: Path) -> float:
    """CPU milliseconds of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def cpu_here(work: Callable[[], object]) -> float:
    """CPU milliseconds of `work` in this process."""
    before = time.process_time()
    work()
    return 1000 * (time.process_time() - before)


def medians(rounds: int, measured: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The median of each measurement, taken in turn; a first round, not counted, fills the caches."""
    taken: dict[str, list[float]] = {name: [] for name in measured}
    for number in range(rounds + 1):
        for name, measure in measured.items():
            value = measure()
            if number:
                taken[name].append(value)
    return {name: statistics.median(values) for name, values in taken.items()}


def help_texts(rounds: int, folder: Path) -> dict[str, float]:
    """`--help` of each tool, the library that all commands need, and Python alone."""
    commands = {name: [str(BIN / name), "--help"] for name in ("scaffolder", "cookiecutter", "copier")}
    present = {name: command for name, command in commands.items() if Path(command[0]).exists()}
    present["import typer"] = [sys.executable, "-c", "import typer"]
    present["bare python"] = [sys.executable, "-c", ""]
    return medians(rounds, {name: lambda c=command: cpu_of_children(c, folder) for name, command in present.items()})


def whole_runs(rounds: int, folder: Path) -> dict[str, float]:
    """One project from the command line, into a new folder each time."""
    ours = [str(BIN / "scaffolder"), "new", TEMPLATE.name, "--yes", "--no-git", "--output"]
    stock = [str(BIN / "cookiecutter"), str(TEMPLATE.folder), "--no-input", "--default-config", "--output-dir"]
    commands = {"scaffolder": ours, "cookiecutter": stock}
    return medians(
        rounds, {name: lambda c=c: cpu_of_children([*c, fresh(folder)], folder) for name, c in commands.items()}
    )


def renders(rounds: int, folder: Path) -> dict[str, float]:
    """One render in a process that has rendered before: ours into memory, cookiecutter's and a plain copy to disk."""
    from cookiecutter.generate import generate_files

    answers = complete(TEMPLATE, chosen({}))
    context: dict[str, Any] = {"cookiecutter": dict(answers.context)}
    made = Path(generate_files(TEMPLATE.folder, context, fresh(folder), accept_hooks=False))
    return medians(
        rounds,
        {
            "scaffolder": lambda: cpu_here(lambda: render(TEMPLATE, complete(TEMPLATE, chosen({})))),
            "cookiecutter": lambda: cpu_here(
                lambda: generate_files(TEMPLATE.folder, context, fresh(folder), accept_hooks=False)
            ),
            "plain copy": lambda: cpu_here(lambda: shutil.copytree(made, Path(fresh(folder)) / "copy")),
        },
    )


def fresh(folder: Path) -> str:
    """A new empty folder."""
    return tempfile.mkdtemp(dir=folder)


def main() -> int:
    parser = argparse.ArgumentParser(description="Print the tool's speed as ratios; exit 1 if a bar is missed.")
    parser.add_argument("--rounds", type=int, default=11, help="rounds of the command-line measurements (11)")
    parser.add_argument("--renders", type=int, default=200, help="renders in one process (200)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        settle(temporary)
        results = {
            "--help": help_texts(options.rounds, folder),
            "new": whole_runs(options.rounds, folder),
            "render": renders(options.renders, folder),
        }
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        show(results)
    return int(any(ratio(results[name], peer) > bar for name, (peer, bar) in BARS.items()))


def settle(folder: str) -> None:
    """A home of their own for all that is run, with compiled modules, whatever the user's settings are."""
    os.environ.update(HOME=folder, GIT_CONFIG_GLOBAL=os.devnull, PYTHONPYCACHEPREFIX=f"{folder}/bytecode")
    for name in ("PYTHONDONTWRITEBYTECODE", "XDG_CACHE_HOME"):
        os.environ.pop(name, None)


def ratio(result: Mapping[str, float], peer: str) -> float:
    return result["scaffolder"] / result[peer]


def show(results: Mapping[str, Mapping[str, float]]) -> None:
    for name, (peer, bar) in BARS.items():
        result = results[name]
        missed = ": MISSED" if ratio(result, peer) > bar else ""
        print(f"{name}: scaffolder is {ratio(result, peer):.2f} x {peer}; the bar is {bar:.2f}{missed}")
        for tool, value in result.items():
            print(f"  {tool:<14}{value:>8.1f} ms CPU{value / result['cookiecutter']:>8.2f} x cookiecutter")


if __name__ == "__main__":
    raise SystemExit(main())
