"""Measure the served model on the test rows, which no fit and no choice has used. Read `evaluate` from top to bottom.

    load -> predict -> scores, gains and slices with intervals -> gates -> write

The predictions come from `artifacts/model.onnx` through the code of the service, so the measured model is the served
one. The same seed gives the same intervals.
"""

from datetime import UTC, datetime

import pandas as pd

from . import data, features, figures, rule, scoring, training
from .bootstrap import Array
from .data import Dataset
from .decision import Mask, Task
from .inputs import MISSING, OTHER, Input, columns
from .model import ARTIFACTS, load_model, write_manifest
from .reporting import experiments
from .reporting.metrics import METRICS, REPORTS, ReportError, write_json
from .reporting.run import describe_run
from .results import EvaluationReport, read_record, without
from .rule import Rule
from .scoring import Predictions
from .settings import Settings

WORST = 25  # rows of each kind of mistake in errors.csv


def evaluate(settings: Settings) -> EvaluationReport:
    """Measure the model, and write `reports/` and the metrics in the manifest.

    Raises:
        DataError: the data cannot be used.
        ModelError, ReportError: there is no model, or it was trained on other data or with other settings.
    """
    started, task = datetime.now(UTC), Task(settings)
    model, record = load_model(ARTIFACTS), read_record(settings)
    dataset = data.load(settings)
    if dataset.facts["sha256"] != model.manifest.data_sha256:
        raise ReportError(f"the model was trained on a different {settings.data.file}; run `make train` first")
    rows, y = dataset.test, task.y(dataset.test)

    inputs = model.manifest.inputs
    served = Predictions(model.manifest.algorithm, model.scores(columns(rows, inputs)), model.manifest.outcome)
    baselines, simple = predict_without_model(dataset, inputs, task)
    baselines += predict_without_suspects(dataset, task)
    metrics = scoring.measure(served, rows, y, task)
    mistakes = task.mistakes(y, served.predicted, served.outcome)
    gains = [gain for other in baselines for gain in scoring.measure_gains(served, other, rows, y, task)]
    decisions = task.decisions(y, served.predicted, served.outcome)
    report = EvaluationReport(
        task=task.name,
        run=describe_run(
            "python -m predictor evaluate",
            started,
            seed=settings.training.seed,
            data_sha256=dataset.facts["sha256"],
            rows=dataset.facts["rows"],
            earlier=record["run"]["seconds"],
        ),
        metrics=metrics,
        baseline=[score for other in baselines for score in scoring.measure_baseline(other, y, task)],
        # <several>
        # Macro-F1 is low in a slice that lacks a class, however right the rest is.
        slices=[score for score in scoring.measure_slices(served, rows, y, task) if score.metric != "macro_f1"],
        # </several>
        # <number>
        slices=[*scoring.measure_slices(served, rows, y, task)],
        # </number>
        # <two>
        slices=[*scoring.measure_slices(served, rows, y, task)],
        acted=[*scoring.measure_acts(rows, decisions["acts"], y, settings)],
        # </two>
        small=scoring.too_small(rows, settings),
        gates=scoring.check_gates(metrics, task.all_scores(served.outcome), gains[0], task),
        model=served.name,
        rule=simple.say(baselines[0].outcome, task),
        cases=simple.cases(),
        difference=gains,
        errors=task.summarise(y, served.predicted, served.outcome),
        mistakes={kind: int(mask.sum()) for kind, mask in mistakes.items()},
        looks=experiments.looked(model.manifest.version, dataset.facts["sha256"]),
    )
    write_json(METRICS, report.model_dump(mode="json"))
    write_manifest(
        model.manifest.model_copy(
            update={"metrics": metrics, "baseline": report.baseline, "suspected": settings.data.suspected}
        )
    )
    predictions = pd.DataFrame(decisions, rows.index)
    distance = pd.Series(task.distance(y, served.predicted), rows.index)
    errors = worst(predictions, distance, mistakes, rows[list(settings.columns)])
    for name, table in (("predictions", predictions), ("errors", errors)):
        table.to_csv(REPORTS / f"{name}.csv", float_format="%.6g", index_label="row")
    figures.draw(served, rows, y, settings)
    return report


def predict_without_model(dataset: Dataset, inputs: list[Input], task: Task) -> tuple[list[Predictions], Rule]:
    """What the simple rule and the other baselines say of the test rows; then the rule itself.

    They are fitted on the training rows, and their decision rules come from the validation rows, as the model's do.
    """
    every = features.table(pd.concat([dataset.train, dataset.validation, dataset.test]), inputs)
    # The rule's words also have to fit rows with a gap or a category that no training row has.
    unlike = {key: bool((every[key].isna() | every[key].isin([MISSING, OTHER])).any()) for key in every}
    asked = [item.model_copy(update={"nullable": unlike[item.key]}) for item in inputs]
    y_train, y_validation = (task.y(part) for part in (dataset.train, dataset.validation))
    simple = rule.fit(rule.as_written(dataset.train, asked), y_train, asked, task)

    def predict(part: pd.DataFrame) -> dict[str, Array]:
        return {rule.NAME: simple.predict(rule.as_written(part, asked)), **task.baselines(y_train, part)}

    before, now = predict(dataset.validation), predict(dataset.test)
    decided = {name: task.decide_baseline(y_validation, before[name]) for name in now}
    return [Predictions(name, now[name], decided[name]) for name in now], simple


def predict_without_suspects(dataset: Dataset, task: Task) -> list[Predictions]:
    """What the model would say if it had been trained without the inputs that may be leaks; none if there are none."""
    columns = task.settings.columns
    kept = {name: column for name, column in columns.items() if name not in task.settings.data.suspected}
    if not kept or len(kept) == len(columns):
        return []
    clean = Task(task.settings.model_copy(update={"columns": kept}))
    _, inputs, pipeline = training.fit(dataset.train, clean)
    raw, now = (task.raw(pipeline, features.table(part, inputs)) for part in (dataset.validation, dataset.test))
    outcome = task.decide(task.y(dataset.validation), raw)
    return [Predictions(without(task.settings), outcome.finish(now), outcome)]


def worst(
    predictions: pd.DataFrame, distance: pd.Series, mistakes: dict[str, Mask], inputs: pd.DataFrame
) -> pd.DataFrame:
    """The worst rows of each kind of mistake, with their inputs."""
    order = {kind: distance[mask].sort_values(ascending=False, kind="stable") for kind, mask in mistakes.items()}
    kinds = pd.Series({row: kind for kind, rows in order.items() for row in rows.index[:WORST]}, dtype=str)
    errors = predictions.loc[kinds.index].assign(mistake=kinds)
    inputs = inputs.rename(columns=lambda name: f"{name} (input)" if name in {"row", *errors} else name)
    return errors.join(inputs)
