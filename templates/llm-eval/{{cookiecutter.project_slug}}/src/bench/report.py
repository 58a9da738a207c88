"""Write the measured blocks of the documents. Every number comes from `reports/`, every sentence from report.jinja."""

from pathlib import Path
from typing import Any

from . import results
from .leaderboards import Board, EvaluationReport
from .page import FILES, compared, templates
from .reporting import blocks, experiments, sections
from .reporting.markdown import cell, estimate, number
from .reporting.metrics import METRICS, failures, read_report
from .settings import Settings

SCREENSHOT = Path("docs/screenshot.png")
TEMPLATES = templates(FILES, escape=False)
TEMPLATES.filters |= {"cell": cell, "estimate": estimate, "number": number}  # `cell` makes foreign text harmless
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
        "failed": failures(report.gates),
        "screenshot": SCREENSHOT.exists() and SCREENSHOT.read_text("latin-1"),  # a shipped one says that it is
        "experiments": experiments.listed(experiments.measured()),
        "sections": sections.tables,
        "parts": PARTS,
    }
    return sections.render(TEMPLATES.get_template("report.jinja"), facts)


def leaderboard(board: Board) -> str:
    """The systems of a board, the best one first, each beside its baseline, and what an answer takes."""
    return str(PARTS.leaderboard(board)).strip()
