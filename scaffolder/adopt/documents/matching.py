"""Find words in a text, whatever their spaces, markup and case: by the same rule, a project finds its evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_MARKUP = re.escape("`*_#|~>\\[]\"'’‘“”„«»-‐‑–—")  # quotation marks and hyphens, too: they vary as freely
_TOKEN = re.compile(rf"[^\W_]+|[^\w\s{_MARKUP}]")
_GAP = rf"(?:[\s{_MARKUP}]|(?<=\])\([^()\s]*+\))*+"  # the second is the target of a link
_lower = lru_cache(maxsize=5_000)(str.lower)  # each question looks for its words in the same texts


def count(words: str, texts: dict[str, str]) -> dict[str, int]:
    """How often the words stand in each text that has them."""
    tokens = _TOKEN.findall(words) or ["\0"]  # no text has that
    wanted, pattern = sorted({one.lower() for one in tokens}, key=len, reverse=True), _in_order(tokens)
    # Most texts lack one of the words, and to see that is quicker than the pattern.
    found = {
        name: len(pattern.findall(text)) for name, text in texts.items() if all(one in _lower(text) for one in wanted)
    }
    return {name: times for name, times in found.items() if times}


def _in_order(tokens: Sequence[str]) -> re.Pattern[str]:
    """A pattern of words, one after the other; where it begins and ends, it does not cut a word of the text."""
    # Only where letters have capitals do spaces divide words.
    edges = [r"[^\W_]" if one.isdecimal() or one.lower() != one.upper() else "(?!)" for one in (tokens[0], tokens[-1])]
    return re.compile(f"(?<!{edges[0]}){_GAP.join(map(re.escape, tokens))}(?!{edges[1]})", re.IGNORECASE)
