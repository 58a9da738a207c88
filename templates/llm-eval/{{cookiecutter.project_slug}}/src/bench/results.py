"""Write what a test run found into `reports/`: the rows, the metrics, the predictions, the errors and the pictures."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from . import benchmark, figures, leaderboards, runs, scoring
from .error_analysis import RIGHT, Example, examples
from .errors import BenchError
from .leaderboards import Board, EvaluationReport
from .matrix import load_matrix
from .page import render_page
from .reporting.metrics import METRICS, REPORTS, ReportError, Slice, read_json, write_json, write_text
from .runner import Plan, make_plan
from .runs import Run
from .settings import Kind, Settings, problem

PREDICTIONS, ERRORS = REPORTS / "predictions.csv", REPORTS / "errors.csv"
EXAMPLES, PAGE = REPORTS / "examples.json", REPORTS / "report.html"
HUB_TASKS: dict[Kind, str] = {"search": "text-ranking", "classify": "text-classification"}  # as the hub names them


def publish(run: Run, plan: Plan, accesses: int, settings: Settings) -> EvaluationReport:
    """Everything that documents, the page and the gates are made of.

    Raises:
        BenchError: no experiment that may lead the report could be measured, or a gate names an unknown metric.
    """
    boards = leaderboards.boards(run, settings, plan.cases)
    lead = leaderboards.lead(boards, settings)
    task, candidate = lead.experiment.task, lead.experiment.lead()[1].name
    if run.header.run is None:
        raise BenchError("the run is not finished")
    found = examples(run, lead, plan, settings.tasks[task].slices)
    report = EvaluationReport(
        task=HUB_TASKS[task],
        run=run.header.run,
        metrics=lead.metrics(candidate),
        baseline=leaderboards.baselines(lead),
        slices=_slices(run, lead, plan, settings),
        gates=leaderboards.gates(lead, settings),
        model=candidate,
        lead=lead.name,
        boards=boards,
        errors=dict(Counter(one.kind for one in found if one.kind != RIGHT).most_common()),
        skipped=run.header.skipped,
        accesses=accesses,
    )
    runs.write(run, runs.LATEST)
    write_json(METRICS, report.model_dump(mode="json"))
    write_text(PREDICTIONS, _csv(_predictions(run, lead, candidate)))
    write_text(ERRORS, _csv([one.model_dump(exclude={"shown", "slices"}) for one in found if one.kind != RIGHT]))
    write_json(EXAMPLES, [one.model_dump(mode="json") for one in found])
    figures.draw(report)
    write_text(PAGE, render_page(report, found, settings.title, inline=True))
    return report


def again(settings: Settings) -> EvaluationReport:
    """Publish the last run once more, without measuring: after a change of gates, slices, statistics or the lead.

    Raises:
        BenchError: there is no run, or it is of another benchmark.
    """
    run = runs.read(runs.LATEST)
    if run.header.data_sha256 != benchmark.check_frozen(settings):
        raise BenchError(f"{runs.LATEST} is of another benchmark; measure with `make evaluate`")
    plan = make_plan(settings, load_matrix(), "test")
    return publish(run, plan, benchmark.accesses(run.header.data_sha256), settings)


def _slices(run: Run, board: Board, plan: Plan, settings: Settings) -> list[Slice]:
    candidate, given = board.experiment.lead()[1], settings.statistics
    cases = [case for case in plan.cases[candidate.task] if case.id in run.answered(candidate.name)]
    return scoring.slices(
        run, candidate, board.metric, cases, settings.tasks[candidate.task].slices, given.min_slice, given.seed
    )


def read_examples(path: Path = EXAMPLES) -> list[Example]:
    """The cases of the lead, as `publish` wrote them.

    Raises:
        ReportError: the file is missing or is not JSON.
    """
    try:
        return [Example.model_validate(one) for one in read_json(path)]
    except ValidationError as error:
        raise ReportError(f"{path} does not fit this code ({problem(error)}); run `make evaluate` again") from None


def _predictions(run: Run, board: Board, system: str) -> list[dict[str, Any]]:
    """A line for each answer: the answer, and each metric that is a mean over cases."""
    rows = run.by_system[system]
    names = [name for name in scoring.METRICS[board.experiment.task] if any(name in row.scores for row in rows)]
    return [
        {"id": row.case, "answer": row.output, "confidence": row.confidence}
        | {name: row.scores.get(name, "") for name in names}
        for row in rows
    ]


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
