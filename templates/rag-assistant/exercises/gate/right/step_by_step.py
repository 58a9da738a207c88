"""The same in loops."""

from collections.abc import Iterable, Sequence

from ..words import all_words, content_words


def _stems(words: Iterable[str]) -> set[str]:
    return {ENDING.sub("", word) for word in words}


def coverage(question: str, texts: Iterable[str]) -> float:
    asked = _stems(content_words(question))
    missing = set(asked)
    for text in texts:
        missing -= _stems(all_words(text))
    return 1 - len(missing) / len(asked) if asked else 0.0


def confidence(question: str, hits: Sequence[Hit]) -> float:
    nearest = 0.0
    for hit in hits:
        for cosine in hit.cosines:
            nearest = max(nearest, cosine)
    texts = []
    for hit in hits[:BEST_PASSAGES]:
        texts += [hit.chunk.title, *hit.chunk.section, hit.chunk.text]
    words = coverage(question, texts)
    return min(nearest * (1 - COVERAGE_WEIGHT) + words * COVERAGE_WEIGHT, 1.0)


def quotable(hit: Hit) -> bool:
    return any(SILENT.match(sentence) is None for sentence in hit.chunk.sentence_texts())
