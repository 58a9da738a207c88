"""Texts that are the same, or nearly so: they must not be on both sides of a split."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain, islice
from zlib import crc32

WORDS = 5  # in a sequence
MOST_LOOKS = 50  # texts that share a rare sequence with one text: of more, only so many are compared with it
PUNCTUATION = ".,;:!?'\"()[]„“”‚‘’«»…–—¿¡"  # but not what tells C# from C++


def normalised(text: str) -> str:
    """The words in lower case, without punctuation at their ends; a sign that stands alone, such as ":)", stays."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return " ".join(word.strip(PUNCTUATION) or word for word in words)


def groups(texts: Sequence[str]) -> list[list[int]]:
    """The positions of the texts: those of texts with 80% of all their sequences of words in common are together.

    Such a pair lacks at most a fifth of each other's sequences, so it is enough to look up a fifth and one of them: the
    rarest, which the fewest texts share (the prefix filter of Chaudhuri et al. 2006).
    """
    sets = [_sequences(text.split()) for text in texts]
    count, index = Counter(chain.from_iterable(sets)), defaultdict[int, list[int]](list)
    group = [[place] for place in range(len(texts))]
    for place, ours in enumerate(sets):
        rarest = sorted(ours, key=lambda one: (count[one], one))[: len(ours) // 5 + 1]
        others = dict.fromkeys(chain.from_iterable(index[one] for one in rarest))
        for other in islice(others, MOST_LOOKS):
            if group[other] is not group[place] and 5 * len(ours & sets[other]) >= 4 * len(ours | sets[other]):
                small, large = sorted((group[place], group[other]), key=len)
                large += small
                for one in small:
                    group[one] = large
        for one in rarest:
            index[one] = [*index[one], place][:MOST_LOOKS]
    return list({id(one): one for one in group}.values())


def _sequences(words: list[str]) -> set[int]:
    return {crc32(" ".join(words[place : place + WORDS]).encode()) for place in range(max(1, len(words) - WORDS + 1))}
