"""Measure the served assistant on questions that were not used for tuning. Read `evaluate` from top to bottom.

    load -> ask the dev questions (tuning) -> ask the test questions -> the same without embeddings
    -> every other configuration, in memory -> gates -> write

The served index is the one that `make ingest` made, and answers come through the `Assistant` that serves. Every
choice is read off the dev questions; intervals and p-values follow from the seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ..answering.assistant import Assistant
from ..reporting.markdown import estimate
from ..reporting.metrics import Baseline, Gate, Metric, Slice
from ..reporting.run import describe_run
from ..retrieval.search import Retriever
from ..settings import Evaluation as EvaluationSettings
from ..settings import Settings, SettingsError
from ..wiring import make_assistant
from . import ablation, errors, scores, tuning
from .benchmark import Benchmark, Question, load
from .cases import Case, ask_all, depth_of, documents_of, rank_all, score
from .output import write
from .permutation import p_values
from .ranking import Ranks
from .record import BM25, Asked, Comparison, Configuration, Corpus, Measured

TASK = "question-answering"
LEAST = 5  # questions of a slice
SLICED = ("answer_containment", "abstention_recall")  # beside the headline
LEVEL = 0.05  # of the test that the served configuration must pass


def evaluate(settings: Settings) -> Measured:
    """Measure, and write `reports/`.

    Raises:
        BenchmarkError: the benchmark cannot be used.
        StaleIndex: there is no index of these settings.
        Unavailable: the database or a model server does not answer.
        SettingsError: a gate names a metric that is not measured.
    """
    with TemporaryDirectory() as folder:
        # With an empty cache every question is new, as most are to the service: that is what is timed.
        return _evaluate(make_assistant(settings, cache=Path(folder) / "embeddings.db"), settings)


def _evaluate(assistant: Assistant, settings: Settings) -> Measured:
    started = datetime.now(UTC)
    documents = documents_of(assistant.store)
    benchmark = load(settings, documents)

    dev = ask_all(assistant, benchmark.split("dev"), benchmark, settings)
    tuned = tuning.record(assistant, dev, benchmark, started)
    test = ask_all(assistant, benchmark.split("test"), benchmark, settings)

    judged = score(test)
    seed = settings.evaluation.seed
    measured = [*scores.metrics(judged, seed), *latency(test)]
    rivals = rank_rivals(assistant, benchmark, settings)
    versus = compare(judged, scores.rank_scores(rivals[BM25]), settings)
    searched = list(ablation.search_all(documents, benchmark, settings))
    report = Measured(
        task=TASK,
        run=describe_run(
            "python -m assistant evaluate",
            started,
            seed=seed,
            data_sha256=benchmark.data_sha256,
            rows=len(benchmark.questions),
        ),
        metrics=measured,
        baseline=[
            Baseline(model=BM25, **metric.model_dump())
            for metric in scores.metrics(scores.rank_scores(rivals[BM25]), seed)
        ],
        slices=list(measure_slices(test, judged, benchmark, settings.evaluation)),
        gates=check_gates(measured, versus, settings),
        model=str(Configuration.of(settings)),
        headline=settings.evaluation.headline,
        embedder=assistant.embedder.name,
        answerer=test[0].answer.model,
        corpus=describe_corpus(assistant, settings),
        questions=[describe_questions(name, benchmark.split(name)) for name in ("dev", "test")],
        difference=versus,
        ablation=ablation.judge(searched, settings),
        abstention=tuning.compare(tuned, dev, settings),
        errors=errors.count(test, settings.retrieval.top_k),
    )
    write(report, dev, test, judged, rivals, settings)
    return report


def rank_rivals(assistant: Assistant, benchmark: Benchmark, settings: Settings) -> dict[str, list[Ranks]]:
    """The test questions' evidence as the served index ranks it by words alone, and by embeddings alone."""
    found: dict[str, list[Ranks]] = {}
    for name, method in (("embeddings alone", "dense"), (BM25, "bm25")):
        alone = settings.retrieval.model_copy(update={"method": method, "rerank": "none"})
        retriever = Retriever(assistant.store, assistant.embedder, alone)
        found[name] = [*rank_all(retriever, benchmark.split("test"), benchmark, depth_of(settings))]
    return found


def latency(test: Sequence[Case]) -> Iterator[Metric]:
    """Quantiles of the time for one whole answer, in milliseconds."""
    taken = [case.milliseconds for case in test]
    for name, share in (("latency_p50_ms", 0.5), ("latency_p95_ms", 0.95)):
        value = scores.rounded(float(np.quantile(taken, share)))
        yield Metric(name=name, label=scores.label(name), value=value, higher_is_better=False)


def compare(served: scores.Scores, rival: scores.Scores, settings: Settings) -> list[Comparison]:
    """The served configuration's headline score against BM25's, question by question.

    It is one comparison, planned before any number was known, so its p-value needs no adjustment.
    """
    headline = settings.evaluation.headline
    difference = served[headline] - rival[headline]
    known = difference[~np.isnan(difference)][None, :]
    p = scores.rounded(float(p_values(known, settings.evaluation.permutations, settings.evaluation.seed)[0]))
    (ci95,) = scores.intervals([difference], settings.evaluation.seed)
    return [Comparison(metric=headline, versus=BM25, value=scores.value_of(difference), ci95=ci95, p=p, adjusted=p)]


def measure_slices(
    test: Sequence[Case], judged: scores.Scores, benchmark: Benchmark, settings: EvaluationSettings
) -> Iterator[Slice]:
    """Scores by type of question and by kind of document, where there are enough questions."""
    labels: dict[str, list[str | None]] = {
        "type": [case.question.type for case in test],
        "kind": [benchmark.kinds.get(case.question.id) for case in test],
    }
    for column, values in labels.items():
        for value in sorted({one for one in values if one is not None}):
            chosen = np.array([one == value for one in values])
            if chosen.sum() < LEAST:
                continue
            part = {name: np.where(chosen, judged[name], np.nan) for name in (settings.headline, *SLICED)}
            for metric in scores.metrics(part, settings.seed):
                yield Slice(
                    name=f"{column} = {value}",
                    n=int(chosen.sum()),
                    metric=metric.name,
                    value=metric.value,
                    ci95=metric.ci95,
                )


def check_gates(measured: Sequence[Metric], versus: Sequence[Comparison], settings: Settings) -> list[Gate]:
    """Check the bounds in the settings, and that the headline score is clearly better than BM25 alone.

    Raises:
        SettingsError: a gate names a metric that is not measured.
    """
    values = {metric.name: metric.value for metric in measured}
    found = []
    for gate in settings.gates:
        if gate.metric not in values:
            raise SettingsError(f"gates: {gate.metric!r} is not measured; choose from {', '.join(values)}")
        value = values[gate.metric]
        if gate.min is not None:
            found.append(Gate(metric=gate.metric, threshold=gate.min, passed=value >= gate.min, value=value))
        if gate.max is not None:
            passed = value <= gate.max
            found.append(Gate(metric=gate.metric, threshold=gate.max, passed=passed, value=value, bound="max"))
    for one in versus:
        name = f"{scores.label(one.metric)} gain over {one.versus}"
        found.append(Gate(metric=name, threshold=0, passed=one.value > 0, value=one.value))
        passed = one.p < LEVEL
        found.append(Gate(metric=f"p-value of the {name}", threshold=LEVEL, passed=passed, value=one.p, bound="max"))
    return found


def describe_corpus(assistant: Assistant, settings: Settings) -> Corpus:
    listed = assistant.store.documents()
    kinds = [one.metadata.get("kind", "other") for one in listed]
    texts = [document.text for document in documents_of(assistant.store)]
    return Corpus(
        title=settings.corpus.title,
        documents=len(listed),
        chunks=sum(one.chunks for one in listed),
        characters=sum(map(len, texts)),
        kinds={kind: kinds.count(kind) for kind in sorted(set(kinds))},
    )


def describe_questions(split: str, questions: Sequence[Question]) -> Asked:
    types = [one.type for one in questions]
    return Asked(
        split=split,
        questions=len(questions),
        answerable=sum(one.answerable for one in questions),
        types={kind: types.count(kind) for kind in sorted(set(types))},
    )


def summary(report: Measured) -> str:
    """The scores, for a terminal."""
    lines = (f"  {one.name:<22} {estimate(one.value, one.ci95)}" for one in report.metrics)
    (versus,) = report.difference
    gain = (
        f"  Gain over {versus.versus} in {report.headline}: {estimate(versus.value, versus.ci95)}, p = {versus.p:.4f}."
    )
    return "\n".join(["Scores on the test questions, with 95% intervals:", *lines, gain])
