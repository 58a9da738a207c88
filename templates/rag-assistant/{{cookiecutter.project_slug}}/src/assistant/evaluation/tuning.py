"""Choose on the dev questions, `make tune`: how to weigh embeddings against words, when to refuse, and gates."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import bootstrap
from ..answering.assistant import Assistant
from ..reporting.metrics import Metric
from ..settings import Settings
from ..wiring import open_assistant
from .benchmark import Benchmark, load
from .cases import ask, documents_of, judge, quoting, rank, searching
from .scoring import describe, means, metrics

LEAST = (20, 10)  # answerable and unanswerable questions; of fewer, nothing is chosen
STEPS = 20  # gates are multiples of 1 / STEPS


def tune(settings: Settings) -> dict[str, Any]:
    """What the dev questions propose, and what could not be chosen: the facts of tuning.jinja.

    A setting stays as it is unless the 95% interval of the dev questions excludes it. A gate is the lower end of an
    interval for the score on the test questions, rounded down, so that chance hardly breaks it.

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
    enough = answerable.sum() >= LEAST[0], (~answerable).sum() >= LEAST[1]
    weights, gain = weigh(assistant, benchmark) if enough[0] else ({}, None)
    weight = max(weights, key=lambda one: weights[one]) if gain and gain[0] > 0 else settings.retrieval.dense_weight
    cases = list(ask(searching(assistant, dense_weight=weight), dev, benchmark))
    confidence = np.array([case.answer.confidence for case in cases])
    threshold, interval = settings.answering.abstain_below, None
    if all(enough):
        draws = bootstrap.intervals(lambda rows: [choose(confidence[rows], answerable[rows])], len(cases), seed)
        interval = tuple(draws[0])
        if not interval[0] <= threshold <= interval[1]:
            threshold = choose(confidence, answerable)
    answered = (confidence >= threshold).astype(float)
    scores = {
        name: judge(cases)[name],
        "answer_rate": np.where(answerable, answered, np.nan),
        "abstention_recall": np.where(answerable, np.nan, 1 - answered),
    }
    data = describe(documents, assistant.index.store, benchmark)
    return {
        "weights": weights,
        "weight": weight,
        "gain": gain,
        "threshold": threshold,
        "interval": interval,
        "bounds": {one.name: (gate(one, *asked(data, one.name)), one) for one in metrics(scores, seed)},
        "asked": {one: asked(data, one) for one in scores},
        "data": data,
        "settings": settings,
        "least": LEAST,
    }


def asked(data: dict[str, Any], name: str) -> tuple[int, int]:
    """To how many dev and test questions a score applies."""
    counts = [(data["asked"][split], data["answerable"][split]) for split in ("dev", "test")]
    dev, test = (every - yes if name == "abstention_recall" else yes for every, yes in counts)
    return dev, test


def gate(score: Metric, dev: int, test: int) -> float:
    """The value that chance hardly lets the score of `test` other questions fall below; 0 if there are none.

    Both samples vary, so the distance from the score to its interval's end grows as the root of the sum of their
    variances does.
    """
    if not (score.ci95 and test):
        return 0.0
    bound = score.value - math.sqrt(1 + dev / test) * (score.value - score.ci95[0])
    return int(max(0.0, bound) * STEPS) / STEPS


def weigh(assistant: Assistant, benchmark: Benchmark) -> tuple[dict[float, float], tuple[float, float]]:
    """The headline score on the dev questions by the weight of the embeddings: the one in use, and ten steps.

    Also the 95% interval of what the best one gains over the one in use.
    """
    dev, settings = benchmark.split("dev"), assistant.settings
    used, headline = settings.retrieval.dense_weight, settings.evaluation.headline
    weights = dict.fromkeys([used, *(step / 10 for step in range(11))])
    found = {one: rank(searching(assistant, dense_weight=one), dev, benchmark)[headline] for one in weights}
    averages = {one: float(means(scores[None])[0]) for one, scores in found.items()}
    gains = found[max(averages, key=lambda one: averages[one])] - found[used]
    draws = bootstrap.intervals(lambda rows: means(gains[None, rows]), len(dev), settings.evaluation.seed)
    return averages, (float(draws[0][0]), float(draws[0][1]))


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
