"""The command line: `python -m predictor STEP`, run from the repository's root."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from .exits import exit_code, gate_code
from .settings import FILE, NO_DATA, SettingsError, load_settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported, so that sums are equal on every machine

Arguments = argparse.Namespace


def run_data(_: Arguments) -> int:
    """Read, validate and split the data; write reports/data.json."""
    from . import data

    facts = data.check(load_settings())
    parts = ", ".join(f"{part['rows']:,} {name}" for name, part in facts["splits"].items())
    print(f"{facts['file']}: {facts['rows']:,} rows are valid; {parts}.")
    return 0


def run_train(_: Arguments) -> int:
    """Choose a model by cross-validation and write it to artifacts/."""
    from . import training

    record = training.train(load_settings())
    served, other = record["served"], record["other"]
    print(
        f"Cross-validated {record['headline']}: {served['name']} {served['mean']:.4g} (served), "
        f"{other['name']} {other['mean']:.4g}. {record['run']['seconds']:.1f} s."
    )
    return 0


def run_evaluate(_: Arguments) -> int:
    """Measure the served model on the test rows, and how long it takes; write reports/; exit 1 if a gate fails."""
    from . import evaluation, manifest
    from .reporting.metrics import failures
    from .serving import app, latency, schemas

    report = evaluation.evaluate(load_settings())
    latency.measure(app.create_app(), "/predict", [schemas.example(manifest.read_manifest())])
    print(evaluation.summary(report))
    return gate_code(failures(report.gates))


def run_report(_: Arguments) -> int:
    """Rewrite the measured blocks of the documents from reports/."""
    from . import report

    names = ", ".join(map(str, report.write(load_settings())))
    print(f"Rewrote the measured blocks of {names}." if names else "Nothing to rewrite.")
    return 0


def run_serve(_: Arguments) -> int:
    """Serve the API and its page."""
    from .serving import app

    app.serve()
    return 0


STEPS: dict[str, Callable[[Arguments], int]] = {
    "data": run_data,
    "train": run_train,
    "evaluate": run_evaluate,
    "report": run_report,
    "serve": run_serve,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one step. Returns 0, 1 if the answer is no (a gate failed), 2 if the input cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m predictor", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    for name, step in STEPS.items():
        steps.add_parser(name, help=step.__doc__, description=step.__doc__)
    chosen = parser.parse_args(arguments)
    return exit_code(lambda: _run(chosen))


def _run(chosen: Arguments) -> int:
    if Path("pyproject.toml").exists() and not FILE.exists():
        raise SettingsError(NO_DATA)
    return STEPS[chosen.step](chosen)


if __name__ == "__main__":
    sys.exit(main())
