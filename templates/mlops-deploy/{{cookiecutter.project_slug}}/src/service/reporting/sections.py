"""The parts of README.md and MODEL_CARD.md that look the same in every project."""

import json
from collections.abc import Sequence

from .markdown import cell, estimate, number, table
from .metrics import REPORTS, Report, Run, Slice

FIGURES = REPORTS / "figures"
FEW = 20  # cases: from fewer, nothing is concluded


def gates(report: Report) -> str:
    """A table: each bound, and whether it was kept."""
    rows = [
        [
            report.title(gate.metric),
            f"{'at least' if gate.bound == 'min' else 'at most'} {gate.threshold:g}",
            "" if gate.value is None else number(gate.value),
            "passed" if gate.passed else "**failed**",
        ]
        for gate in report.gates
    ]
    return table(["Gate", "Bound", "Measured", "Result"], rows)


def slices(report: Report, unit: str) -> str:
    """A table with a line for each slice and a column for each metric. `unit` is what is counted, such as rows.

    A number that is about fewer than `FEW` of them says so.
    """
    whole = {one.metric: report.metric(one.metric) for one in report.slices}
    parts = {(one.name, one.metric): one for one in report.slices}
    rows = [[f"all test {unit}", "", *(estimate(one.value, one.ci95) for one in whole.values())]]
    for name in dict.fromkeys(one.name for one in report.slices):
        found = [parts.get((name, metric)) for metric in whole]
        cells = ["" if one is None else _slice(one, report) for one in found]
        rows.append([cell(name), f"{max(one.n for one in found if one):,}", *cells])
    return table(["Slice", unit.capitalize(), *map(report.title, whole)], rows)


def clearly_worse(one: Slice, report: Report) -> bool:
    """Whether the slice has enough cases, and its whole interval is worse than the value for everything."""
    if one.ci95 is None or one.n < FEW:
        return False
    whole = report.metric(one.metric)
    return one.ci95[1] < whole.value if whole.higher_is_better else one.ci95[0] > whole.value


def _slice(one: Slice, report: Report) -> str:
    shown = estimate(one.value, one.ci95, report.metric(one.metric).value)
    return shown if one.n >= FEW else f"{shown} (too few: {one.n})"


def provenance(run: Run, commands: Sequence[str], seconds: str, more: Sequence[Sequence[str]] = ()) -> str:
    """Where the numbers come from; `seconds` says which steps took the recorded time."""
    rows = [
        ["Command", ", ".join(f"`{command}`" for command in commands)],
        ["Commit", f"`{run.commit}`" if run.commit else "none: not a git repository"],
        ["Data (SHA-256)", f"`{run.data_sha256}`"],
        ["Rows", f"{run.rows:,}"],
        ["Seed", str(run.seed)],
        ["Python", run.python],
        ["Started", run.started_at],
        [f"Seconds ({seconds})", f"{run.seconds:.1f}"],
        *more,
    ]
    return table(["What", "Value"], rows, left=2)


def model_index(report: Report, name: str, dataset: str, kind: str) -> str:
    """YAML for the Hugging Face hub: `name` was measured on the data set `dataset`, whose type is `kind`.

    Strings are written as JSON, which is valid YAML.
    """
    lines = [
        "model-index:",
        f"  - name: {json.dumps(name, ensure_ascii=False)}",
        "    results:",
        "      - task:",
        f"          type: {report.task}",
        "        dataset:",
        f"          name: {json.dumps(dataset, ensure_ascii=False)}",
        f"          type: {json.dumps(kind)}",
        "          split: test",
        "        metrics:",
    ]
    for metric in report.metrics:
        lines += [f"          - type: {metric.name}", f"            value: {metric.value:g}"]
    return "\n".join(lines)
