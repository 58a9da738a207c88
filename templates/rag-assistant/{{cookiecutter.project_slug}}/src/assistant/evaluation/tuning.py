"""The threshold below which a question is refused, chosen on the dev questions alone: `make tune`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .. import bootstrap
from ..bootstrap import Array
from ..reporting.run import Watch, describe_run
from ..settings import Settings
from ..wiring import make_assistant
from . import threshold
from .benchmark import load
from .cases import Case, ask_all, documents_of
from .figures import draw_tuning, save
from .record import Abstention, Configuration, Tuning, write_tuning
from .scores import draw, rounded


def tune(settings: Settings) -> Tuning:
    """Ask the dev questions, choose, and write reports/tuning.json and its figure.

    Raises:
        BenchmarkError: the benchmark cannot be used.
        StaleIndex: there is no index of these settings.
        Unavailable: the database or a model server does not answer.
    """
    watch = Watch()
    assistant = make_assistant(settings)
    benchmark = load(settings, documents_of(assistant.store))
    cases = ask_all(assistant, benchmark.split("dev"), benchmark, settings)
    return record(cases, benchmark.data_sha256, settings, watch)


def record(cases: Sequence[Case], data_sha256: str, settings: Settings, watch: Watch) -> Tuning:
    """What the dev questions say, written to reports/."""
    confidence, answerable = confidences(cases)
    choice = threshold.choose(confidence, answerable)
    weights = draw(len(cases), settings.evaluation.seed, settings.evaluation.resamples)
    low, high = bootstrap.interval(threshold.resampled(confidence, answerable, weights))
    answered, refused = threshold.shares(confidence, answerable, choice.threshold)
    tuning = Tuning(
        run=describe_run(
            "python -m assistant tune",
            watch,
            seed=settings.evaluation.seed,
            data_sha256=data_sha256,
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
    )
    write_tuning(tuning)
    save({"tuning": draw_tuning(confidence, answerable, tuning, settings.answering.abstain_below)})
    return tuning


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


def summary(tuning: Tuning, used: float) -> str:
    """The finding, for a terminal."""
    lines = [
        f"On {tuning.answerable + tuning.unanswerable} dev questions, abstain_below = {tuning.threshold:g} answers "
        f"{tuning.answered:.0%} of the answerable and refuses {tuning.refused:.0%} of the others.",
        f"Any value above {tuning.good_from:.4g} and up to {tuning.good_to:.4g} does the same.",
    ]
    if tuning.good_from < used <= tuning.good_to:
        lines.append(f"settings.toml has {used:g}: nothing to change.")
    else:
        lines.append(f"settings.toml has {used:g}: set [answering] abstain_below = {tuning.threshold:g}.")
    return "\n".join(lines)
