"""Measure model, policy and today's rule on the test cases, on which nothing is fitted. Read `evaluate`.

load -> answer, also by the rule -> scores, gain, slices and fairness with intervals -> gates -> write
"""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from . import answering, artifacts, data, fairness, figures, policy, scoring, technique
from .answering import Answered
from .manifest import ARTIFACTS, Manifest
from .reporting import experiments
from .reporting.markdown import estimate
from .reporting.metrics import METRICS, REPORTS, ReportError, write_json
from .reporting.run import describe_run
from .scoring import EvaluationReport
from .settings import Settings

WORST = 25  # cases of each kind of mistake in errors.csv
UNCHANGED: Any = {
    "slices": True,
    "words": True,
    "gates": True,
    "monitoring": True,
    "data": {"unsettled"},
}  # settings that the model does not depend on


def evaluate(settings: Settings) -> EvaluationReport:
    """Measure, and write `reports/` and the metrics in the manifest.

    Raises:
        DataError: the data cannot be used.
        ModelError, ReportError: there is no model, or it was trained on other data or with other settings.
    """
    started, (model, manifest) = datetime.now(UTC), artifacts.load(ARTIFACTS)
    if manifest.settings.model_dump(exclude=UNCHANGED) != settings.model_dump(exclude=UNCHANGED):
        raise ReportError("settings.toml has changed since the model was trained; run `make train evaluate`")
    dataset = data.load(settings)
    answered = answering.answer(model, dataset.train, dataset.test, manifest.inputs, settings).up_to(manifest.limit)
    metrics = scoring.measure(answered, settings)
    mistakes = technique.mistakes(answered.cases.outcomes, answered.ours)
    report = EvaluationReport(
        task=technique.task(settings),
        metrics=metrics,
        baseline=scoring.measure_rule(answered, settings),
        slices=list(scoring.measure_slices(answered, settings)),
        gates=list(scoring.check_gates(metrics, settings)),
        headline=settings.training.headline,
        rule=manifest.rule,
        rule_risk=float(answered.rule_losses.mean()),
        difference=scoring.measure_gain(answered, manifest.rule, settings),
        doubt=scoring.measure_doubt(answered, settings),
        break_even=scoring.break_even(answered, settings),
        loss=technique.loss(settings).label,
        limit=manifest.limit,
        reviewed=manifest.reviewed_cases,
        curve=policy.curve(answered.ours["uncertainty"].to_numpy(), answered.losses),
        fairness=fairness.measure(
            answered.cases.frame, answered.cases.outcomes, answered.ours["answer"], answered.accepted, settings
        ),
        mistakes=mistakes[mistakes != ""].value_counts().to_dict(),
        looks=experiments.looked(manifest.version, manifest.data_sha256),
        run=describe_run(  # last, since it says how long all this took
            "python -m capstone evaluate",
            started,
            seed=settings.training.seed,
            data_sha256=manifest.data_sha256,
            rows=dataset.facts["rows"],
        ),
    )
    write(report, answered, mistakes, manifest)
    figures.draw(report, answered, settings)
    return report


def write(report: EvaluationReport, answered: Answered, mistakes: pd.Series, manifest: Manifest) -> None:
    """Write metrics.json, predictions.csv, errors.csv, and the scores into the manifest."""
    write_json(METRICS, report.model_dump(mode="json"))
    table = technique.predictions(answered.cases, answered.ours, manifest.settings).assign(
        uncertainty=answered.ours["uncertainty"], accepted=answered.accepted.astype(int), loss=answered.losses
    )
    table.to_csv(REPORTS / "predictions.csv", float_format="%.6g", index_label="case")
    inputs = answered.cases.frame[list(manifest.settings.columns)]
    worst(table.assign(mistake=mistakes), inputs, list(report.mistakes)).to_csv(
        REPORTS / "errors.csv", float_format="%.6g", index_label="case"
    )
    artifacts.write_manifest(manifest.model_copy(update={"metrics": report.metrics, "baseline": report.baseline}))


def worst(table: pd.DataFrame, inputs: pd.DataFrame, kinds: list[str]) -> pd.DataFrame:
    """The worst cases of each kind of mistake: large losses, of these the accepted ones, of these the surest."""
    inputs = inputs.rename(columns=lambda name: f"{name} (input)" if name in {"case", *table} else name)
    order = np.lexsort((table["uncertainty"], -table["accepted"], -table["loss"]))
    errors = pd.concat([table, inputs], axis=1).iloc[order]
    return (
        errors[errors["mistake"] != ""]
        .groupby("mistake")
        .head(WORST)
        .sort_values("mistake", key=lambda kind: kind.map(kinds.index), kind="stable")
    )


def summary(report: EvaluationReport) -> str:
    """The scores of the model, for a terminal."""
    lines = [
        *((one.label, estimate(one.value, one.ci95)) for one in report.metrics),
        (f"Gain over {report.baseline[0].model}", estimate(report.difference.value, report.difference.ci95)),
    ]
    return "Scores on the test cases, with 95% intervals:" + "".join(
        f"\n  {label:<40} {value}" for label, value in lines
    )
