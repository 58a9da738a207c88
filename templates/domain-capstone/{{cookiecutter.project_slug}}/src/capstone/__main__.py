"""The command line: `python -m capstone STEP`, run from the repository's root."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .exits import exit_code, gate_code
from .settings import load_settings

if TYPE_CHECKING:
    from .audit import AuditLog
    from .serving.app import Config

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported, so that sums are equal on every machine


def run_data() -> None:
    """Read, check and split the cases; write reports/data.json."""
    from . import data

    facts = data.check(load_settings())
    parts = ", ".join(f"{part['rows']:,} {name}" for name, part in facts["splits"].items())
    print(f"{facts['file']}: {facts['rows']:,} cases are valid; {parts}.")


def run_train() -> None:
    """Train the model, choose the limit of the policy, and write both to artifacts/."""
    from . import training

    manifest = training.train(load_settings())
    added = f", {manifest.reviewed_cases:,} of them decided by people" if manifest.reviewed_cases else ""
    left = (
        f" Left out: {manifest.left_out:,} decided with inputs of validation or test cases."
        if manifest.left_out
        else ""
    )
    print(
        f"Trained on {manifest.trained_cases:,} cases{added}.{left} "
        + (
            "No limit is shown to keep the risk that settings.toml allows: a person decides each case."
            if manifest.limit is None
            else f"Answers with an uncertainty up to {manifest.limit:.3g} are accepted."
        )
    )


def run_evaluate() -> int:
    """Measure model, policy and today's rule on the test cases; write and report it; exit 1 if a gate fails."""
    from . import evaluation
    from .deciding import Decider
    from .manifest import ARTIFACTS
    from .reporting.metrics import failures
    from .serving import app, latency

    report, decider = evaluation.evaluate(load_settings()), Decider.load(ARTIFACTS)
    with TemporaryDirectory() as folder:  # the cases that are timed come into no log that is kept
        service = app.create_app(app.Config(database=Path(folder, "audit.db")), decider)
        latency.measure(service, "/cases", decider.manifest.examples)
    print(evaluation.summary(report))
    run_report()
    return gate_code(failures(report.gates))


def run_experiment(name: str, base: str) -> None:
    """Measure a change beside what is served, or beside the code of a commit; write its decision record."""
    from . import experiment
    from .reporting import experiments
    from .reporting.markdown import estimate

    page = experiment.measure(name, base, load_settings())
    found = experiments.measured()[name]
    print(f"{next(iter(found['measures']))}: a gain of {estimate(found['gain'], found['ci95'])}; above 0 is better.")
    print(f"The facts are in {page}: say there what you expected and what you decided.")


def run_report() -> None:
    """Rewrite the measured blocks of the documents from reports/."""
    from . import report

    names = ", ".join(map(str, report.write(load_settings())))
    print(f"Rewrote the measured blocks of {names}." if names else "Nothing to rewrite.")


def run_serve() -> None:
    """Serve the API and its pages."""
    from .serving import app

    app.serve()


def run_site() -> None:
    """Write site/, recorded cases as a page, for a host that only hands out files."""
    from .serving import site

    print(f"Wrote site/index.html with {site.write(load_settings())} recorded cases.")


def run_collect() -> None:
    """Write what people decided to data/reviewed.csv, for the next training."""
    from . import reviewed

    print(f"Cases that people decided, in {reviewed.FILE}: {reviewed.write(audit_log(), load_settings()):,}.")


def run_monitor() -> int:
    """Count what was answered, referred and overridden; write and report it; exit 1 on an alarm."""
    from . import monitoring

    code = monitoring.run(audit_log(), load_settings())
    run_report()
    return code


def run_reviewer(name: str) -> None:
    """Make a token with which a person may review, and print it."""
    from . import reviewers

    path = service_config().reviewers
    token = reviewers.add(name, path)
    print(f"{name} reviews at /review with this token, which is shown only now; {path} keeps its hash.\n{token}")


def run_audit() -> None:
    """Check that no entry of the audit log was changed or removed; exit 1 if one was."""
    print("All {:,} events fit. The newest hash, to compare with a copy: {}".format(*audit_log().newest()))


def audit_log() -> AuditLog:
    """The log that the environment names, verified."""
    from .audit import opened

    return opened(service_config().database)


def service_config() -> Config:
    """What the environment says about the service."""
    from .serving.app import Config
    from .serving.config import read_config

    return read_config(Config)


DEMO: dict[str, Callable[[], int | None]] = {
    "Step 1 of 3: check the cases. Left: train a model, measure it on the test cases.": run_data,
    "Step 2 of 3: train a model, which takes longest. Left: measure it on the test cases.": run_train,
    "Step 3 of 3: measure it on the test cases and write the reports.": run_evaluate,
}


def run_demo() -> int:
    """Run data, train and evaluate in one process, and make a reviewer; exit 1 if a gate fails."""
    for sentence, step in DEMO.items():
        print(sentence, flush=True)
        code = step()
    run_reviewer("demo")
    return code or 0


STEPS: dict[str, Callable[..., int | None]] = {
    "data": run_data,
    "train": run_train,
    "evaluate": run_evaluate,
    "experiment": run_experiment,
    "report": run_report,
    "serve": run_serve,
    "site": run_site,
    "collect": run_collect,
    "monitor": run_monitor,
    "reviewer": run_reviewer,
    "audit": run_audit,
    "demo": run_demo,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one step. Returns 0, 1 if the answer is no (a gate failed), 2 if the input cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m capstone", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    for name, step in STEPS.items():
        added = steps.add_parser(name, help=step.__doc__, description=step.__doc__)
        if step is run_experiment:
            added.add_argument("name", nargs="?", default="", help="of a file in experiments/, or for a change of code")
            added.add_argument("--base", default="", help="the commit with whose code this code is compared")
        if step is run_reviewer:
            added.add_argument("name", help="of the person, as the log shows it")
    given = vars(parser.parse_args(arguments))
    chosen = STEPS[given.pop("step")]
    return exit_code(lambda: chosen(**given) or 0)


if __name__ == "__main__":
    sys.exit(main())
