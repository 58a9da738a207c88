"""Sentences for the measured blocks. They only say what the numbers say."""

from __future__ import annotations

from .record import Difference, Finalist, Measured, Record
from .reporting import sections
from .reporting.markdown import estimate, number, table
from .scores import BLOCK
from .settings import Settings
from .wording import explain


def headline(report: Measured, settings: Settings) -> str:
    """The headline score, compared with the strongest baseline that needs no model."""
    metric = report.metric(settings.training.headline)
    gain = weakest_gain(report, settings)
    rival = next(one for one in report.baseline if (one.model, one.name) == (gain.versus, metric.name))
    warning = "**The data are synthetic.** " if settings.problem.synthetic else ""
    cost, entity = settings.cost.currency, settings.problem.entity
    paid = {one.model: one for one in report.baseline if one.name == "expected_cost"}[gain.versus]
    own = report.metric("expected_cost")
    return (
        f"{warning}On test rows, the `{metric.name}` of {report.model} is "
        f"{estimate(metric.value, metric.ci95)}; that of the {rival.model}, which needs no model, is "
        f"{number(rival.value, metric.value)}. Under the assumed costs, the model's decisions cost "
        f"{estimate(own.value, own.ci95)} {cost} for each {entity} "
        f"instead of {number(paid.value, own.value)}."
    )


def selection(record: Record, report: Measured) -> str:
    """Who won the cross-validation, by how much, and whether the test rows agree."""
    rows = [
        [
            finalist.name,
            number(finalist.mean),
            f"{number(min(finalist.folds), finalist.mean)} to {number(max(finalist.folds), finalist.mean)}",
            str(finalist.tried),
            parameters(finalist),
        ]
        for finalist in (record.served, record.other)
    ]
    headers = ["Candidate", f"Mean `{record.headline}`", "Folds", "Settings tried", "Best setting"]
    used = f"{record.search_rows:,} of the {record.rows['train']:,} training rows, drawn at random"
    if record.search_rows == record.rows["train"]:
        used = f"all {record.search_rows:,} training rows"
    return "\n\n".join(
        [
            table(headers, rows),
            f"{verdict(record)} Cross-validation on {used}; {len(record.served.folds)} folds, "
            f"the same for both. {on_test(record, report)}",
        ]
    )


def verdict(record: Record) -> str:
    size = f"{abs(record.gain):.4f} ± {record.standard_error:.4f}"
    how = "mean and standard error of the differences between folds"
    if record.tie:
        return (
            f"**A tie**: the candidates differ by {size} in `{record.headline}` ({how}), which is within one "
            f"standard error, so the simpler one, {record.served.name}, is served."
        )
    return f"**{record.served.name} won** by {size} in `{record.headline}` ({how}) and is served."


def on_test(record: Record, report: Measured) -> str:
    """Whether the test rows agree with the choice, which was made without them."""
    found = next(one for one in report.difference if (one.versus, one.metric) == (record.other.name, record.headline))
    low, high = found.ci95
    like = report.metric(record.headline).value
    sure = "clearly" if low > 0 or high < 0 else "not clearly: the interval includes zero"
    if found.value < 0:
        found = found.model_copy(update={"value": -found.value, "ci95": (-high, -low)})
        better, worse = record.other.name, record.served.name
    else:
        better, worse = record.served.name, record.other.name
    return f"On the test rows, {better} is better than {worse} by {estimate(found.value, found.ci95, like)}, {sure}."


def training(record: Record) -> str:
    """Which rows the model was chosen, fitted and calibrated on."""
    return "\n\n".join(
        [
            f"- Model: {record.served.name} with {parameters(record.served)}.",
            f"- Chosen by cross-validation on the training rows. {verdict(record)}",
            f"- Fitted on {record.rows['train']:,} training rows. Calibration and decision rule come from "
            f"{record.rows['validation']:,} validation rows. The model was not refitted afterwards, so the scores are "
            "those of the file that is served.",
        ]
    ).replace("\n\n- ", "\n- ")


def parameters(finalist: Finalist) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in finalist.parameters.items())


def ceiling(report: Measured) -> str:
    """The best possible score, if the data are simulated and it is known."""
    return " ".join(
        f"The best possible predictions, made by somebody who knows how the data were simulated, reach a value of "
        f"{estimate(one.value, one.ci95)} in `{one.name}`: no model can do better on these rows."
        for one in report.ceiling
    )


def gains(report: Measured, settings: Settings) -> str:
    """The paired differences in the headline score."""
    name = settings.training.headline
    listed = "; ".join(
        f"over {one.versus} {estimate(one.value, one.ci95, report.metric(name).value)}"
        for one in report.difference
        if one.metric == name
    )
    how = "paired on the same resampled rows; a gain is clear if its whole interval is above zero"
    return f"Gain in `{name}` ({how}): {listed}."


def drawn_together(settings: Settings) -> str:
    """Which rows the bootstrap keeps together."""
    if settings.data.cluster:
        return f" (rows of one {settings.data.cluster} drawn together)"
    return f" (in blocks of {BLOCK} neighbouring rows)" if BLOCK > 1 else ""


def decision(record: Record, settings: Settings) -> str:
    return explain(record.served.outcome, settings)


def slices(report: Measured, settings: Settings) -> str:
    """Which slices have a headline score that is clearly worse than that of all test rows."""
    name = settings.training.headline
    worse = [one for one in report.slices if one.metric == name and sections.clearly_worse(one, report)]
    if not worse:
        return f"No slice has an interval of `{name}` that is entirely worse than the value for all test rows."
    listed = ", ".join(f"{one.name} ({number(one.value, report.metric(name).value)})" for one in worse)
    return f"Clearly worse in `{name}` (the whole interval is worse than the value for all test rows): {listed}."


def weakest_gain(report: Measured, settings: Settings) -> Difference:
    """The gain over the strongest baseline that needs no model."""
    name = settings.training.headline
    found = [one for one in report.difference if one.metric == name and one.versus != report.other]
    return min(found, key=lambda one: one.value)
