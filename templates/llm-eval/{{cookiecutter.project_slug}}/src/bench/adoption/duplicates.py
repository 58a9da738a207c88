"""Texts that are the same, or nearly so: they must not be on both sides of a split."""

import string
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain, islice
from zlib import crc32

WORDS = 5  # in a sequence
MOST_LOOKS = 50  # texts that share a rare sequence with one text: of more, only so many are compared with it
PUNCTUATION = "".join(set(string.punctuation) - set("#+")) + "„“”‚‘’«»…–—¿¡"  # "C" is not "C#"


def normalised(text: str) -> str:
    """The words in lower case, without punctuation at their ends; a sign that stands alone, such as ":)", stays."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return " ".join(word.strip(PUNCTUATION) or word for word in words)


def near(texts: Sequence[str]) -> list[tuple[int, int]]:
    """The positions of pairs of normalised texts that have at least 80% of all their sequences of words in common.

    Such a pair lacks at most a fifth of each other's sequences, so it is enough to look up a fifth and one of them: the
    rarest, which the fewest texts share (the prefix filter of Chaudhuri et al. 2006).
    """
    sets = [_sequences(text.split()) for text in texts]
    count, index = Counter(chain.from_iterable(sets)), defaultdict[int, list[int]](list)
    pairs = []
    for place, ours in enumerate(sets):
        rarest = sorted(ours, key=lambda one: (count[one], one))[: len(ours) // 5 + 1]
        others = dict.fromkeys(other for one in rarest for other in index[one])
        pairs += [(other, place) for other in islice(others, MOST_LOOKS) if _alike(ours, sets[other])]
        for one in rarest:
            index[one] = [*index[one], place][:MOST_LOOKS]
    return pairs


def groups(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """All positions, in groups that no pair crosses."""
    group = {place: [place] for place in range(count)}
    for one, other in pairs:
        if group[one] is not group[other]:
            small, large = sorted((group[one], group[other]), key=len)
            large += small
            group |= dict.fromkeys(small, large)
    return list({id(one): one for one in group.values()}.values())


def _sequences(words: list[str]) -> set[int]:
    return {crc32(" ".join(words[place : place + WORDS]).encode()) for place in range(max(1, len(words) - WORDS + 1))}


def _alike(one: set[int], other: set[int]) -> bool:
    return 5 * len(one & other) >= 4 * len(one | other)
