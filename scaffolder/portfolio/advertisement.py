"""The known terms that a job advertisement names, found in one pass over its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from scaffolder.portfolio.vocabulary import Term, terms

MAX_BYTES = 200_000
_WORD = re.compile(r"[^\W_]+")

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A term that an advertisement names: the first time with these words, in this line."""

    term: Term
    words: str
    line: int


def asked(text: str) -> tuple[Asked, ...]:
    """The terms that `text` names, those that most advertisements name first."""
    found: dict[str, Asked] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for term, words in _named(line):
            found.setdefault(term.name, Asked(term, words, number))
    return tuple(found[term.name] for term in terms() if term.name in found)


def _named(line: str) -> Iterator[tuple[Term, str]]:
    """The terms in a line, each with its words there; of two that overlap, the one that begins first, or the longer."""
    words = list(_WORD.finditer(line))
    written = [word[0] for word in words]
    folded = [word.casefold() for word in written]
    phrases, longest = _phrases()
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            exact, any_case = tuple(written[at : at + length]), tuple(folded[at : at + length])
            if term := phrases.get(any_case) or _exact().get(exact):
                yield term, line[words[at].start() : words[at + length - 1].end()]
                at += length
                break
        else:
            at += 1


@cache
def _phrases() -> tuple[Mapping[Phrase, Term], int]:
    """The terms by the words of each of their names, in small letters, and the number of words in the longest name."""
    found = {tuple(_WORD.findall(name.casefold())): term for term in terms() for name in (term.name, *term.words)}
    return found, max(map(len, found))


@cache
def _exact() -> Mapping[Phrase, Term]:
    return {tuple(_WORD.findall(name)): term for term in terms() for name in term.exact}
