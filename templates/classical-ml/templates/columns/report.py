"""Write the measured blocks of the documents. Every number comes from `reports/`, every sentence from report.jinja."""

from pathlib import Path
from typing import Any

import pandas as pd

from . import bootstrap
# <number>
from .outcome import BLOCK, SLICE_SHARE
# </number>
# <two several>
from .outcome import SLICE_SHARE
# </two several>
from .reporting import blocks, experiments, sections
from .reporting.markdown import cell, code
from .reporting.metrics import METRICS, REPORTS, failures, read_json, read_report, write_text
# <two>
from .results import Acted, EvaluationReport, read_record, without
# </two>
# <number several>
from .results import EvaluationReport, read_record, without
# </number several>
from .settings import Settings

WORST = 3  # rows of each kind of mistake that are shown
MOST_SLICES = 4  # of one metric, in a sentence
MOST_KINDS = 6  # kinds of mistakes that are shown
LONGEST = 80  # characters of a text that is shown
SHOWN_INPUTS = 4  # the most important ones, in the table of errors


def write(settings: Settings) -> list[Path]:
    """Rewrite the blocks and return the documents that changed.

    Raises:
        ReportError: a report is missing, or the settings have changed since the training.
        ReportError: a document's marks are wrong; then no document is changed.
    """
    rendered = render(read_report(METRICS, EvaluationReport), read_record(settings), settings)
    write_text(sections.FIGURES / "costs.svg", rendered["drawing"])
    return blocks.update(rendered)


def render(report: EvaluationReport, record: Any, settings: Settings) -> dict[str, str]:
    """The content of every block."""
    environment, known = sections.environment(Path(__file__).parent), facts(report, record, settings)
    sentences = environment.get_template("decision.jinja").make_module(known)  # those about this kind of target
    return sections.render(environment.get_template("report.jinja"), {**known, "sentences": sentences})


def facts(report: EvaluationReport, record: Any, settings: Settings) -> dict[str, Any]:
    """What the sentences are about."""
    headline = report.metric(settings.training.headline)
    # <number>
    minor = {"rmse"}  # metrics that only docs/evaluation.md shows
    # </number>
    # <several>
    minor = {f"recall of {label}" for label in settings.problem.classes}  # only docs/evaluation.md shows them
    # </several>
    gain = report.difference[0]  # over the simple rule, in expected cost
    rule = [score for score in report.baseline if score.model == gain.versus]
    clean = [score for score in report.baseline if score.model == without(settings)]
    return {
        "report": report,
        "record": record,
        "settings": settings,
        "problem": settings.problem,
        "cost": settings.cost,
        "priced": settings.cost != type(settings.cost)(),  # otherwise, each mistake counts as one
        "facts": read_json(REPORTS / "data.json"),
        "headline": headline,
        "gain": gain,
        "theirs": {score.name: score for score in rule},
        "clean": {score.name: score for score in clean},
        "most_rows": bootstrap.MOST_ROWS,
        "parameters": lambda tuned: ", ".join(f"{name} {value:g}" for name, value in tuned["parameters"].items()),
        "per_hundred": lambda name: round(100 * report.metric(name).value),
        "scores": sections.tables.scores(report, report.model),
        "main_scores": sections.tables.scores(
            report.model_copy(
                update={
                    # <several number>
                    "metrics": [score for score in report.metrics if score.name not in minor - {headline.name}],
                    # </several number>
                    "baseline": rule + clean,
                }
            ),
            report.model,
        ),
        # <several number>
        "minor": minor,
        # </several number>
        # <number>
        "block": BLOCK,
        # </number>
        "slice_share": SLICE_SHARE,
        "slices": sections.tables.slices(report, "rows"),
        "worse": [part for part in report.slices if sections.clearly_worse(part, report)],
        "compared": [
            code(name)
            for name in settings.slices.columns
            if any(part.name.startswith(f"{name} = ") for part in report.slices)
        ],
        "most_slices": MOST_SLICES,
        "in_words": lambda name: sections.tables.slice(settings.words, settings.slices.columns, name),
        # <two>
        "unequal": widest_gaps(report.acted),
        # </two>
        "worst": worst_rows([measured["feature"] for measured in record["importance"][:SHOWN_INPUTS]]),
        "kinds_shown": MOST_KINDS,
        "failed": failures(report.gates),
        "gates": sections.tables.gates(report),
        "experiments": experiments.listed(experiments.measured()),
        "latency": read_json(REPORTS / "latency.json"),
        "provenance": sections.tables.provenance(
            report.run,
            [record["run"]["command"], report.run.command],
            "training and evaluation",
            [("ONNX against the pipeline, largest difference", f"{record['parity']:.1e}")],
        ),
        "model_index": sections.tables.model_index(report, settings.title, settings.data.file, "tabular"),
    }


# <two>
def widest_gaps(acted: list[Acted]) -> list[tuple[Acted, Acted]]:
    """For each column, the slices that the model acts on most and least often; the widest gap comes first."""
    rising = sorted(acted, key=lambda group: group["acted"])
    most, least = ({group["column"]: group for group in order} for order in (rising, reversed(rising)))
    pairs = [(most[column], least[column]) for column in most if most[column]["acted"] > least[column]["acted"]]
    return sorted(pairs, key=lambda pair: pair[1]["acted"] - pair[0]["acted"])


# </two>
def worst_rows(inputs: list[str]) -> pd.DataFrame:
    """The first rows of each kind in errors.csv, with these inputs."""
    errors = pd.read_csv(REPORTS / "errors.csv", dtype=str, keep_default_na=False)
    errors = errors[errors["mistake"].isin(errors["mistake"].unique()[:MOST_KINDS])]
    columns = [f"{name} (input)" if f"{name} (input)" in errors else name for name in inputs]
    first = errors.groupby("mistake", sort=False).head(WORST)
    shown = first[["row", "mistake", "actual", "predicted", *columns]].replace("", "missing")
    shown = shown.map(lambda text: cell(text if len(text) <= LONGEST else f"{text[:LONGEST]}…"))
    return shown.rename(columns=cell)
