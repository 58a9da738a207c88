"""The command line: `python -m predictor STEP`, run from the repository's root. A step imports only what it uses."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from .exits import exit_code, gate_code
from .reporting.markdown import estimate
from .settings import load_settings

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, help=__doc__)


def run_data() -> None:
    """Read, validate and split the data; write reports/data.json."""
    from . import data

    facts = data.load(load_settings()).facts
    parts = ", ".join(f"{part['rows']:,} {name}" for name, part in facts["splits"].items())
    print(f"{facts['file']}: {facts['rows']:,} rows are valid; {parts}.")


def run_train() -> None:
    """Choose a model by cross-validation and write it to artifacts/."""
    from . import training

    record = training.train(load_settings())
    served, other = record["served"], record["other"]
    print(
        f"Cross-validated {record['headline']}: {served['name']} {served['mean']:.4g} (served), "
        f"{other['name']} {other['mean']:.4g}. {record['run']['seconds']:.1f} s."
    )


def run_evaluate() -> int:
    """Measure the served model on the test rows, and how long it takes; write and report it; exit 1 if a gate fails."""
    from . import evaluation, model
    from .reporting.metrics import failures
    from .serving import app, latency, schemas

    report = evaluation.evaluate(load_settings())
    latency.measure(app.create_app(), "/predict", [schemas.example(model.read_manifest())])
    print("Scores on the test rows, with 95% intervals:")
    for metric in report.metrics:
        print(f"  {metric.label:<18} {estimate(metric.value, metric.ci95)}")
    gain = report.difference[0]
    print(f"Gain over the simple rule in expected cost: {estimate(gain.value, gain.ci95)}. The rule: {report.rule}.")
    run_report()
    return gate_code(failures(report.gates))


def run_experiment(
    name: Annotated[str, typer.Argument(help="of a file in experiments/, without .toml, or for a change of code")] = "",
    base: Annotated[str, typer.Option(help="the commit with whose code this code is compared")] = "",
) -> None:
    """Measure a change beside what is served, or beside the code of a commit; write its decision record."""
    from . import experiment
    from .reporting import experiments

    page = experiment.measure(name, base, load_settings())
    record = experiments.measured()[name]
    print(
        f"{next(iter(record['measures']))}: a gain of {estimate(record['gain'], record['ci95'])}; above 0 is better.",
        f"The facts are in {page}: say there what you expected and what you decided.",
        sep="\n",
    )


def run_report() -> None:
    """Rewrite the measured blocks of the documents from reports/."""
    from . import report

    names = ", ".join(map(str, report.write(load_settings())))
    print(f"Rewrote the measured blocks of {names}." if names else "Nothing to rewrite.")


def run_serve() -> None:
    """Serve the API and its page."""
    from .serving import app, config, web

    settings = config.read_config(app.Config)
    web.run(app.create_app(settings), settings)


def run_site() -> None:
    """Write site/index.html, the page with the model inside; tasks.py puts beside it what it needs."""
    from .model import ARTIFACTS, load_model
    from .reporting.metrics import write_text
    from .serving.page import render_page

    write_text(Path("site/index.html"), render_page(load_model(ARTIFACTS).manifest, site=True))
    print("Wrote site/index.html.")


def run_demo() -> int:
    """Run data, train and evaluate in one process; exit 1 if a gate fails."""
    print("Step 1 of 3: check the data. Left: train a model, measure it on the test rows.", flush=True)
    run_data()
    print("Step 2 of 3: compare two kinds of models in each fold; on a large table, that takes minutes.", end=" ")
    print("Left: measure it on the test rows.", flush=True)
    run_train()
    print("Step 3 of 3: measure it on the test rows and write the reports.", flush=True)
    return run_evaluate()


STEPS: dict[str, Callable[..., int | None]] = {
    "data": run_data,
    "train": run_train,
    "evaluate": run_evaluate,
    "experiment": run_experiment,
    "report": run_report,
    "serve": run_serve,
    "site": run_site,
    "demo": run_demo,
}
for command, function in STEPS.items():
    app.command(command)(function)


def main(arguments: list[str] | None = None) -> int:
    """Run one step. Returns 0, 1 if the answer is no (a gate failed), 2 if the input cannot be used."""
    return exit_code(lambda: app(arguments, prog_name="python -m predictor", standalone_mode=False))


if __name__ == "__main__":
    sys.exit(main())
