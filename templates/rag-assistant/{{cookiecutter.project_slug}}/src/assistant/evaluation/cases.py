"""Ask each question once through the served assistant, and score the answer. NaN: a score does not apply."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from ..answering.assistant import Assistant
from ..answering.base import Answer
from ..answering.quotation import Quotation
from ..bootstrap import Array
from ..embedding.base import Vectors
from ..passages import Chunk, Document
from ..retrieval.search import Retriever
from ..stores.base import Index, Store
from . import ranking
from .benchmark import Benchmark, Question
from .evidence import Passage, covers, first_ranks

RANKING: dict[str, Callable[[ranking.Ranks], float]] = {
    "ndcg_at_10": ranking.ndcg,
    "recall_at_5": lambda ranks: ranking.recall(ranks, 5),
    "recall_at_10": lambda ranks: ranking.recall(ranks, 10),
    "mrr_at_10": ranking.reciprocal_rank,
}
GATED = (
    *RANKING,
    *("abstention_precision", "abstention_recall", "answer_rate", "answer_containment", "answer_precision"),
    "citation_precision",
)
SCORES = (*GATED, "words_shown")
MEANING = {
    "right": "the expected words are shown, or a question that the documents do not answer is refused",
    "not retrieved": "no candidate holds the evidence",
    "retrieved, not ranked": "a candidate holds it, and it is not among the passages that are kept",
    "ranked, not shown": "a kept passage holds it, and the expected words are not in what is shown",
    "wrongly abstained": "a kept passage holds it, and the question was refused",
    "not refused": "the documents do not answer it, and it was not refused",
}

_CITED = re.compile(r"\s\[\d+\](?!\w)")
_MARKUP = re.compile(r"[`*\\]")


@dataclass(frozen=True)
class Case:
    """A question, its answer, and where its evidence is among all candidates that were ranked for it."""

    question: Question
    passages: Sequence[Sequence[Passage]]  # all places of each piece of evidence
    answer: Answer
    ranks: list[int | None]  # of each piece of evidence among the candidates
    first: str  # the first candidate's document and innermost heading
    milliseconds: float  # from the question to the whole answer

    @property
    def right(self) -> bool:
        """One of the expected answers is shown, as whole words, ignoring case, white space, markup and citations."""
        return not self.answer.abstained and shows(self.answer.text, self.question.answers)

    def scores(self) -> dict[str, float]:
        """Every one of `SCORES`; NaN where it does not apply."""
        answer, answerable = self.answer, self.question.answerable
        cited = [Chunk(a.chunk, a.document, a.title, a.section, a.span, a.quote, ()) for a in answer.citations]
        right = [passage for places in self.passages for passage in places]
        support = [any(covers(chunk, passage) for passage in right) for chunk in cited]
        return {name: score(self.ranks) if answerable else np.nan for name, score in RANKING.items()} | {
            "abstention_precision": float(not answerable) if answer.abstained else np.nan,
            "abstention_recall": np.nan if answerable else float(answer.abstained),
            "answer_rate": float(not answer.abstained) if answerable else np.nan,
            "answer_containment": float(self.right) if answerable else np.nan,
            "answer_precision": np.nan if answer.abstained else float(self.right),
            "citation_precision": sum(support) / len(support) if support else np.nan,
            "words_shown": np.nan if answer.abstained else float(len(_CITED.sub(" ", answer.text).split())),
        }

    def failure(self, top_k: int) -> str:
        """The first step that failed, or "right": a key of `MEANING`."""
        if not self.question.answerable:
            return "right" if self.answer.abstained else "not refused"
        if self.right:
            return "right"
        best = min((rank for rank in self.ranks if rank is not None), default=np.inf)
        if best > top_k:
            return "not retrieved" if best == np.inf else "retrieved, not ranked"
        return "wrongly abstained" if self.answer.abstained else "ranked, not shown"


def shows(text: str, answers: Sequence[str]) -> bool:
    """Whether one of the answers stands in the text."""
    spans = [re.escape(span) for span in map(_plain, answers) if span]
    return any(re.search(rf"(?:\b|(?!\w)){span}(?:\b|(?<!\w))", _plain(text)) for span in spans)


def marks_right(question: Question, answer: Answer) -> bool:
    """Whether a marked sentence shows one of the expected answers."""
    marked = (one.quote[one.mark.start - one.span.start : one.mark.end - one.span.start] for one in answer.citations)
    return any(shows(sentence, question.answers) for sentence in marked)


def documents_of(store: Store) -> list[Document]:
    """Every indexed document with its text and digest."""
    return [document for one in store.documents() if (document := store.document(one.id))]


def quoting(assistant: Assistant, passages: int = 1) -> Assistant:
    """The same assistant without a language model."""
    return replace(assistant, answerer=Quotation(assistant.settings.answering, passages))


def searching(assistant: Assistant, **changes: Any) -> Assistant:
    """The same assistant with other `retrieval` settings, for what is not timed: all embed a question only once."""
    retrieval = assistant.settings.retrieval.model_copy(update=changes)
    settings = assistant.settings.model_copy(update={"retrieval": retrieval})
    retriever = Retriever(assistant.index, retrieval, remembering(assistant.index))
    return replace(assistant, retriever=retriever, settings=settings)


@cache
def remembering(index: Index) -> Callable[..., Vectors]:
    """The `embed` of its embedder, which computes the vectors of a text only once."""
    return cache(index.embedder.embed)


def ask(assistant: Assistant, questions: Sequence[Question], benchmark: Benchmark) -> Iterator[Case]:
    """Ask every question, one after the other.

    Raises:
        Unavailable: the database or a model server does not answer.
    """
    retrieval, untimed = assistant.settings.retrieval, searching(assistant)
    for one in questions:
        started = time.perf_counter()
        answer = assistant.ask(one.question)
        milliseconds = (time.perf_counter() - started) * 1000
        hits = untimed.search(one.question, k=max(retrieval.candidates, retrieval.top_k))
        passages, ranked = benchmark.passages[one.id], [hit.chunk for hit in hits]
        first = " § ".join([ranked[0].document, *ranked[0].section[-1:]]) if ranked else ""
        yield Case(one, passages, answer, first_ranks(passages, ranked), first, milliseconds)


def rank(assistant: Assistant, questions: Sequence[Question], benchmark: Benchmark) -> dict[str, Array]:
    """The ranking scores of every question, [questions]; NaN for one without evidence."""
    found = {name: np.full(len(questions), np.nan) for name in RANKING}
    for place, one in enumerate(questions):
        if one.evidence:
            chunks = [hit.chunk for hit in assistant.search(one.question, k=ranking.DEPTH)]
            for name, score in RANKING.items():
                found[name][place] = score(first_ranks(benchmark.passages[one.id], chunks))
    return found


def judge(cases: Sequence[Case]) -> dict[str, Array]:
    """Each of `SCORES`, [cases]."""
    rows = [case.scores() for case in cases]
    return {name: np.array([row[name] for row in rows]) for name in SCORES}


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub("", _CITED.sub(" ", text)).casefold().split())
