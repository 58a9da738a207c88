"""How well the sentences of the retrieved passages fit a question, and whether they are enough for an answer."""

import re
from collections.abc import Iterable, Sequence

from ..hits import Hit
from ..words import all_words, content_words
from .base import Citation

COVERAGE_WEIGHT = 0.3  # of the question's words that the best passages have; the rest is the best sentence's cosine
BEST_PASSAGES = 3  # whose words count: with more of them, any word turns up somewhere
# Three letters have to be left; light stemming in the sense of Harman, How Effective Is Suffixing?, JASIS 1991.
ENDING = re.compile(r"(?<=...)(?:ing|ed|es|s|e|er|ly)\Z")
# Headings, and sentences that send the reader elsewhere.
SILENT = re.compile(
    r"\A(?:#{1,6}\s.*\Z|.+\n(?:=+|-+)\s*\Z|(?:see|refer to)\b"
    r"|for (?:more|further|additional|details|information)\b[^.]{0,200}\b(?:see|refer)\b)",
    re.IGNORECASE,
)


def confidence(question: str, hits: Sequence[Hit]) -> float:
    """How far to trust that the passages answer the question, from 0 to 1.

    Embeddings find something near for any question about the corpus's subject. Therefore the words count, too: they
    tell whether a passage is about the very thing that was asked for. The weights are `COVERAGE_WEIGHT` for the
    coverage of the question by the first `BEST_PASSAGES` passages, each with its title and the headings above it, and
    the rest for the highest cosine of any sentence of all passages; no cosine counts less than 0.
    """
    nearest = max(0.0, 0.0, *(one for hit in hits for one in hit.cosines))
    texts = (" ".join((hit.chunk.title, *hit.chunk.section, hit.chunk.text)) for hit in hits[:BEST_PASSAGES])
    return min(1.0, (1 - COVERAGE_WEIGHT) * nearest + COVERAGE_WEIGHT * coverage(question, texts))


def quotable(hit: Hit) -> bool:
    """Whether the passage says something: more than headings and pointers elsewhere."""
    return not all(map(SILENT.match, hit.chunk.sentence_texts()))


def citation(number: int, hit: Hit) -> Citation:
    """The whole passage; marked is the sentence nearest to the question, of those that say something if any do."""
    chunk = hit.chunk
    sentences = zip(chunk.sentence_texts(), hit.cosines, chunk.sentences, strict=False)
    *_, mark = max(sentences, key=lambda one: (not SILENT.match(one[0]), one[1]), default=(chunk.span,))
    return Citation(number, chunk.id, chunk.document, chunk.title, chunk.section, chunk.span, chunk.text, mark)


def coverage(question: str, texts: Iterable[str]) -> float:
    """The share of the question's content words, 0 to 1, that appear in any of the texts, whatever their endings.

    A question without words has none. Words are equal if they are so without `ENDING`: "renewed" is in "renewing".
    """
    asked = {ENDING.sub("", word) for word in content_words(question)}
    found = {ENDING.sub("", word) for text in texts for word in all_words(text)}
    return len(asked & found) / len(asked) if asked else 0.0
