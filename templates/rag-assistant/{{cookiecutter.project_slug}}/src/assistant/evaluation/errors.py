"""What went wrong with a question, named after the first step that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..passages import Chunk
from . import answers
from .cases import Case

RIGHT = "right"
NOT_RETRIEVED = "not retrieved"
NOT_RANKED = "retrieved, not ranked"
NOT_ANSWERED = "ranked, not answered"
WRONGLY_ABSTAINED = "wrongly abstained"
WRONGLY_ANSWERED = "wrongly answered"

COLUMNS = ("id", "failure", "type", "question", "expected", "rank", "came first", "confidence", "answer")

MEANING = {
    RIGHT: "a right answer, or a refusal of what the documents do not answer",
    NOT_RETRIEVED: "no candidate holds the evidence",
    NOT_RANKED: "a candidate holds it, and it is not among the passages that are kept",
    NOT_ANSWERED: "a kept passage holds it, and the answer says something else",
    WRONGLY_ABSTAINED: "a kept passage holds it, and the question was refused",
    WRONGLY_ANSWERED: "the documents do not answer it, and it was answered",
}


def classify(case: Case, top_k: int) -> str:
    """The name of the failure, or `RIGHT`."""
    if not case.question.answerable:
        return RIGHT if case.answer.abstained else WRONGLY_ANSWERED
    if answers.contains(case.answer, case.question.answers):
        return RIGHT
    best = best_rank(case)
    if best is None:
        return NOT_RETRIEVED
    if best > top_k:
        return NOT_RANKED
    return WRONGLY_ABSTAINED if case.answer.abstained else NOT_ANSWERED


def count(cases: Sequence[Case], top_k: int) -> dict[str, int]:
    """How many questions ended in each way."""
    found = [classify(case, top_k) for case in cases]
    return {name: found.count(name) for name in MEANING}


def worst(cases: Sequence[Case], top_k: int) -> list[Case]:
    """The failures, worst first: what was said with confidence and is wrong, before what was refused."""
    failed = [case for case in cases if classify(case, top_k) != RIGHT]
    return sorted(failed, key=lambda one: (one.answer.abstained, -one.answer.confidence, one.question.id))


def rows(cases: Sequence[Case], top_k: int) -> Iterator[dict[str, str]]:
    """The lines of errors.csv."""
    for case in worst(cases, top_k):
        rank = best_rank(case)
        values = (
            case.question.id,
            classify(case, top_k),
            case.question.type,
            case.question.question,
            "; ".join(f"{one.document} § {one.section}" for one in case.question.evidence),
            "" if rank is None else str(rank),
            named(case.ranked[0]) if case.ranked else "",
            f"{case.answer.confidence:.4g}",
            case.answer.text,
        )
        yield dict(zip(COLUMNS, values, strict=True))


def best_rank(case: Case) -> int | None:
    """The rank of the first candidate with any of the evidence."""
    return min((rank for rank in case.ranks if rank is not None), default=None)


def named(chunk: Chunk) -> str:
    """A passage as a reader finds it: the document and its innermost heading."""
    return f"{chunk.document} § {chunk.section[-1]}" if chunk.section else chunk.document
