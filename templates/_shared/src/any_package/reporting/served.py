"""The parts of the documents that only a project with a served model has."""

from collections.abc import Sequence
from pathlib import Path

from .markdown import estimate, table
from .metrics import REPORTS, Metric, Report, read_json
from .sections import NOT_MEASURED

LOAD = REPORTS / "load.json"


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


def latency(path: Path = LOAD) -> str:
    """What `make load` measured, if it was run."""
    if not path.exists():
        return NOT_MEASURED
    load = read_json(path)
    rows = [
        [kind.replace("_", " "), result["clients"], *(f"{milliseconds:.2f}" for milliseconds in line.values())]
        for result in load["results"]
        for kind, line in result["latency"].items()
    ]
    headers = ["Request", "Clients", "p50 ms", "p95 ms", "p99 ms"]
    return f"{table(headers, rows)}\n\nMeasured by `make load` over HTTP on {load['cpus']} CPUs."
