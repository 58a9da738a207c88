"""Seconds that the owner of a new project waits after its installation, and milliseconds that its service takes.

    python benchmarks/projects.py [TEMPLATE ...]

Each project has the default answers. `make demo` and `make test` run once; how long an answer takes, the demo
has measured. The bars hold on two idle cores; the exit code is 1 if one is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scaffolder.template import catalog

TEST = 45.0
DEMO = {"classical-ml": 60.0, "domain-capstone": 60.0, "llm-eval": 60.0, "mlops-deploy": 150.0, "rag-assistant": 90.0}
FIRST_ANSWER = 20.0  # of rag-assistant, in a project that has no index yet
ANSWER = {"classical-ml": 10.0, "domain-capstone": 20.0, "rag-assistant": 60.0}  # milliseconds, half of the answers
TIMES = 3.0  # as long as an endpoint that computes nothing, mlops-deploy's /predict

Row = tuple[str, float, float, str]  # what, how much, the bar, the unit


def measured(template: str, folder: Path) -> Iterator[Row]:
    run(sys.executable, "-m", "scaffolder", "new", template, "-o", folder, "--yes", cwd=folder)
    (project,) = folder.iterdir()
    run("make", "setup", cwd=project)
    if template == "rag-assistant":
        yield "make ask", run("make", "ask", cwd=project), FIRST_ANSWER, "s"
    yield "make demo", run("make", "demo", cwd=project), DEMO[template], "s"
    yield "make test", run("make", "test", cwd=project), TEST, "s"
    if template in ANSWER:
        yield "an answer", json.loads((project / "reports/latency.json").read_text())["p50"], ANSWER[template], "ms"
    if template == "mlops-deploy":
        answer, constant = json.loads((project / "reports/load.json").read_text())["results"][:2]  # to one user
        yield "/predict", answer["p50"] / constant["p50"], TIMES, "x"
        run("make", "down", cwd=project)


def run(*command: str | Path, cwd: Path) -> float:
    """Run a command; the seconds that it took."""
    started = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("templates", nargs="*", default=catalog.names(), metavar="TEMPLATE")
    missed = 0
    for template in parser.parse_args().templates:
        with tempfile.TemporaryDirectory() as folder:
            for what, found, bar, unit in measured(template, Path(folder)):
                missed += found > bar
                kept = "" if found <= bar else "  MISSED"
                print(f"{template:<16} {what:<10} {found:6.1f} {unit}, at most {bar:.0f}{kept}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
