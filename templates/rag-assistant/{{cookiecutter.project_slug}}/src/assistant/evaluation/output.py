"""What evaluation leaves in `reports/`: the record, one table for each kind of reader, the figures."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..bootstrap import Array
from ..reporting.metrics import METRICS, REPORTS, write_json, write_text
from ..settings import Settings
from . import errors, figures
from .cases import Case, depth_of
from .ranking import Ranks
from .record import BM25, Configuration, Measured, Trial
from .tuning import confidences

SERVED = "served"


def write(
    report: Measured,
    dev: Sequence[Case],
    test: Sequence[Case],
    judged: Mapping[str, Array],
    rivals: Mapping[str, Sequence[Ranks]],
    settings: Settings,
) -> None:
    """Write metrics.json last: whoever sees it finds the tables and figures of the same run beside it."""
    top_k = settings.retrieval.top_k
    write_csv(REPORTS / "predictions.csv", predictions(test, judged))
    write_csv(REPORTS / "errors.csv", list(errors.rows(test, top_k)), errors.COLUMNS)
    write_csv(REPORTS / "ablation.csv", [trial_row(one) for one in report.ablation])
    write_csv(REPORTS / "latency.csv", latencies(test))
    answerable = [index for index, case in enumerate(test) if case.question.answerable]
    ranks: dict[str, list[Ranks]] = {SERVED: [test[index].ranks for index in answerable]}
    ranks |= {name: [found[index] for index in answerable] for name, found in rivals.items()}
    figures.save(
        {
            "choices": figures.draw_choices(choices(report), report.model, report.headline),
            "ablation": figures.draw_ablation(
                [one for one in report.ablation if in_grid(one, settings)], report.headline
            ),
            "recall": figures.draw_recall(ranks, top_k, min(20, depth_of(settings))),
            "confidence": figures.draw_confidence(
                {"dev questions": confidences(dev), "test questions": confidences(test)},
                settings.answering.abstain_below,
            ),
            "latency": figures.draw_latency([case.milliseconds for case in test]),
        }
    )
    write_json(METRICS, report.model_dump(mode="json"))


def choices(report: Measured) -> list[tuple[str, Trial]]:
    """The served configuration, those that differ from it in one thing, and BM25 alone."""
    by_configuration = {one.configuration: one for one in report.ablation}
    served = next(one for one in report.ablation if one.model == report.model)
    found = [(f"{SERVED}: {report.model}", served)]
    for part in Configuration.model_fields:
        kept = served.configuration.model_dump(exclude={part})
        for other, trial in by_configuration.items():
            if other != served.configuration and other.model_dump(exclude={part}) == kept:
                found.append((f"{part}: {getattr(other, part)}", trial))
    bm25 = served.configuration.model_copy(update={"retrieval": "bm25", "rerank": "none"})
    named = [(name, trial) for name, trial in found if trial.configuration != bm25]
    return [*named, (BM25, by_configuration[bm25])] if served.configuration != bm25 else named


def in_grid(trial: Trial, settings: Settings) -> bool:
    return trial.configuration.embedding == settings.embedding.backend


def predictions(test: Sequence[Case], judged: Mapping[str, Array]) -> list[dict[str, str]]:
    """A line for each test question; a column named as a metric has that metric as its mean."""
    return [
        {
            "id": case.question.id,
            "type": case.question.type,
            "question": case.question.question,
            "answerable": str(int(case.question.answerable)),
            "abstained": str(int(case.answer.abstained)),
            "confidence": f"{case.answer.confidence:.6g}",
            **{name: written(values[index]) for name, values in judged.items()},
            "answer": case.answer.text,
        }
        for index, case in enumerate(test)
    ]


def trial_row(trial: Trial) -> dict[str, str]:
    """A line of ablation.csv."""
    row = trial.configuration.model_dump() | {"passages": str(trial.chunks), "characters": str(trial.characters)}
    for name, score in trial.scores.items():
        row |= {f"{name}_dev": written(score.dev), f"{name}_test": written(score.test)}
        row |= {f"{name}_low": written(score.ci95[0]), f"{name}_high": written(score.ci95[1])}
    served = next((one for one in trial.comparisons if one.versus != BM25), None)
    for label, versus in (("bm25", trial.versus(BM25)), (SERVED, served)):
        row[f"gain_over_{label}"] = written(versus.value) if versus else ""
        row[f"p_against_{label}"] = written(versus.p) if versus else ""
        row[f"adjusted_p_against_{label}"] = written(versus.adjusted) if versus else ""
    return row


def latencies(test: Sequence[Case]) -> list[dict[str, str]]:
    return [{"id": case.question.id, "milliseconds": f"{case.milliseconds:.3f}"} for case in test]


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], columns: Iterable[str] = ()) -> None:
    """Write rows of the same columns; of none, only the names of the `columns`."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]) if rows else list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def written(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"
