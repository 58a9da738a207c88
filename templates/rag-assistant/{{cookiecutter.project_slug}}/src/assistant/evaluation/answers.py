"""The scores of answers, for each question. NaN means that a score does not apply to the question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..answering.base import Answer, Citation
from .benchmark import Question
from .evidence import Passage

NOT_APPLICABLE = float("nan")

_CITED = re.compile(r"\s\[\d+\](?!\w)")
_MARKUP = re.compile(r"[`*\\]")


def abstention_precision(question: Question, answer: Answer) -> float:
    """The share of the refusals that were right."""
    return float(not question.answerable) if answer.abstained else NOT_APPLICABLE


def abstention_recall(question: Question, answer: Answer) -> float:
    """The share of the unanswerable questions that were refused."""
    return NOT_APPLICABLE if question.answerable else float(answer.abstained)


def answer_rate(question: Question, answer: Answer) -> float:
    """The share of the answerable questions that got an answer, right or wrong."""
    return float(not answer.abstained) if question.answerable else NOT_APPLICABLE


def answer_containment(question: Question, answer: Answer) -> float:
    """The share of the answerable questions whose answer contains one of the benchmark's answers."""
    return float(contains(answer, question.answers)) if question.answerable else NOT_APPLICABLE


def citation_precision(question: Question, answer: Answer, passages: Sequence[Passage]) -> float:
    """Share of an answer's citations that share text with the evidence."""
    if not question.answerable or answer.abstained or not answer.citations:
        return NOT_APPLICABLE
    return sum(supports(one, passages) for one in answer.citations) / len(answer.citations)


def contains(answer: Answer, spans: Sequence[str]) -> bool:
    """Whether one of `spans` is in the answer as whole words, ignoring case, white space, markup and citations."""
    text = normalised(answer.text)
    return not answer.abstained and any(_whole(normalised(span)).search(text) for span in spans)


def supports(citation: Citation, passages: Sequence[Passage]) -> bool:
    """Whether the quoted passage overlaps a piece of the evidence."""
    return any(
        citation.document == passage.document
        and citation.span.start < passage.span.end
        and passage.span.start < citation.span.end
        for passage in passages
    )


def normalised(text: str) -> str:
    return " ".join(_MARKUP.sub("", _CITED.sub(" ", text)).casefold().split())


def _whole(span: str) -> re.Pattern[str]:
    """The span where it does not begin or end within a word."""
    before, after = (r"\b" if span[end].isalnum() or span[end] == "_" else "" for end in (0, -1))
    return re.compile(f"{before}{re.escape(span)}{after}")
