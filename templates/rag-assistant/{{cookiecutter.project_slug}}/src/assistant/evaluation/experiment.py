"""Measure changed settings beside the served ones, on the dev questions alone. Read `measure`.

A change is experiments/NAME.toml, with other `[retrieval]` or `[answering]`. The test questions are for a winner: adopt
it in settings.toml, then `make evaluate`.
"""

from pathlib import Path
from statistics import median

import numpy as np

from ..answering.quotation import Quotation
from ..reporting import experiments
from ..reporting.experiments import ExperimentError
from ..settings import Settings, checked
from ..wiring import assemble, open_assistant
from .benchmark import load
from .cases import Case, ask, documents_of, judge
from .scoring import metrics

FREE = ("retrieval", "answering")  # what may change: another index, other documents and questions make other tests
RIGHT = "rightly answered or refused"


def measure(name: str, settings: Settings) -> Path:
    """Measure an experiment, and return its decision record. No language model is asked.

    Raises:
        ExperimentError, AssistantError, ReportError: it cannot be measured; then nothing is written.
    """
    path = experiments.find(name)
    new = checked(experiments.changed(settings.model_dump(exclude_unset=True), path), path)
    if new == settings or new.model_copy(update={one: getattr(settings, one) for one in FREE}) != settings:
        raise ExperimentError(f"{path} must change [retrieval] or [answering], and nothing else")
    with open_assistant(settings) as assistant:
        benchmark = load(settings, documents_of(assistant.index.store))
        sides = [assemble(one, assistant.index, Quotation(one.answering)) for one in (settings, new)]
        served, tried = (list(ask(one, benchmark.split("dev"), benchmark)) for one in sides)
    if not any(case.question.answerable for case in served):
        raise ExperimentError("the benchmark has no dev question that the documents answer, so nothing can be measured")
    old, now = scored(served, settings), scored(tried, new)
    seed, headline = settings.evaluation.seed, settings.evaluation.headline
    first = RIGHT if new.retrieval == settings.retrieval else headline
    [gain] = metrics({"gain": now[first] - old[first]}, seed)
    before, after = (metrics({first: scores[first], **scores}, seed) for scores in (old, now))
    means = {one.label: (one.value, other.value) for one, other in zip(before, after, strict=True)}
    times = [median(case.milliseconds for case in cases) for cases in (served, tried)]
    found = {
        "measures": {**means, "milliseconds of an answer": times},
        "gain": gain.value,
        "ci95": gain.ci95,
        "interval": "the interval is a bootstrap interval of the differences, question by question",
        "measured_on": f"{len(served)} dev questions",
        "data_sha256": benchmark.data_sha256,
    }
    return experiments.record(path, found)


def scored(cases: list[Case], settings: Settings) -> dict[str, np.ndarray]:
    """The headline score and the share of right outcomes, [questions]."""
    right = [case.failure(settings.retrieval.top_k) == "right" for case in cases]
    headline = settings.evaluation.headline
    return {headline: judge(cases)[headline], RIGHT: np.array(right, dtype=np.float64)}
