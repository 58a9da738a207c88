"""Numbers in sentences that nobody claims to have measured: what is wished for, and what others have."""

from __future__ import annotations

import re

NEAR = 90  # characters between a word that wishes and its number

_ELSEWHERE = re.compile(
    r"\b(?:random|coin|by chance|literature|published|papers?|perfect (?:model|score|forecast|classifier|ranking))\b|"
    r"\b(?:is|be|means?) perfect\b(?! for)",
    re.IGNORECASE,
)
_VERBS = (
    r"(?:be|have|reach|exceed|get|achieve|score|attain|hit|keep|lie|stay|remain|come|rise|fall|drop|cost|need|show|"
    r"give|yield|equal|beat|pass|meet)"
)
_BEFORE = re.compile(
    rf"\b(?:would|should|must|shall|could|might)\s(?:\w+\s){{0,3}}?{_VERBS}\b|"
    rf"\b(?:target|goal|aim|criterion)(?:s|ed|ing)?\b|\b(?:hope[ds]?|wants?|wanted|success|successful|solved|until)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r",\s(?!\d)|(?<!\bis )(?<!\bwas )\bthat\b|\b(?:which|because|but|while|whereas|since)\b|"
    r"\band (?:got|reached|achieved|it|we)\b|"
    r"\b(?:was|were) reached\b(?! (?:when|if|once|only))|(?<!be )\b(?:met|missed|beaten|achieved|exceeded)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:would|might|could)\b(?! be (?:better|higher|lower|worse|more))|"
    r"\b(?:should|must|shall) (?:\w+ )?be (?:reached|kept|met|achieved|held|possible|the)\b|"
    r"\b(?:is|are|was|were|as|be|being) (?:\w+ ){0,3}(?:target|goal|aim|criterion|hoped|wanted|hope|want)\b|"
    r"\b(?:as|be|being) (?:\w+ ){0,2}success\b",
    re.IGNORECASE,
)


def is_elsewhere(clause: str) -> bool:
    """Whether a clause speaks of what chance, a perfect model or the literature has."""
    return bool(_ELSEWHERE.search(clause))


def is_wished(clause: str, start: int, end: int) -> bool:
    """Whether a word that wishes governs the number at `start`: "should reach 0.9", but not "0.9 should convince"."""
    before = clause[max(0, start - NEAR) : start]
    wishes = list(_BEFORE.finditer(before))
    if wishes and not _ENDS.search(before, wishes[-1].end()):
        return True
    return bool(_AFTER.search(re.split(r"[,;(]\s", clause[end : end + NEAR], maxsplit=1)[0]))
