"""The known terms that a job advertisement asks for, found in one pass over its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from scaffolder.portfolio.vocabulary import Term, data, terms

MAX_BYTES = 200_000
_WORD = re.compile(r"[^\W_]+")
_JOINED = frozenset("-_.@")  # between two words, without a space: they are one name, as in python-docx

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A term that an advertisement asks for: the first time with these words, in this line."""

    term: Term
    words: str
    line: int


def asked(text: str) -> tuple[Asked, ...]:
    """The terms that `text` asks for, those that most advertisements name first."""
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
            if any_case not in phrases:
                any_case = (*any_case[:-1], singular_of(any_case[-1]))
            if term := phrases.get(any_case) or _exact().get(exact):
                if _is_asked(line, words, at, at + length) and _has_context(term, any_case, folded):
                    yield term, line[words[at].start() : words[at + length - 1].end()]
                at += length
                break
        else:
            at += 1


def _is_asked(line: str, words: Sequence[re.Match[str]], start: int, end: int) -> bool:
    """Whether the words from `start` to `end` are neither colleagues nor a part of another name."""
    before, after = (words[at][0].casefold() if 0 <= at < len(words) else "" for at in (start - 1, end))
    first, last = words[start].start(), words[end - 1].end()
    if after in _listed("colleagues"):
        return False
    begins_later = before and line[words[start - 1].end() : first] in _JOINED
    ends_earlier = after and line[last : words[end].start()] in _JOINED
    return not begins_later and (not ends_earlier or after.isdigit() or after in _listed("suffixes"))


def singular_of(word: str) -> str:
    """A word in small letters without a plural s."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "cs")) else word


def _has_context(term: Term, phrase: Phrase, line: Sequence[str]) -> bool:
    """Whether a word that may mean something else stands beside one that says what it means."""
    needed = term.near.get(" ".join(phrase))
    return needed is None or any(word.casefold() in line for word in needed)


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(data("vocabulary")[name])


@cache
def _phrases() -> tuple[Mapping[Phrase, Term], int]:
    """The terms by the words of each of their names, in small letters, and the number of words in the longest name."""
    names = ((name, term) for term in terms() for name in (term.name, *term.words, *term.near))
    found = {tuple(_WORD.findall(name.casefold())): term for name, term in names}
    return found, max(map(len, found))


@cache
def _exact() -> Mapping[Phrase, Term]:
    return {tuple(_WORD.findall(name)): term for term in terms() for name in term.exact}
