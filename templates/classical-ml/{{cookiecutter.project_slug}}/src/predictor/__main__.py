"""The command line: `python -m predictor STEP`, run from the repository's root."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from .exits import exit_code

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported, so that sums are equal on every machine


def run_data() -> int:
    """Read, validate and split the data; write reports/data.json."""
    from . import data
    from .settings import load_settings

    report = data.check(load_settings())
    parts = ", ".join(f"{facts.rows:,} {name}" for name, facts in report.splits.items())
    print(f"{report.file}: {report.rows:,} rows are valid; {parts}.")
    return 0


def run_train() -> int:
    """Choose a model by cross-validation and write it to artifacts/."""
    from . import training
    from .settings import load_settings

    record = training.train(load_settings())
    print(
        f"Cross-validated {record.headline}: {record.served.name} {record.served.mean:.4g} (served), "
        f"{record.other.name} {record.other.mean:.4g}. "
        f"ONNX differs from the pipeline by at most {record.parity:.1e}. {record.run.seconds:.1f} s."
    )
    return 0


def run_evaluate() -> int:
    """Measure the served model on the test rows; write reports/; exit 1 if a gate fails."""
    from . import evaluation
    from .reporting.metrics import failures
    from .settings import load_settings

    report = evaluation.evaluate(load_settings())
    print(evaluation.summary(report))
    failed = failures(report.gates)
    for sentence in failed:
        print(f"Gate failed: {sentence}", file=sys.stderr)
    return 1 if failed else 0


def run_report() -> int:
    """Rewrite the measured blocks of README.md and MODEL_CARD.md from reports/."""
    from . import report
    from .settings import load_settings

    changed = report.write(load_settings())
    names = " and ".join(map(str, changed))
    print(f"Rewrote the measured blocks of {names}." if changed else "Nothing to rewrite.")
    return 0


def run_predict() -> int:
    """Predict the model's own example row, as POST /predict would."""
    from prometheus_client import CollectorRegistry

    from .manifest import ARTIFACTS
    from .serving.model import load_model
    from .serving.schemas import example
    from .serving.service import Service

    service = Service(load_model(ARTIFACTS), CollectorRegistry())
    print(service.predict(example(service.manifest), top=3).model_dump_json(indent=2))
    return 0


def run_serve() -> int:
    """Serve the API and its page."""
    from .serving import app

    app.serve()
    return 0


def run_load() -> int:
    """Measure the API's latency; write reports/load.json."""
    from . import loadtest

    loadtest.run()
    return 0


STEPS: dict[str, Callable[[], int]] = {
    "data": run_data,
    "train": run_train,
    "evaluate": run_evaluate,
    "report": run_report,
    "predict": run_predict,
    "serve": run_serve,
    "load": run_load,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one step. Returns 0, 1 if a quality gate failed, 2 if the input cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m predictor", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    for name, step in STEPS.items():
        steps.add_parser(name, help=step.__doc__)
    return exit_code(STEPS[parser.parse_args(arguments).step])


if __name__ == "__main__":
    sys.exit(main())
