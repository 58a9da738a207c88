"""Finds words in texts, whatever their spaces, markup and case: by the same rule, a project finds its evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from scaffolder.errors import shown

_MARKUP = re.escape("`*_#|~>\\[]\"'’‘“”„«»-‐‑–—")  # quotation marks and hyphens, too: they vary as freely
_TOKEN = re.compile(rf"[^\W_]+|[^\w\s{_MARKUP}]")
_GAP = rf"(?:[\s{_MARKUP}]|(?<=\])\([^()\s]*+\))*+"  # the second is the target of a link
_lower = lru_cache(maxsize=5_000)(str.lower)  # each question looks for its words in the same texts


class QuoteError(ValueError):
    """A quotation is not where it should be; the message says why."""


def count(words: str, texts: Mapping[str, str]) -> dict[str, int]:
    """How often the words stand in each text that has them."""
    tokens = _TOKEN.findall(words) or ["\0"]  # no text has that
    wanted, pattern = sorted({token.lower() for token in tokens}, key=len, reverse=True), _in_order(tokens)
    # Most texts lack one of the words, and to see that is quicker than the pattern.
    found = {
        name: len(pattern.findall(text)) for name, text in texts.items() if all(word in _lower(text) for word in wanted)
    }
    return {name: times for name, times in found.items() if times}


def placed_once(quote: str, document: str, text: str) -> str:
    """The quotation on one line, if the generated project finds its words, and they stand there once as written.

    In another case or markup they may stand in more places: the project counts each of them.

    Raises:
        QuoteError: it stands in the text of the document not at all, or more than once.
    """
    words = " ".join(quote.split())
    places = count(words, {document: text}).get(document, 0)
    if not places:
        raise QuoteError(f"{shown(document)} does not contain the quotation {shown(quote)}: copy its words")
    if places > 1 and " ".join(text.split()).count(words) > 1:
        raise QuoteError(f"{shown(document)} contains the quotation {shown(quote)} more than once: quote more of it")
    return words


def _in_order(tokens: Sequence[str]) -> re.Pattern[str]:
    """A pattern of words, one after the other; where it begins and ends, it does not cut a word of the text."""
    # Only where letters have capitals do spaces divide words.
    ends = (tokens[0], tokens[-1])
    edges = [r"[^\W_]" if token.isdecimal() or token.lower() != token.upper() else "(?!)" for token in ends]
    return re.compile(f"(?<!{edges[0]}){_GAP.join(map(re.escape, tokens))}(?!{edges[1]})", re.IGNORECASE)
