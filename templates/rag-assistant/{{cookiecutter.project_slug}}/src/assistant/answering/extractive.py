"""Answers made of the documents' own sentences: nothing is written, so nothing is made up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from ..embedding.base import Embedder, Vectors
from ..passages import Hit, Span
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
HEADING = re.compile(r"#{1,6}\s")
CODE = re.compile(r"\s*(`{3}|~{3})| {4}")
# These lean on the sentence before them.
LEANING = re.compile(
    r"(?:it|its|this|that|these|those|they|such|otherwise|however|therefore|then|thus|also|instead|if so|if not)\b",
    re.IGNORECASE,
)


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
        quotations: list[tuple[int, Span]] = []
        for sentence in self._chosen(question, evidence, hits):
            _merge(quotations, sentence.hit, _in_context(sentence, hits[sentence.hit]), hits)
        return tuple(_citation(number, hits[hit], span) for number, (hit, span) in enumerate(quotations, 1))

    def _chosen(self, question: str, evidence: Evidence, hits: Sequence[Hit]) -> list[Sentence]:
        """The most relevant sentences, unlike each other."""
        quotable = [index for index, one in enumerate(evidence.sentences) if not HEADING.match(one.text)]
        if not quotable:
            return []
        sentences = [evidence.sentences[index] for index in quotable]
        relevance = _relevance(question, sentences, hits)
        order = maximal_marginal_relevance(
            relevance, evidence.vectors[quotable], self._settings.mmr_lambda, self._settings.max_sentences
        )
        enough = NEAR_THE_BEST * relevance.max()
        return [sentences[index] for index, _ in order if relevance[index] >= enough]


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
    """The sentence with what it cannot be read without: code with its lead-in, "It ..." with what "it" is."""
    spans, texts = hit.chunk.sentences, hit.chunk.sentence_texts()
    first = last = sentence.index
    while (
        first > 0 and (CODE.match(texts[first]) or LEANING.match(texts[first])) and not HEADING.match(texts[first - 1])
    ):
        first -= 1
        if not CODE.match(texts[first + 1]):
            break
    if texts[last].endswith(":") and last + 1 < len(texts) and not HEADING.match(texts[last + 1]):
        last += 1
    return Span(spans[first].start, spans[last].end)


def _merge(quotations: list[tuple[int, Span]], hit: int, span: Span, hits: Sequence[Hit]) -> None:
    """Add a quotation; one that another touches or repeats becomes part of it."""
    for position, (other, there) in enumerate(quotations):
        same = hits[other].chunk.document == hits[hit].chunk.document
        if same and span.start <= there.end + 2 and there.start <= span.end + 2:
            joined = Span(min(span.start, there.start), max(span.end, there.end))
            whole = hits[other].chunk.span
            if whole.start <= joined.start and joined.end <= whole.end:
                quotations[position] = (other, joined)
            return
    quotations.append((hit, span))


def _citation(number: int, hit: Hit, span: Span) -> Citation:
    chunk = hit.chunk
    quote = chunk.text[span.start - chunk.span.start : span.end - chunk.span.start]
    return Citation(number, chunk.id, chunk.document, chunk.title, chunk.section, span, quote, hit.score)


def _pieces(citations: Sequence[Citation]) -> list[str]:
    """The quotations as running text; one that is a list, a table or code stands alone."""
    pieces: list[str] = []
    for citation in citations:
        mark = f"\n[{citation.number}]" if citation.quote.rstrip().endswith(("```", "~~~")) else f" [{citation.number}]"
        pieces.append(("\n\n" if pieces else "") + citation.quote.strip() + mark)
    return pieces
