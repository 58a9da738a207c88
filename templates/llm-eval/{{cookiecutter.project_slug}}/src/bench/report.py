"""Write the measured blocks of the documents. Every number comes from `reports/`, every sentence from report.jinja."""

from pathlib import Path
from typing import Any

from . import results
from .leaderboards import Board, EvaluationReport
from .page import FILES, FUNCTIONS, compared
from .reporting import blocks, experiments, sections
from .reporting.metrics import METRICS, read_report
from .settings import Settings

TEMPLATES = sections.environment(FILES)
TEMPLATES.globals |= FUNCTIONS
PARTS: Any = TEMPLATES.get_template("parts.jinja").module


def write(settings: Settings) -> list[Path]:
    """Rewrite the blocks and return the documents that changed.

    Raises:
        ReportError: a report is missing or is not one of this code.
        ReportError: a document's marks are wrong; then no document is changed.
    """
    return blocks.update(render(read_report(METRICS, EvaluationReport), settings))


def render(report: EvaluationReport, settings: Settings) -> dict[str, str]:
    """The content of every block."""
    board = report.board
    facts = {
        "report": report,
        "settings": settings,
        "board": board,
        "best": compared(board, board.experiment.lead()[1].name),
        "examples": results.read_examples(),
        "worse": [one for one in report.slices if sections.clearly_worse(one, report)],
        "experiments": experiments.listed(experiments.measured()),
        "parts": PARTS,
    }
    return sections.render(TEMPLATES.get_template("report.jinja"), facts)


def leaderboard(board: Board) -> str:
    """The systems of a board, the best one first, each beside its baseline, and what an answer takes."""
    return str(PARTS.leaderboard(board)).strip()
