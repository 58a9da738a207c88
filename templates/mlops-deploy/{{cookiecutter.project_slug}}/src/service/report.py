"""Write what was measured: the figures, the page `reports/report.html`, and the measured blocks of the documents.

Every number comes from `reports/`, which timeline.py fills from the logs, and every sentence from report.jinja.
"""

import csv
from base64 import b64encode
from pathlib import Path
from typing import Any

from markupsafe import Markup

from . import figures, timeline
from .deployments import Log
from .evaluation import EvaluationReport
from .loadtest import LOAD
from .monitoring.psi import USUAL_BOUND
from .monitoring.questions import Row
from .reporting import blocks, experiments, sections
from .reporting.markdown import code
from .reporting.metrics import METRICS, REPORTS, read_json, read_report, write_text
from .serving.page import environment
from .settings import Settings

PAGE = REPORTS / "report.html"
HERE = Path(__file__).parent
WORST = 5  # rows of errors.csv that are shown
UNMEASURED = "_Not measured yet: run `make demo`._"
DRILLED = ("headline", "drill", "answered", "alarm", "psi", "figures", "versions")  # blocks about the drill


def write(settings: Settings) -> list[Path]:
    """Rewrite figures, page and blocks, and return the documents that changed.

    Raises:
        ReportError: a report is missing.
        ReportError: a document's marks are wrong; then no document is changed.
    """
    drill, history = timeline.gather(settings)
    known = facts(settings, drill, history)
    if drill:
        figures.draw(drill, history, settings.alarm.least_outcomes)
        write_text(PAGE, page(known))
    return blocks.update(render(known))


def render(known: dict[str, Any]) -> dict[str, str]:
    """The content of every block."""
    markdown = sections.environment(HERE)
    markdown.filters["percent"] = "{:.1%}".format
    instead = {} if known["drill"] and known["history"] else dict.fromkeys(DRILLED, UNMEASURED)
    return sections.render(markdown.get_template("report.jinja"), known, instead)


def page(known: dict[str, Any]) -> str:
    """One HTML file with its style and figures inside; every value in it is escaped."""
    style = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("serving/static/style.css", "report.css"))
    template = environment(HERE).get_template("report.html")
    return template.render(known, style=Markup(style), data=_data)  # noqa: S704  # our own files


def facts(settings: Settings, drill: Row, history: Row) -> dict[str, Any]:
    """What the sentences are about."""
    report = read_report(METRICS, EvaluationReport)
    return {
        "report": report,
        "name": settings.registry.name.replace("_", " ").replace("-", " ").capitalize(),
        "settings": settings,
        "drill": drill,
        "history": history,
        "log": Log().lines(),
        "captions": figures.CAPTIONS,
        "usual_psi": USUAL_BOUND,
        "figure": _figure,
        "compared": [
            code(name)
            for name in settings.slices.columns
            if any(one.name.startswith(f"{name} = ") for one in report.slices)
        ],
        "in_words": lambda name: sections.tables.slice({}, settings.slices.columns, name),
        "worse": [one for one in report.slices if sections.clearly_worse(one, report)],
        "worst": worst_rows(settings),
        "experiments": experiments.listed(experiments.measured()),
        "load": read_json(LOAD) if LOAD.exists() else None,
    }


def worst_rows(settings: Settings) -> list[dict[str, str]]:
    """The worst answers: what is always there, and the inputs that slices are made of."""
    named = settings.data
    shown = [named.unit, "actual", "predicted", named.time, named.known, *settings.slices.columns]
    with (REPORTS / "errors.csv").open(encoding="utf-8", newline="") as file:
        return [{name: row[name] for name in shown} for row in list(csv.DictReader(file))[:WORST]]


def _figure(name: str, up: str = "") -> str:
    caption = figures.CAPTIONS[name]
    return f"![{caption}]({up}{sections.FIGURES.as_posix()}/{name}.svg)\n\n*{caption}.*"


def _data(name: str) -> str:
    """A figure as an address that holds all of it."""
    return "data:image/svg+xml;base64," + b64encode((sections.FIGURES / f"{name}.svg").read_bytes()).decode()
