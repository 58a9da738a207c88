"""What the served assistant is compared with, from end to end: BM25 alone, and how much is quoted."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..answering.assistant import Assistant
from ..answering.quotation import Quotation
from .benchmark import Benchmark, unfitted
from .cases import Case, ask, quoting, searching
from .tuning import choose

QUOTED = ("answer_containment", "answer_precision", "citation_precision", "words_shown")  # depend on how much is quoted


def alone(assistant: Assistant, benchmark: Benchmark) -> tuple[float, list[Case]]:
    """The test questions with BM25 alone as the search, quoting, and the threshold that it refuses below.

    The threshold is fitted on the dev questions, as `make tune` does; with too few of them it is the served one.
    """
    bm25 = quoting(searching(assistant, method="bm25", rerank="none"))
    dev = list(ask(bm25, benchmark.split("dev"), benchmark))
    threshold = assistant.settings.answering.abstain_below
    if not unfitted(case.question for case in dev):
        confidence, answerable = zip(*((case.answer.confidence, case.question.answerable) for case in dev), strict=True)
        threshold = choose(np.array(confidence), np.array(answerable))
    answering = assistant.settings.answering.model_copy(update={"abstain_below": threshold})
    return threshold, list(ask(replace(bm25, answerer=Quotation(answering)), benchmark.split("test"), benchmark))


def counts(cases: Sequence[Case]) -> dict[str, int]:
    """How many answers were shown and hold the expected words, and how many refusals there were and were wrong."""
    refused = [case for case in cases if case.answer.abstained]
    return {
        "shown": len(cases) - len(refused),
        "right": sum(case.right for case in cases),
        "refused": len(refused),
        "wrongly": sum(case.question.answerable for case in refused),
    }
