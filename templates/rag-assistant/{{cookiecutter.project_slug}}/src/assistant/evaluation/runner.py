"""Measure the served assistant on questions that were not used for tuning. Read `evaluate` from top to bottom.

Answers come through the `Assistant` that serves, over the index that `make ingest` made. Intervals and p-values follow
from the seed, so two runs differ in nothing but how long they took.
"""

import hashlib
import os
import shutil
import subprocess  # git only, with fixed arguments
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ..answering.assistant import Assistant
from ..bootstrap import Array
from ..reporting import experiments, run
from ..reporting.metrics import Baseline, Gate, Metric, Slice
from ..settings import Settings, SettingsError
from ..wiring import open_assistant
from . import ablation, paid, results
from .benchmark import SUMS, Benchmark, load
from .cases import GATED, MEANING, Case, ask, documents_of, judge, quoting, searching
from .rivals import QUOTED, alone, counts
from .scoring import BM25, EvaluationReport, describe, metrics

LEAST_OF_SLICE = 5  # questions
SLICED = ("answer_containment", "abstention_recall")  # beside the headline


def evaluate(settings: Settings, yes: bool = False) -> EvaluationReport | None:
    """Measure, and write `reports/`; None if the benchmark has not enough questions, which is printed.

    Args:
        settings: of the served assistant.
        yes: whether a language model may be asked, which may cost money; otherwise a person is asked.

    Raises:
        BenchmarkError: the benchmark cannot be used.
        StaleIndex: there is no index of these settings.
        Unavailable: the database or a model server does not answer.
        SettingsError: a gate names what is not measured.
        SystemExit: a person said no; exit code 130.
    """
    started = datetime.now(UTC)
    if unknown := settings.gates.keys() - set(GATED):
        raise SettingsError(f"settings.toml: [gates] has {', '.join(unknown)}; choose from {', '.join(GATED)}")
    with open_assistant(settings) as assistant:
        return measure(assistant, started, yes=yes)


def measure(assistant: Assistant, started: datetime, *, yes: bool) -> EvaluationReport | None:
    """Measure an open assistant on its benchmark and write reports/."""
    settings = assistant.settings
    documents = documents_of(assistant.index.store)
    benchmark = load(settings, documents)
    for reason in benchmark.unplaced:
        print(f"Not asked: {reason}", file=sys.stderr)
    data = describe(documents, assistant.index.store, benchmark)
    if data["unmeasured"]:
        results.withdraw(data)
        return None
    dev, test, quoted = answers(assistant, benchmark, yes)
    report = judged(assistant, benchmark, dev, test, quoted, started)
    results.write(report, data, dev, test, settings)
    return report


def answers(assistant: Assistant, benchmark: Benchmark, yes: bool) -> tuple[list[Case], list[Case], list[Case]]:
    """The dev questions, the test questions, and the test questions without a language model, all of them asked.

    A language model gets no dev question: they show how sure the search is, which does not depend on it. If there is
    none, the second and the third list are the same object.
    """
    dev, quoted = (list(ask(quoting(assistant), benchmark.split(split), benchmark)) for split in ("dev", "test"))
    if not os.environ.get("ASSISTANT_LLM_URL"):
        return dev, quoted, quoted
    paid.agree(quoted, assistant.settings.answering, yes=yes)
    return dev, list(ask(assistant, benchmark.split("test"), benchmark)), quoted


def judged(
    assistant: Assistant,
    benchmark: Benchmark,
    dev: Sequence[Case],
    test: Sequence[Case],
    quoted: Sequence[Case],
    started: datetime,
) -> EvaluationReport:
    """Score the answers, compare them with what could be served instead, and check the gates."""
    settings, chosen = assistant.settings, assistant.settings.evaluation
    seed, headline = chosen.seed, chosen.headline
    scores, found = judge(test), ablation.search(assistant, benchmark)
    threshold, plain = alone(assistant, benchmark)
    longer = list(ask(quoting(searching(assistant), 3), benchmark.split("test"), benchmark))
    rivals = {BM25: judge(plain)} | ({} if quoted is test else {"quotation": judge(quoted)})
    measured = metrics(scores, seed)
    gates = check(settings.gates, measured)
    outcomes = Counter(case.failure(settings.retrieval.top_k) for case in test)
    return EvaluationReport(
        task="question-answering",
        run=run.describe_run(
            "python -m assistant evaluate",
            started,
            seed=seed,
            data_sha256=benchmark.data_sha256,
            rows=len(benchmark.questions),
        ),
        metrics=measured,
        baseline=[Baseline(model=name, **one.model_dump()) for name in rivals for one in metrics(rivals[name], seed)],
        slices=list(slices(test, scores, benchmark, settings)),
        gates=gates,
        model=ablation.named(settings.retrieval),
        embedder=assistant.index.embedder.name,
        answerer=next((case.answer.model for case in test if case.answer.usage), "quotation"),
        changed=changed(settings),
        headline=headline,
        difference=ablation.compare(scores[headline], {BM25: rivals[BM25][headline]}, settings),
        ablation=ablation.table(found, settings),
        dev={one.name: one.value for one in metrics(judge(dev), seed)},
        unchecked=[name for name in settings.gates if name not in {gate.metric for gate in gates}],
        errors={name: outcomes[name] for name in MEANING},
        counts={"served": counts(test), BM25: counts(plain)},
        bm25_threshold=threshold,
        quoted={
            str(passages): metrics({name: judge(cases)[name] for name in QUOTED}, seed)
            for passages, cases in ((1, quoted), (3, longer))
        },
        looks=looks(assistant, benchmark),
    )


def looks(assistant: Assistant, benchmark: Benchmark) -> list[str]:
    """The versions that were ever measured on these test questions, as far as anybody wrote it down."""
    before = assistant.settings.evaluation.looked_before.get(benchmark.data_sha256, [])
    return list(dict.fromkeys([*before, *experiments.looked(version(assistant), benchmark.data_sha256)]))


def version(assistant: Assistant) -> str:
    """What tells one served assistant from another: its embedder, and the settings that its answers depend on."""
    chosen = assistant.settings.model_dump_json(include={"chunking", "retrieval", "answering"})
    return hashlib.sha256(f"{assistant.index.embedder.name} {chosen}".encode()).hexdigest()[:12]


def check(gates: Mapping[str, float], measured: Sequence[Metric]) -> list[Gate]:
    """Each gate whose metric was measured; without a question of its kind, one is not."""
    values = {one.name: one.value for one in measured}
    return [
        Gate(metric=name, threshold=least, passed=values[name] >= least, value=values[name])
        for name, least in gates.items()
        if name in values
    ]


def slices(
    test: Sequence[Case], judged: Mapping[str, Array], benchmark: Benchmark, settings: Settings
) -> Iterator[Slice]:
    """Scores by type of question, then by kind of document, where there are enough questions."""
    kinds = [benchmark.kinds.get(case.question.id) for case in test]
    labels = [
        (f"type = {case.question.type}", kind and f"kind = {kind}") for case, kind in zip(test, kinds, strict=True)
    ]
    counts = Counter(name for pair in labels for name in pair if name)
    for name in sorted(counts, key=lambda name: (name.startswith("kind"), name)):
        if counts[name] >= LEAST_OF_SLICE:
            chosen = np.array([name in pair for pair in labels])
            part = {one: np.where(chosen, judged[one], np.nan) for one in (settings.evaluation.headline, *SLICED)}
            for one in metrics(part, settings.evaluation.seed):
                yield Slice(name=name, n=counts[name], metric=one.name, value=one.value, ci95=one.ci95)


def changed(settings: Settings) -> bool:
    """Whether the commit that is checked out, if there is one, lacks settings, code or data as they were measured.

    Data that git ignores, or that lie outside the repository, are in no commit.
    """
    benchmark = Path(settings.evaluation.benchmark).resolve()
    data = [str(one) for one in (Path(settings.corpus.folder).resolve(), benchmark, benchmark.with_name(SUMS))]
    status = [shutil.which("git") or "false", "status", "--porcelain", "--untracked-files=all"]
    commands = [*status, "--", "settings.toml", "src"], [*status, "--ignored", "--", *data]
    found = [subprocess.run(command, capture_output=True, check=False) for command in commands]  # noqa: S603
    return run.commit() is not None and any(one.returncode or one.stdout for one in found)
