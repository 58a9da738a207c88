"""Choose two things on the dev questions, `make tune`: when to refuse, and how to weigh embeddings against words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from ..answering.assistant import Assistant
from ..bootstrap import Array
from ..reporting.run import describe_run
from ..retrieval.search import Retriever
from ..settings import Settings
from ..wiring import make_assistant, make_reranker
from . import threshold
from .benchmark import Benchmark, load
from .cases import Case, ask_all, documents_of, rank_all
from .figures import draw_tuning, save
from .ranking import DEPTH
from .record import Abstention, Configuration, Mixture, Tuning, write_tuning
from .scores import rank_scores, rounded, value_of

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # of the embeddings, tried in the hybrid


def tune(settings: Settings) -> Tuning:
    """Ask the dev questions, and write the best values to reports/tuning.json and a figure.

    Raises:
        BenchmarkError: the benchmark cannot be used.
        StaleIndex: there is no index of these settings.
        Unavailable: the database or a model server does not answer.
    """
    started = datetime.now(UTC)
    assistant = make_assistant(settings)
    benchmark = load(settings, documents_of(assistant.store))
    cases = ask_all(assistant, benchmark.split("dev"), benchmark, settings)
    return record(assistant, cases, benchmark, started)


def record(assistant: Assistant, cases: Sequence[Case], benchmark: Benchmark, started: datetime) -> Tuning:
    """What the dev questions say, written to reports/."""
    settings = assistant.settings
    confidence, answerable = confidences(cases)
    choice = threshold.choose(confidence, answerable)
    low, high = threshold.interval(confidence, answerable, settings.evaluation.seed)
    answered, refused = threshold.shares(confidence, answerable, choice.threshold)
    tuning = Tuning(
        run=describe_run(
            "python -m assistant tune",
            started,
            seed=settings.evaluation.seed,
            data_sha256=benchmark.data_sha256,
            rows=len(cases),
        ),
        model=str(Configuration.of(settings)),
        answerable=int(answerable.sum()),
        unanswerable=int((~answerable).sum()),
        threshold=rounded(choice.threshold),
        good_from=rounded(choice.good_from),
        good_to=rounded(choice.good_to),
        ci95=(rounded(low), rounded(high)),
        answered=rounded(answered),
        refused=rounded(refused),
        mixtures=list(mixtures(assistant, benchmark)),
    )
    write_tuning(tuning)
    save({"tuning": draw_tuning(confidence, answerable, tuning, settings.answering.abstain_below)})
    return tuning


def mixtures(assistant: Assistant, benchmark: Benchmark) -> Iterator[Mixture]:
    """Each weight of the embeddings in the hybrid, with everything else as it is served."""
    settings = assistant.settings
    used = settings.retrieval
    for weight in sorted({*WEIGHTS, used.dense_weight} if used.method == "hybrid" else ()):
        mixed = used.model_copy(update={"dense_weight": weight})
        retriever = Retriever(assistant.store, assistant.embedder, mixed, make_reranker(settings, assistant.store))
        ranks = rank_all(retriever, benchmark.split("dev"), benchmark, DEPTH)
        yield Mixture(dense_weight=weight, score=value_of(rank_scores(ranks)[settings.evaluation.headline]))


def compare(tuning: Tuning, cases: Sequence[Case], settings: Settings) -> Abstention:
    """The settings' threshold beside the tuned one, both on the dev questions."""
    used = settings.answering.abstain_below
    answered, refused = threshold.shares(*confidences(cases), used)
    return Abstention(
        threshold=used,
        answered=rounded(answered),
        refused=rounded(refused),
        tuned=tuning.threshold,
        tuned_answered=tuning.answered,
        tuned_refused=tuning.refused,
    )


def confidences(cases: Sequence[Case]) -> tuple[Array, NDArray[np.bool_]]:
    """Each question's confidence, and whether the documents answer it."""
    return (
        np.array([case.answer.confidence for case in cases]),
        np.array([case.question.answerable for case in cases]),
    )


def summary(tuning: Tuning, settings: Settings) -> str:
    """The finding, for a terminal."""
    used, weight = settings.answering.abstain_below, settings.retrieval.dense_weight
    lines = [
        f"On {tuning.answerable + tuning.unanswerable} dev questions, abstain_below = {tuning.threshold:g} answers "
        f"{tuning.answered:.0%} of the answerable and refuses {tuning.refused:.0%} of the others.",
        f"Any value above {tuning.good_from:.4g} and up to {tuning.good_to:.4g} does the same.",
    ]
    if tuning.good_from < used <= tuning.good_to:
        lines.append(f"settings.toml has {used:g}: nothing to change.")
    else:
        lines.append(f"settings.toml has {used:g}: set [answering] abstain_below = {tuning.threshold:g}.")
    if (best := tuning.best_mixture) and (own := tuning.mixture(weight)):
        lines.append(
            f"Of the weights for embeddings, {best.dense_weight:g} ranks best: {settings.evaluation.headline} is "
            f"{best.score:.3f}, and {own.score:.3f} with the {weight:g} of settings.toml."
        )
    return "\n".join(lines)
