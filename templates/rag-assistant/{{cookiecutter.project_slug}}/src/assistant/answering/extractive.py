"""Answers that consist of sentences from the documents, so that nothing is made up."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..embedding.base import Embedder, Vectors
from ..hits import Hit
from ..passages import Span
from ..retrieval.rerank import maximal_marginal_relevance
from ..settings import Answering
from ..stores.base import Store
from .base import REFUSAL, Answer, Citation
from .evidence import Evidence, EvidenceFinder, Sentence
from .words import asked_words, coverage

# What makes a sentence relevant, in shares; found on the dev questions.
COSINE, WORDS, PASSAGE = 0.6, 0.2, 0.2
NEIGHBOUR = 0.2  # a sentence is worth more beside a relevant one
NEAR_THE_BEST = 0.75  # of the best sentence's relevance; what is less relevant only makes the answer longer
BESIDE = 2  # characters between neighbours at most: an empty line
HEADING = re.compile(r"#{1,6}\s")  # a sentence only where a passage has no other
# These send the reader elsewhere and say nothing themselves.
POINTER = re.compile(
    r"(?:see|refer to)\b|for (?:more|further|additional|details|information)\b[^.]*\b(?:see|refer)\b", re.IGNORECASE
)
PARAGRAPH = "\n\n"
FENCES = ("`" * 3, "~" * 3)
CODE = re.compile(r"\s*(`{3}|~{3})| {4}")
# These lean on the sentence before them.
LEANING = re.compile(
    r"(?:it|its|this|that|these|those|they|such|otherwise|however|therefore|then|thus|also|instead|if so|if not)\b",
    re.IGNORECASE,
)


class Quotation(NamedTuple):
    """Part of a passage."""

    hit: int
    span: Span


class Extractive:
    """Quotes the sentences nearest to the question, with a citation behind each quotation."""

    def __init__(self, settings: Answering, store: Store, embedder: Embedder) -> None:
        self._settings = settings
        self._finder = EvidenceFinder(store, embedder)

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Answer]:
        """The quotations one by one, then the answer.

        Raises:
            Unavailable: the database or the embedding server does not answer.
        """
        evidence = self._finder.find(question, hits)
        confident = evidence.confidence >= self._settings.abstain_below
        citations = self._citations(question, evidence, hits) if confident else ()
        pieces = _pieces(citations) if citations else [REFUSAL]
        yield from pieces
        yield Answer(
            question=question,
            text="".join(pieces),
            citations=citations,
            abstained=not citations,
            confidence=evidence.confidence,
            hits=tuple(hits),
            model="extractive",
        )

    def _citations(self, question: str, evidence: Evidence, hits: Sequence[Hit]) -> tuple[Citation, ...]:
        quotations: list[Quotation] = []
        for sentence in self._chosen(question, evidence, hits):
            _merge(quotations, Quotation(sentence.hit, _in_context(sentence, hits[sentence.hit])), hits)
        return tuple(_citation(number, hits[one.hit], one.span) for number, one in enumerate(quotations, 1))

    def _chosen(self, question: str, evidence: Evidence, hits: Sequence[Hit]) -> list[Sentence]:
        """The most relevant sentences that are not too similar to each other."""
        quotable = [index for index, one in enumerate(evidence.sentences) if _says_something(one.text)]
        if not quotable:
            return []
        sentences = [evidence.sentences[index] for index in quotable]
        relevance = _relevance(question, sentences, hits)
        order = maximal_marginal_relevance(
            relevance, evidence.vectors[quotable], self._settings.mmr_lambda, self._settings.max_sentences
        )
        enough = NEAR_THE_BEST * relevance.max()
        return [sentences[index] for index, _ in order if relevance[index] >= enough]


def _says_something(sentence: str) -> bool:
    return not HEADING.match(sentence) and not POINTER.match(sentence)


def _relevance(question: str, sentences: Sequence[Sentence], hits: Sequence[Hit]) -> Vectors:
    """[sentences]: nearness to the question, its words, the passage's score, and some of the better neighbour's."""
    asked = asked_words(question)
    best = max(hit.score for hit in hits)
    shares = [max(0.0, hit.score / best) if best > 0 else 1.0 for hit in hits]
    alone = [COSINE * one.cosine + WORDS * coverage(asked, [one.text]) + PASSAGE * shares[one.hit] for one in sentences]
    mixed = []
    for index, one in enumerate(sentences):
        beside = [alone[i] for i in (index - 1, index + 1) if 0 <= i < len(alone) and sentences[i].hit == one.hit]
        mixed.append((1 - NEIGHBOUR) * alone[index] + NEIGHBOUR * max(beside, default=alone[index]))
    return np.array(mixed, dtype=np.float32)


def _in_context(sentence: Sentence, hit: Hit) -> Span:
    """The sentence with the context that it needs: code with its introduction, "It ..." with the sentence before."""
    spans, texts = hit.chunk.sentences, hit.chunk.sentence_texts()
    first = last = sentence.index
    if first > 0 and LEANING.match(texts[first]):
        first -= 1
    while first > 0 and CODE.match(texts[first]):
        first -= 1
    if last + 1 < len(texts) and texts[last].endswith(":"):
        last += 1
    return Span(spans[first].start, spans[last].end)


def _merge(quotations: list[Quotation], new: Quotation, hits: Sequence[Hit]) -> None:
    """Add a quotation; merge it with those that it touches or repeats, if one passage contains them all."""
    near = [one for one in quotations if _apart(one, new, hits) <= BESIDE]
    if not near:
        quotations.append(new)
        return
    spans = [new.span, *(one.span for one in near)]
    joined = Span(min(span.start for span in spans), max(span.end for span in spans))
    whole = hits[near[0].hit].chunk.span
    if whole.start <= joined.start and joined.end <= whole.end:
        quotations[quotations.index(near[0])] = Quotation(near[0].hit, joined)
        for one in near[1:]:
            quotations.remove(one)
    elif all(_apart(one, new, hits) >= 0 for one in near):
        quotations.append(new)


def _apart(one: Quotation, other: Quotation, hits: Sequence[Hit]) -> float:
    """Characters between two quotations, negative if they overlap."""
    if hits[one.hit].chunk.document != hits[other.hit].chunk.document:
        return math.inf
    return max(one.span.start, other.span.start) - min(one.span.end, other.span.end)


def _citation(number: int, hit: Hit, span: Span) -> Citation:
    chunk = hit.chunk
    quote = chunk.text[span.start - chunk.span.start : span.end - chunk.span.start]
    return Citation(number, chunk.id, chunk.document, chunk.title, chunk.section, span, quote, hit.score)


def _pieces(citations: Sequence[Citation]) -> list[str]:
    """The quotations as paragraphs, each with its number."""
    pieces: list[str] = []
    for citation in citations:
        quote = citation.quote.strip()
        space = "\n" if quote.endswith(FENCES) else " "  # a number behind a fence would undo the code
        pieces.append(f"{PARAGRAPH if pieces else ''}{quote}{space}[{citation.number}]")
    return pieces
