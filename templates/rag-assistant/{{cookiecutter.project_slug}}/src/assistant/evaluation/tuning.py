"""Choose on the dev questions, `make tune`: how to weigh embeddings against words, when to refuse, and gates."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import bootstrap
from ..answering.assistant import Assistant
from ..settings import Settings
from ..wiring import open_assistant
from .benchmark import Benchmark, load
from .cases import ask, documents_of, judge, quoting, rank, searching
from .scoring import describe, means, metrics

LEAST = (5, 3)  # answerable and unanswerable dev questions; of fewer, no threshold is chosen
FEW = 10  # questions; of fewer, neither a weight nor a gate is chosen, and a threshold with a warning
STEPS = 20  # gates are multiples of 1 / STEPS


def tune(settings: Settings) -> dict[str, Any]:
    """What the dev questions propose, and what could not be chosen: the facts of tuning.jinja.

    A gate is the lower end of its score's interval, rounded down, so that chance alone hardly breaks it. It is at most
    1 - 3 / n, since where no question failed the interval has no width (Hanley and Lippman-Hand, If Nothing Goes Wrong,
    Is Everything All Right?, JAMA 1983).

    Raises:
        BenchmarkError: the benchmark cannot be used.
        StaleIndex: there is no index of these settings.
        Unavailable: the database does not answer.
    """
    with open_assistant(settings) as assistant:
        return propose(quoting(assistant))


def propose(assistant: Assistant) -> dict[str, Any]:
    """The same, from an open assistant that quotes."""
    settings = assistant.settings
    documents, seed, name = documents_of(assistant.index.store), settings.evaluation.seed, settings.evaluation.headline
    benchmark = load(settings, documents)
    dev = benchmark.split("dev")
    answerable = np.array([one.answerable for one in dev], dtype=np.bool_)
    weights = weigh(assistant, benchmark) if answerable.sum() >= FEW else {}
    weight = max(weights, key=lambda one: weights[one], default=settings.retrieval.dense_weight)
    cases = list(ask(searching(assistant, dense_weight=weight), dev, benchmark))
    confidence = np.array([case.answer.confidence for case in cases])
    threshold, interval = settings.answering.abstain_below, None
    if answerable.sum() >= LEAST[0] and (~answerable).sum() >= LEAST[1]:
        threshold = choose(confidence, answerable)
        draws = bootstrap.intervals(lambda rows: [choose(confidence[rows], answerable[rows])], len(cases), seed)
        interval = tuple(draws[0])
    answered = (confidence >= threshold).astype(float)
    scores = {
        name: judge(cases)[name],
        "answer_rate": np.where(answerable, answered, np.nan),
        "abstention_recall": np.where(answerable, np.nan, 1 - answered),
    }
    asked = {name: int((~np.isnan(values)).sum()) for name, values in scores.items()}
    bounds = {
        one.name: (int(max(0.0, min(one.ci95[0], 1 - 3 / asked[one.name])) * STEPS) / STEPS, one)
        for one in metrics(scores, seed)
        if one.ci95
    }
    return {
        "weights": weights,
        "weight": weight,
        "threshold": threshold,
        "interval": interval,
        "bounds": bounds,
        "data": describe(documents, assistant.index.store, benchmark.questions),
        "settings": settings,
        "least": LEAST,
        "few": FEW,
    }


def weigh(assistant: Assistant, benchmark: Benchmark) -> dict[float, float]:
    """The headline score on the dev questions by the weight of the embeddings: the one in use, and ten steps."""
    dev, settings = benchmark.split("dev"), assistant.settings
    weights = dict.fromkeys([settings.retrieval.dense_weight, *(step / 10 for step in range(11))])
    found = {weight: rank(searching(assistant, dense_weight=weight), dev, benchmark) for weight in weights}
    return {one: float(means(scores[settings.evaluation.headline][None])[0]) for one, scores in found.items()}


def choose(confidence: NDArray[np.float64], answerable: NDArray[np.bool_]) -> float:
    """The threshold at which the worse of two shares is best: answerable questions answered, others refused.

    One share rises with the threshold and the other falls, so they meet near it: the point of equal error rates,
    which moves less from sample to sample than the peak of their sum does where the curves are flat. Among equals,
    the middle of the widest range, which is the farthest from any question.

    Args:
        confidence: [questions], 0 to 1; below the threshold a question is refused.
        answerable: [questions].

    Returns:
        The threshold; NaN if a kind of question is missing.
    """
    if answerable.all() or not answerable.any():
        return np.nan
    edges = np.unique(confidence)  # between two of them, each threshold decides alike; so it does at the upper one
    low, high = np.r_[0.0, edges], np.r_[edges, 1.0]
    answered = confidence[:, None] >= high[None, :]
    worse = np.minimum(answered[answerable].mean(axis=0), (~answered[~answerable]).mean(axis=0))
    best = int(np.where(np.isclose(worse, worse.max()), high - low, -1.0).argmax())
    middle = float(low[best] + high[best]) / 2
    return next((one for one in (round(middle, 3), middle) if low[best] < one <= high[best]), float(high[best]))
