"""Ask each question once through the served assistant, and collect what is needed to judge the answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..answering.assistant import Assistant
from ..answering.base import Answer
from ..bootstrap import Array
from ..passages import Chunk, Document
from ..retrieval.search import Retriever
from ..settings import Settings
from ..stores.base import Store
from . import answers
from .benchmark import Benchmark, Question
from .evidence import Passage, first_ranks
from .ranking import DEPTH
from .scores import rank_scores


@dataclass(frozen=True)
class Case:
    """A question, its answer, and all candidates that were ranked for it."""

    question: Question
    passages: tuple[Passage, ...]
    answer: Answer
    ranked: tuple[Chunk, ...]
    milliseconds: float  # from the question to the whole answer

    @cached_property
    def ranks(self) -> list[int | None]:
        """The rank of each piece of evidence among the candidates."""
        return first_ranks(self.passages, self.ranked)


def documents_of(store: Store) -> list[Document]:
    """Every indexed document with its text."""
    found = (store.document(one.id) for one in store.documents())
    return [document for document in found if document is not None]


def rank_all(
    retriever: Retriever, questions: Sequence[Question], benchmark: Benchmark, depth: int
) -> list[list[int | None]]:
    """For each question the ranks of its evidence among the first `depth` passages; none if it has no evidence."""
    found: list[list[int | None]] = []
    for one in questions:
        hits = retriever.search(one.question, k=depth) if one.evidence else []
        found.append(first_ranks(benchmark.passages[one.id], [hit.chunk for hit in hits]))
    return found


def ask_all(
    assistant: Assistant, questions: Sequence[Question], benchmark: Benchmark, settings: Settings
) -> list[Case]:
    """Ask every question, one after the other.

    Raises:
        Unavailable: the database or a model server does not answer.
    """
    depth = depth_of(settings)
    found = []
    for question in questions:
        started = time.perf_counter()
        answer = assistant.ask(question.question)
        milliseconds = (time.perf_counter() - started) * 1000
        ranked = tuple(hit.chunk for hit in assistant.retriever.search(question.question, k=depth))
        found.append(Case(question, benchmark.passages[question.id], answer, ranked, milliseconds))
    return found


def depth_of(settings: Settings) -> int:
    """How many passages are looked at: all candidates, and enough for the scores."""
    return max(DEPTH, settings.retrieval.candidates)


def score(cases: Sequence[Case]) -> dict[str, Array]:
    """Every score of every case, in the order in which they are reported."""
    judged = {
        "abstention_precision": [answers.abstention_precision(one.question, one.answer) for one in cases],
        "abstention_recall": [answers.abstention_recall(one.question, one.answer) for one in cases],
        "answer_rate": [answers.answer_rate(one.question, one.answer) for one in cases],
        "answer_containment": [answers.answer_containment(one.question, one.answer) for one in cases],
        "citation_precision": [answers.citation_precision(one.question, one.answer, one.passages) for one in cases],
    }
    arrays = {name: np.array(values, dtype=np.float64) for name, values in judged.items()}
    return rank_scores([one.ranks for one in cases]) | arrays
