"""The table of scores, which only a project with a served model has."""

from collections.abc import Sequence

from .markdown import estimate, table
from .metrics import Metric, Report


def scores(report: Report, served: str) -> str:
    """A table: each metric of the `served` system, and the same metric of every baseline."""
    others = {(one.model, one.name): one for one in report.baseline}
    models = list(dict.fromkeys(one.model for one in report.baseline))
    rows = [
        [report.title(one.name), *_cells([one, *(others.get((model, one.name)) for model in models)], one.value)]
        for one in report.metrics
    ]
    return table(["Metric", f"**{served}** (served)", *models], rows)


def _cells(metrics: Sequence[Metric | None], like: float) -> list[str]:
    return ["" if metric is None else estimate(metric.value, metric.ci95, like) for metric in metrics]
