"""What evaluation writes: `reports/metrics.json` with 95% intervals, and `reports/data.json` on the documents."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import Field

from .. import bootstrap
from ..bootstrap import Array
from ..passages import Document
from ..reporting.metrics import REPORTS, Finite, Metric, Report
from ..stores.base import Store
from .benchmark import LEAST, Benchmark, Question, unfitted

DATA = REPORTS / "data.json"
BM25 = "BM25 alone"  # how the documents call this baseline


class EvaluationReport(Report):
    """`reports/metrics.json` of this repository."""

    model: str  # the served method and reranking
    embedder: str
    answerer: str
    changed: bool  # the commit lacks settings, code or data as they were measured
    headline: str  # the score that is compared
    difference: list[dict[str, Any]]  # of the served one to BM25 alone, as planned: versus, value, ci95, p
    ablation: list[dict[str, Any]]  # the lines of ablation.csv
    dev: dict[str, Finite]  # scores on the dev questions
    unchecked: list[str]  # metrics of gates that no question measures
    errors: dict[str, int]
    counts: dict[str, dict[str, int]]  # by model: answers shown, those that are right, refusals, those that are wrong
    bm25_threshold: Finite  # that BM25 alone refuses below
    quoted: dict[str, list[Metric]]  # by how many passages are quoted: the scores that this changes
    looks: list[str] = Field(default=[])  # the versions of the settings that were measured on these test questions


def metrics(scores: Mapping[str, Array], seed: int) -> list[Metric]:
    """Means with intervals of each score, [questions], all on the same resamples; NaN where it does not apply.

    A score that applies to no question is left out.
    """
    known = {name: values for name, values in scores.items() if not np.isnan(values).all()}
    if not known:
        return []
    every = np.array([*known.values()])
    ranges = bootstrap.intervals(lambda rows: means(every[:, rows]), every.shape[1], seed)
    for place, values in enumerate(row[~np.isnan(row)] for row in every):
        if np.isin(values, (0, 1)).all():  # a share
            ranges[place] = bootstrap.wilson(values.sum(), len(values))
    return [
        Metric(
            name=name,
            label=name.replace("ndcg", "nDCG").replace("mrr", "MRR").replace("_at_", "@").replace("_", " "),
            value=rounded(value),
            ci95=(rounded(low), rounded(high)),
            higher_is_better=name != "words_shown",
        )
        for name, value, (low, high) in zip(known, means(every).tolist(), ranges.tolist(), strict=True)
    ]


def means(values: Array) -> Array:
    """Mean of each score, [scores, questions], over the questions that it applies to; NaN where there are none."""
    counts = np.sum(~np.isnan(values), axis=-1)
    return np.asarray(np.nansum(values, axis=-1) / np.where(counts, counts, np.nan))


def rounded(value: float) -> float:
    # Six significant digits: enough for every document, and the same on every machine.
    return float(f"{value:.6g}")


def describe(documents: Sequence[Document], store: Store, benchmark: Benchmark) -> dict[str, Any]:
    """The counts in `reports/data.json`.

    `unmeasured` says why there are no scores, `unfitted` why there is no threshold of these documents; or "".
    """
    questions = benchmark.questions
    splits = {split: [one for one in questions if one.split == split] for split in ("dev", "test")}
    return {
        "documents": len(documents),
        "characters": sum(len(one.text) for one in documents),
        "passages": sum(one.chunks for one in store.documents()),
        "kinds": dict(sorted(Counter(one.metadata.get("kind", "") for one in documents).items())),
        "questions": len(questions),
        "unplaced": len(benchmark.unplaced),
        "asked": {split: len(part) for split, part in splits.items()},
        "answerable": {split: sum(one.answerable for one in part) for split, part in splits.items()},
        "unmeasured": unmeasured(questions),
        "unfitted": unfitted(questions),
    }


def unmeasured(questions: Sequence[Question]) -> str:
    """Why nothing can be measured on these questions, in half a sentence; "" if something can."""
    has = f"the benchmark has {len(questions) or 'no'} question{'' if len(questions) == 1 else 's'}"
    if len(questions) < LEAST:
        return f"{has} so far; from {LEAST} on, `make demo` measures them"
    if not any(one.split == "test" and one.answerable for one in questions):
        return f"{has}, but none in the test split that the documents answer"
    return ""
