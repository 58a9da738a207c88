"""Which words of a question appear in a text."""

from __future__ import annotations

from collections.abc import Iterable

from ..stores.words import all_words, content_words

SUFFIXES = ("ing", "ed", "es", "s", "e", "er", "ly")
SHORTEST_STEM = 3


def asked_words(question: str) -> frozenset[str]:
    """The stems of the question's content words."""
    return frozenset(stem(word) for word in content_words(question))


def coverage(asked: frozenset[str], texts: Iterable[str]) -> float:
    """The share of the asked words that appear in any of the texts, whatever their endings."""
    found = {stem(word) for text in texts for word in all_words(text)}
    return len(asked & found) / len(asked) if asked else 0.0


def stem(word: str) -> str:
    """The word without its ending, if enough is left; light stemming in the sense of Harman, 1991."""
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= SHORTEST_STEM:
            return word.removesuffix(suffix)
    return word
