"""The command line: `python -m bench STEP`, run from the repository's root."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from . import benchmark, experiment, leaderboards, regressions, report, results, runs
from .evaluation.comparison import sentence
from .exits import exit_code, gate_code
from .matrix import load_matrix
from .models.responses import Unavailable
from .reporting import experiments
from .reporting.markdown import estimate
from .reporting.metrics import failures
from .runner import run_split
from .serving import app
from .settings import Settings, load_settings

Arguments = argparse.Namespace


def run_evaluate(arguments: Arguments) -> int:
    """Run all systems on the test cases; write reports/ and the documents; exit 1 if a gate fails."""
    settings = load_settings()
    found = results.publish(*run_split(settings, load_matrix(), "test", resume=arguments.resume), settings)
    runs.UNFINISHED.unlink(missing_ok=True)
    print(*(sentence(one, found.board.label) for one in found.board.shown()), sep="\n")
    for name, reason in found.skipped.items():
        print(f"Left out: {name}, because {reason}.")
    rewrite(settings)
    return gate_code(failures(found.gates))


def run_dev(_: Arguments) -> int:
    """Run all systems on the dev cases, which choices may rest on; print the leaderboards."""
    settings = load_settings()
    run, plan, _accesses = run_split(settings, load_matrix(), "dev")
    runs.write(run, runs.DEV)
    for board in leaderboards.boards(run, settings, plan.cases):
        print(f"\n{board.experiment.question}\n\n{report.leaderboard(board)}")
    return 0


def run_report(_: Arguments) -> int:
    """Make reports/ and the measured blocks of the documents again, from the last run."""
    settings = load_settings()
    results.again(settings)
    rewrite(settings)
    return 0


def rewrite(settings: Settings) -> None:
    """Write what was measured into the documents."""
    names = ", ".join(map(str, report.write(settings)))
    print(f"Rewrote the measured blocks of {names}." if names else "Nothing to rewrite.")


def run_experiment(arguments: Arguments) -> int:
    """Measure an experiment of experiments/ on the dev cases; write its decision record."""
    page = experiment.measure(arguments.name, load_settings())
    found = experiments.measured()[arguments.name]
    print(f"{next(iter(found['measures']))}: a gain of {estimate(found['gain'], found['ci95'])}; above 0 is better.")
    print(f"The facts are in {page}: say there what you expected and what you decided.")
    return 0


def run_compare(arguments: Arguments) -> int:
    """Say how two systems of the last run differ."""
    run = runs.read(arguments.run)
    print(*regressions.compare_two(run, arguments.first, arguments.second, load_settings()), sep="\n")
    return 0


def run_gate(_: Arguments) -> int:
    """Compare the last run with the accepted one; exit 1 if a system became significantly worse or is missing."""
    new, old = runs.read(runs.LATEST), runs.read(runs.BASELINE)
    found, gone = regressions.regressions(new, old, load_settings()), regressions.unmeasured(new, old)
    worse = [one for one in found if one.verdict == "worse"]
    holm = f" after Holm over {len(found)} comparisons" if len(found) > 1 else ""
    said = [f"{one.system} became worse by {-one.difference:.4f} (p = {one.p_holm:.2g}{holm})." for one in worse]
    print(*said, *gone, sep="\n", end="\n" if said or gone else "", file=sys.stderr)
    print(f"Compared with {runs.BASELINE}: {len(found)}; significantly worse: {len(worse)}; not measured: {len(gone)}.")
    return 1 if worse or gone else 0


def run_baseline(_: Arguments) -> int:
    """Accept the last run as the one that later runs are compared with."""
    runs.write(runs.read(runs.LATEST), runs.BASELINE)
    print(f"{runs.BASELINE} is now the run that `make gate` compares with; commit it.")
    return 0


def run_freeze(_: Arguments) -> int:
    """Freeze the benchmark as it is now: write its hashes."""
    print(f"The benchmark is frozen: {benchmark.freeze()}")
    return 0


def run_serve(_: Arguments) -> int:
    """Serve the report."""
    app.serve()
    return 0


STEPS: dict[str, Callable[[Arguments], int]] = {
    "evaluate": run_evaluate,
    "dev": run_dev,
    "experiment": run_experiment,
    "report": run_report,
    "compare": run_compare,
    "gate": run_gate,
    "baseline": run_baseline,
    "freeze": run_freeze,
    "serve": run_serve,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one step. Returns 0, 1 (a gate failed), 2 (the input cannot be used) or 3 (a model does not answer)."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    commands = {
        name: steps.add_parser(name, help=step.__doc__, description=step.__doc__) for name, step in STEPS.items()
    }
    commands["evaluate"].add_argument("--resume", action="store_true", help="go on with a run that was interrupted")
    commands["experiment"].add_argument("name", nargs="?", default="", help="of a file in experiments/, without .toml")
    commands["compare"].add_argument("first", help="a system, such as bm25/headings")
    commands["compare"].add_argument("second", help="the system to compare with it")
    commands["compare"].add_argument("--run", type=Path, default=runs.LATEST, help="the file of the run")
    chosen = parser.parse_args(arguments)
    return exit_code(lambda: _run(chosen))


def _run(chosen: Arguments) -> int:
    try:
        return STEPS[chosen.step](chosen)
    except Unavailable as error:
        advice = " Go on with `make evaluate RESUME=1`." if chosen.step == "evaluate" else ""
        print(f"Error: {error} What was answered is kept.{advice}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
