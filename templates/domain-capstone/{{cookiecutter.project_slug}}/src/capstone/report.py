"""Write the measured blocks of the documents. Every number comes from `reports/`, every sentence from report.jinja."""

from pathlib import Path
from typing import Any

import pandas as pd

from . import domain, fairness, technique, technique_figure
from .reporting import blocks, experiments, sections
from .reporting.markdown import cell, code
from .reporting.metrics import METRICS, REPORTS, read_json, read_report
from .scoring import EvaluationReport
from .settings import Settings

WATCHED = REPORTS / "monitoring.json"
WORST = 6  # rows of errors.csv that are shown
LONGEST = 60  # characters of a value in the table of the worst answers
INPUTS = 4  # of that table, at most
MAIN = ("roc_auc", "whole_cost", "accepted", "accepted_risk")  # metrics that README.md shows beside the headline

# What to see in each figure; the first one is shown in README.md.
CAPTIONS = {
    "coverage": "How much can be answered without a person, and at which risk? The lower the curve, the better",
    technique_figure.NAME: technique_figure.CAPTION,
}


def write(settings: Settings) -> list[Path]:
    """Rewrite the blocks and return the documents that changed.

    Raises:
        ReportError: a report is missing.
        ReportError: a document's marks are wrong; then no document is changed.
    """
    return blocks.update(render(read_report(METRICS, EvaluationReport), settings))


def render(report: EvaluationReport, settings: Settings) -> dict[str, str]:
    """The content of every block."""
    environment = sections.environment(Path(__file__).parent)
    environment.filters["percent"] = _percent
    return sections.render(environment.get_template("report.jinja"), facts(report, settings))


def facts(report: EvaluationReport, settings: Settings) -> dict[str, Any]:
    """What the sentences are about."""
    record = read_json(REPORTS / "training.json")
    main = [one for one in report.metrics if one.name in (report.headline, *MAIN)]
    undecided = report.doubt is not None and report.doubt.ci95[0] <= 0
    scored = technique.SCORED.format(cases=settings.problem.cases)
    return {
        "report": report,
        "record": record,
        "settings": settings,
        "problem": settings.problem,
        "loss": cell(report.loss),
        "rule": cell(settings.problem.rule),
        "facts": read_json(REPORTS / "data.json"),
        "watched": read_json(WATCHED) if WATCHED.exists() else None,
        "headline": report.metric(report.headline),
        "measured": {one.name: one for one in report.metrics},
        "theirs": {one.name: one for one in report.baseline},
        "better": report.difference.ci95[0] > 0,
        "doubt_says_little": undecided,
        "worse_than_rule": report.difference.ci95[1] < 0,
        "main": report.model_copy(update={"metrics": main}),
        "captions": CAPTIONS,
        "second_figure": technique_figure.NAME,
        "compared": [
            code(name)
            for name in settings.slices.columns
            if any(one.name.startswith(f"{name} = ") for one in report.slices)
        ],
        "in_words": lambda name: sections.tables.slice(settings.words, settings.slices.columns, name),
        "most_slices": 4,  # of one metric, in a sentence
        "scored": scored,
        "worse": [one for one in report.slices if sections.clearly_worse(one, report)],
        "units": units(settings),
        "unequal": unequal(settings),
        "unmeasured": unmeasured(report, settings),
        "never": never(settings),
        "worst": worst(report, settings),
        "experiments": experiments.listed(experiments.measured()),
        "latency": read_json(REPORTS / "latency.json"),
    }


def units(settings: Settings) -> str:
    """What the bootstrap draws whole, in words; "" if it draws single cases."""
    if technique.UNITS:
        return technique.UNITS.format(cases=settings.problem.cases)
    return f"cases of one {settings.data.group}" if settings.data.group else ""


def unequal(settings: Settings) -> bool:
    """Whether one wrong answer costs more than another, so that the likeliest answer need not be given."""
    if settings.problem.positive is not None:
        return settings.cost.false_positive != settings.cost.false_negative
    return any(cost != 1 for costs in settings.cost.wrong.values() for cost in costs.values())


def unmeasured(report: EvaluationReport, settings: Settings) -> list[str]:
    """For each column of people, the shares for which it has no two groups that are large enough."""
    found = []
    for column in settings.slices.people:
        there = {one.metric for one in report.fairness if one.column == column}
        labels = [words for name, words in fairness.LABELS.items() if name not in there]
        if labels:
            named = ", ".join(words.format(positive=settings.problem.positive) for words in labels)
            found.append(f"{column} ({named})" if there else column)
    return found


def never(settings: Settings) -> dict[str, int]:
    """The answers that the model never gives, though they are right for so many test cases."""
    if not settings.problem.options:
        return {}
    told = pd.read_csv(REPORTS / "predictions.csv", dtype=str, keep_default_na=False)
    counts, given = told["actual"].value_counts(), {*told["decision"]}
    return {one: int(counts[one]) for one in settings.problem.options if one in counts and one not in given}


def worst(report: EvaluationReport, settings: Settings) -> pd.DataFrame:
    """The first rows of each kind in errors.csv: the answers, and the first inputs that the model sees and one has."""
    errors = pd.read_csv(REPORTS / "errors.csv", dtype=str, keep_default_na=False)
    errors = errors.groupby("mistake", sort=False).head(max(1, WORST // max(1, len(report.mistakes)))).head(WORST)
    inputs = {name: f"{name} (input)" if f"{name} (input)" in errors else name for name in settings.columns}
    blank = pd.DataFrame({name: [None] for name in inputs}).astype(dict.fromkeys(settings.names("numeric"), float))
    seen = [inputs[name] for name in domain.features(blank) if name in inputs]
    known = [name for name in seen if (errors[name] != "").any()]
    hidden = ["accepted", "loss", *(one.name for one in report.metrics), *inputs.values()]
    answers = errors.drop(columns=hidden, errors="ignore")
    return answers.join(errors[known[:INPUTS]]).map(_shown).map(cell).rename(columns=cell)


def _percent(share: float) -> str:
    """A share as "47 of 100", or with decimals if it is small."""
    value = 100 * share
    return f"{value:.0f} of 100" if value >= 10 or not value else f"{value:.2g} of 100"


def _shown(value: str) -> str:
    """A value from a CSV file, with as many digits or characters as a reader needs."""
    if not value:
        return "missing"
    try:
        return value if value.lstrip("-").isdigit() else f"{float(value):.4g}"
    except ValueError:
        return value if len(value) <= LONGEST else f"{value[:LONGEST].rstrip()} …"
