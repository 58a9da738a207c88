"""Every method with and without reranking over the served index, on the same questions."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from ..answering.assistant import Assistant
from ..bootstrap import Array
from ..settings import Retrieval, Settings
from .benchmark import Benchmark
from .cases import rank, searching
from .permutation import holm, p_values
from .scoring import means, metrics, rounded

ALONE = "bm25"  # what `named` calls BM25 alone


def named(retrieval: Retrieval) -> str:
    """`hybrid + sentences`, or `bm25` where nothing is reranked."""
    return retrieval.method if retrieval.rerank == "none" else f"{retrieval.method} + {retrieval.rerank}"


def search(assistant: Assistant, benchmark: Benchmark) -> dict[str, tuple[dict[str, Array], dict[str, Array]]]:
    """The ranking scores of the dev and the test questions, by the name of the combination."""
    found = {}
    for method, reranker in product(("hybrid", "dense", "bm25"), ("sentences", "none")):
        tried = searching(assistant, method=method, rerank=reranker)
        dev, test = (rank(tried, benchmark.split(split), benchmark) for split in ("dev", "test"))
        found[named(tried.settings.retrieval)] = dev, test
    return found


def table(found: Mapping[str, tuple[dict[str, Array], dict[str, Array]]], settings: Settings) -> list[dict[str, Any]]:
    """Each combination by the headline score, best on the dev questions first, with the served one's gain over it.

    P-values are adjusted for the number of combinations compared. BM25 alone is not among them: its comparison was
    planned, and stands by itself.
    """
    name, served = settings.evaluation.headline, named(settings.retrieval)
    test = {model: scores[name] for model, (_, scores) in found.items()}
    others = {model: values for model, values in test.items() if model not in (served, ALONE)}
    gains = {one["versus"]: one for one in compare(test[served], others, settings)}
    adjusted = dict(zip(gains, holm(np.array([one["p"] for one in gains.values()])).tolist(), strict=True))
    rows = [
        {
            "model": one.name,
            "dev": None if np.isnan(dev := float(means(found[one.name][0][name][None])[0])) else rounded(dev),
            "test": one.value,
            "ci95": one.ci95,
            "gain": gains[one.name]["value"] if one.name in gains else None,
            "p": rounded(adjusted[one.name]) if one.name in adjusted else None,
        }
        for one in metrics(test, settings.evaluation.seed)
    ]
    return sorted(rows, key=lambda row: -(row["dev"] or 0.0))


def compare(served: Array, others: Mapping[str, Array], settings: Settings) -> list[dict[str, Any]]:
    """The paired gain of the served scores over each of the others, [questions].

    Returns:
        `versus`, `value`, `ci95`, and `p` by random flips of sign, which is not adjusted.
    """
    chosen, known = settings.evaluation, ~np.isnan(served)
    gains = {name: served - other for name, other in others.items()}
    p = p_values(np.array([*gains.values()])[:, known], chosen.permutations, chosen.seed).tolist()
    found = zip(metrics(gains, chosen.seed), p, strict=True)
    return [{"versus": one.name, "value": one.value, "ci95": one.ci95, "p": rounded(p)} for one, p in found]
