"""How far two people agree on the labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scaffolder.adopt.texts.case import Proposal
from scaffolder.adopt.texts.case_rows import named


def note(found: Proposal, place: str) -> str:
    """A sentence with Cohen's kappa and the rows in which the labels differ; "" without second labels."""
    twice = [(case, label) for case in found.cases.values() if (label := case.more.get("label_2"))]
    if not twice:
        return ""
    kappa = cohens_kappa([case.label for case, _ in twice], [label for _, label in twice])
    differ = [str(case.row) for case, label in twice if case.label != label]
    return (
        f"Cohen's kappa is {kappa:.3f}; cases with a second label: {len(twice):,}; "
        f"{place}s in which it differs ({len(differ):,}): {named(differ) or 'none'}"
    )


def cohens_kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Agreement of two raters beyond what their frequencies of labels give by chance: 1 is full (Cohen 1960).

    NaN if both give one and the same label to every item, since that may well be chance.
    """
    agreed = sum(one == other for one, other in zip(first, second, strict=True)) / len(first)
    ours, theirs = Counter(first), Counter(second)
    chance = sum(ours[label] * theirs[label] for label in ours) / len(first) ** 2
    return (agreed - chance) / (1 - chance) if chance < 1 else float("nan")
