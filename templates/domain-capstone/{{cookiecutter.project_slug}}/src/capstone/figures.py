"""The figures in the documents, as SVG. The same numbers give the same bytes."""

from matplotlib.figure import Figure

from . import technique_figure
from .answering import Answered
from .reporting.drawing import BLUE, GREY, ORANGE, save, styled
from .scoring import EvaluationReport
from .settings import Settings


@styled
def draw(report: EvaluationReport, answered: Answered, settings: Settings) -> None:
    """Draw the figures into `reports/figures/`."""
    save("coverage", coverage(report, settings))
    save(technique_figure.NAME, technique_figure.figure(answered, settings))


def coverage(report: EvaluationReport, settings: Settings) -> Figure:
    """The risk of the surest answers, the point that the policy chose, and today's rule, which answers every case."""
    figure = Figure(figsize=(6, 2.9))
    axes, measured = figure.subplots(), {one.name: one.value for one in report.metrics}
    shares, risks = zip(*((100 * point["coverage"], point["risk"]) for point in report.curve), strict=True)
    axes.plot(shares, risks, label="model, the surest answers first")
    if "accepted_risk" in measured:
        chosen = 100 * measured["accepted"], measured["accepted_risk"]
        axes.plot(*chosen, "o", color=BLUE, markersize=9, label="answers that the policy accepts")
    axes.plot(100, report.rule_risk, "s", color=ORANGE, markersize=8, clip_on=False, label=settings.problem.rule)
    bound = "most risk allowed (settings.toml)"
    axes.axhline(settings.policy.most_risk, color=GREY, linestyle="--", linewidth=1, label=bound)
    axes.set(xlabel="answered without a person (%)", xlim=(0, 100), ylabel=report.loss, ylim=(0, None))
    axes.legend(loc="upper left")
    return figure
