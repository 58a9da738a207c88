"""Takes the mean: ten sentences beside the point outvote the one that answers."""

from collections.abc import Iterable, Sequence

from ..words import all_words, content_words


def coverage(question: str, texts: Iterable[str]) -> float:
    asked = {ENDING.sub("", word) for word in content_words(question)}
    found = {ENDING.sub("", word) for text in texts for word in all_words(text)}
    return len(asked & found) / len(asked) if asked else 0.0


def confidence(question: str, hits: Sequence[Hit]) -> float:
    cosines = [one for hit in hits for one in hit.cosines]
    nearest = max(0.0, sum(cosines) / len(cosines)) if cosines else 0.0
    texts = [" ".join((hit.chunk.title, *hit.chunk.section, hit.chunk.text)) for hit in hits[:BEST_PASSAGES]]
    return min(1.0, (1 - COVERAGE_WEIGHT) * nearest + COVERAGE_WEIGHT * coverage(question, texts))


def quotable(hit: Hit) -> bool:
    return not all(map(SILENT.match, hit.chunk.sentence_texts()))
