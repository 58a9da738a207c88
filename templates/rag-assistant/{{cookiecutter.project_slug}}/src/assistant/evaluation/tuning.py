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
from .benchmark import TO_FIT, Benchmark, load
from .cases import ask, documents_of, judge, quoting, rank, searching
from .scoring import describe, means, metrics

TO_WEIGH = 40  # answerable questions: half of them to choose a weight, half to measure its gain
STEPS = 20  # gates are multiples of 1 / STEPS


def tune(settings: Settings) -> dict[str, Any]:
    """What the dev questions propose, and what could not be chosen: the facts of tuning.jinja.

    The weight stays as it is unless questions that did not choose the new one show a gain, the threshold unless the
    95% interval of the dev questions excludes it. A gate is the lower end of an interval for the score on the test
    questions, rounded down, so that chance hardly breaks it.

    Raises:
        BenchmarkError: the benchmark cannot be used.
        StaleIndex: there is no index of these settings.
        Unavailable: the database does not answer.
    """
    with open_assistant(settings) as assistant:
        return propose(quoting(assistant), settings)


def propose(assistant: Assistant, settings: Settings) -> dict[str, Any]:
    """The same, from an open assistant that quotes."""
    documents, seed, name = documents_of(assistant.index.store), settings.evaluation.seed, settings.evaluation.headline
    benchmark = load(settings, documents)
    dev = benchmark.split("dev")
    answerable = np.array([one.answerable for one in dev], dtype=np.bool_)
    data = describe(documents, assistant.index.store, benchmark)
    best, gain = weigh(assistant, benchmark) if answerable.sum() >= TO_WEIGH else (None, None)
    weight = best if gain and gain["ci95"][0] > 0 else settings.retrieval.dense_weight
    cases = list(ask(searching(assistant, dense_weight=weight), dev, benchmark))
    confidence = np.array([case.answer.confidence for case in cases])
    threshold, interval = settings.answering.abstain_below, None
    if not data["unfitted"]:
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
    return {
        "best": best,
        "weight": weight,
        "gain": gain,
        "threshold": threshold,
        "interval": interval,
        "highest": int(confidence[answerable].min() * 1000) / 1000 if answerable.any() else None,
        "bounds": {one.name: (gate(one, *asked(data, one.name)), one) for one in metrics(scores, seed)},
        "asked": {one: asked(data, one) for one in scores},
        "data": data,
        "settings": settings,
        "least": TO_FIT,
        "to_weigh": TO_WEIGH,
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


def weigh(assistant: Assistant, benchmark: Benchmark) -> tuple[float, dict[str, Any]]:
    """The best weight of the embeddings on half of the answerable dev questions, of the one in use and eleven steps.

    Also its gain in the headline score over the one in use: `value`, `ci95`, and the `questions` of the other half.
    """
    dev, settings = [one for one in benchmark.split("dev") if one.answerable], assistant.settings
    seed, headline = settings.evaluation.seed, settings.evaluation.headline
    weights = [*dict.fromkeys([settings.retrieval.dense_weight, *(step / 10 for step in range(11))])]
    scores = [rank(searching(assistant, dense_weight=one), dev, benchmark)[headline] for one in weights]
    best, gains = held_out(np.array(scores), seed)
    [ci95] = bootstrap.intervals(lambda rows: means(gains[None, rows]), len(gains), seed).tolist()
    return weights[best], {"value": float(gains.mean()), "ci95": ci95, "questions": len(gains)}


def held_out(scores: NDArray[np.float64], seed: int) -> tuple[int, NDArray[np.float64]]:
    """The setting that is best on a random half of the questions, and its gains on the other half.

    On the questions that chose it, the best of many settings gains even where all are alike (Cawley and Talbot 2010,
    On Over-fitting in Model Selection).

    Args:
        scores: [settings, questions]; the first setting is the one in use.
        seed: of the division.

    Returns:
        The row of the best setting, and what each question of the other half gains by it over the first row.
    """
    chooses, measures = np.array_split(np.random.default_rng(seed).permutation(scores.shape[1]), 2)
    best = int(scores[:, chooses].mean(axis=1).argmax())
    return best, scores[best, measures] - scores[0, measures]


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
