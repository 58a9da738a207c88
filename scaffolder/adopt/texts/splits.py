"""Cases are divided into splits, or judged as their owner has divided them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain, islice, pairwise
from zlib import crc32

from scaffolder.adopt.texts.case import Case, Proposal, named
from scaffolder.errors import shown

SHARES: Mapping[str, Mapping[str, float]] = {
    "search": {"dev": 0.4, "test": 0.6},
    "classify": {"train": 0.5, "dev": 0.2, "test": 0.3},
}
LEAST = {"dev": 10, "test": 20}  # cases that can be right or wrong
LEAST_TRAINING = 2  # cases of each label
_WORDS = 5  # in a sequence
_MOST_LOOKS = 50  # texts that share a rare sequence with one text: of more, only so many are compared with it


def divide(found: Proposal) -> None:
    """Make the splits: nearly the same texts stay together, and each label gets its shares.

    Splits of the owner's stay; where they part texts that are nearly the same, a note says so.
    """
    texts = sorted(found.cases, key=lambda text: sha256(text.encode()).digest())
    alike = [[found.cases[texts[index]] for index in group] for group in _groups(texts)]
    if "split" in found.columns:
        parted = [group for group in alike if len({case.split for case in group}) > 1]
        found.notes += [
            f"nearly the same, but in different splits: rows {named([str(case.row) for case in group])}"
            for group in parted
        ]
        return
    shares, count = _shares(found), Counter[tuple[str, str]]()
    for group in alike:
        split = _next_split(group, shares, count)
        for case in group:
            case.split = split
            count[case.kind, split] += 1


def too_few(found: Proposal) -> Iterator[str]:
    """Why there are too few cases, a sentence for each lack, or labels that differ only in case."""
    counts = found.counts()
    answered = Counter(case.split for case in found.cases.values() if case.answer)
    needed = [(f"{split} cases with an answer", least, answered[split]) for split, least in LEAST.items()]
    labels = sorted(sorted({kind for kind, _ in counts}), key=str.lower)
    if found.task.name == "classify":
        needed += [
            (f"training cases of {named([label])!r}", LEAST_TRAINING, counts[label, "train"]) for label in labels
        ]
        needed.append(("labels", 2, len(labels)))
    for what, least, number in needed:
        if number < least:
            yield f"{least} {what} are needed, and {number:,} found: add rows"
    for one, other in pairwise(labels):
        if one.lower() == other.lower():
            yield f"the labels {shown(one)} and {shown(other)} differ only in case: write them alike"


def _next_split(group: list[Case], shares: Mapping[str, float], count: Counter[tuple[str, str]]) -> str:
    """The split that lacks most of the group's kind, by D'Hondt's method."""
    kind = group[0].kind
    return min(shares, key=lambda split: (count[kind, split] + len(group)) / shares[split])


def _shares(found: Proposal) -> Mapping[str, float]:
    """The share of each split; of few cases, each split gets what it needs at least, and the rest is divided so."""
    usual, kinds = SHARES[found.task.name], {case.kind for case in found.cases.values() if case.answer}
    count = sum(bool(case.answer) for case in found.cases.values())
    # Dividing leaves less than one case of each kind over.
    least = {split: LEAST.get(split, LEAST_TRAINING * len(kinds)) + len(kinds) for split in usual}
    if all(share * count >= least[split] for split, share in usual.items()):
        return usual
    rest = max(0, count - sum(least.values()))
    return {split: least[split] + share * rest for split, share in usual.items()}


def _groups(texts: Sequence[str]) -> list[list[int]]:
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
        for other in islice(others, _MOST_LOOKS):
            if group[other] is not group[place] and 5 * len(ours & sets[other]) >= 4 * len(ours | sets[other]):
                small, large = sorted((group[place], group[other]), key=len)
                large += small
                for one in small:
                    group[one] = large
        for one in rarest:
            index[one] = [*index[one], place][:_MOST_LOOKS]
    return list({id(one): one for one in group}.values())


def _sequences(words: list[str]) -> set[int]:
    return {crc32(" ".join(words[place : place + _WORDS]).encode()) for place in range(max(1, len(words) - _WORDS + 1))}
