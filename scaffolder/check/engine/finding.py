"""The verdict of an item's check, made of the plain data that a finding holds."""

from __future__ import annotations

from typing import NamedTuple

from scaffolder.results.finding import GOOD, NOWHERE, TO_JUDGE, Evidence, Finding, Level, Reviewed, Standing, State

__all__ = [
    "GOOD",
    "NOWHERE",
    "SHOWN",
    "TO_JUDGE",
    "Evidence",
    "FactError",
    "Finding",
    "Level",
    "Reviewed",
    "Standing",
    "State",
    "UnseenError",
    "Verdict",
    "absent",
    "counted",
    "done",
    "flawed",
    "found",
    "in_vain",
    "missing",
    "not_applicable",
    "placeholder",
    "unverified",
    "written",
]


class FactError(ValueError):
    """A fact cannot be determined; the message is a sentence with the reason, which a person can fix."""


class UnseenError(FactError):
    """A fact cannot be determined on this machine, which says nothing against the repository."""


SHOWN = 5
"""The largest number of pieces of evidence in one verdict."""


class Verdict(NamedTuple):
    """The result of an item's check. `evidence` proves that the item is done, or shows why it is not."""

    state: State
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""  # of n/a and unverified
    absent: bool = False  # nothing stands where it belongs, so it may stand elsewhere
    in_vain: bool = False  # `evidence` is where it was looked for, and names no fault


def counted(number: int, noun: str) -> str:
    """'1 document', '2 documents'."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def done(*evidence: Evidence) -> Verdict:
    """The verdict that an item is done, proven by `evidence`."""
    return Verdict(State.DONE, evidence[:SHOWN])


def written(*evidence: Evidence) -> Verdict:
    """The verdict that somebody wrote the text; whether it is good is for people to judge."""
    return Verdict(State.WRITTEN, evidence)


def missing(*evidence: Evidence) -> Verdict:
    """The verdict that something is missing, as `evidence` shows."""
    return Verdict(State.MISSING, evidence[:SHOWN])


def flawed(*evidence: Evidence) -> Verdict:
    """The verdict that something is there, but wrong, as `evidence` shows."""
    return Verdict(State.FLAWED, evidence[:SHOWN])


def absent(*evidence: Evidence) -> Verdict:
    """The verdict that nothing stands where it belongs; the rest of the repository is then searched."""
    return Verdict(State.MISSING, evidence[:SHOWN], absent=True)


def in_vain(*evidence: Evidence) -> Verdict:
    """The verdict that something is missing, which was looked for at the places of `evidence`, and everywhere."""
    return Verdict(State.MISSING, evidence[:SHOWN], in_vain=True)


def found(*evidence: Evidence) -> Verdict:
    """The verdict that something of this kind exists, first of `evidence`, and what it lacks."""
    return Verdict(State.FOUND, evidence[:SHOWN])


def placeholder(*evidence: Evidence) -> Verdict:
    """The verdict that the text is there but unfinished, as `evidence` shows."""
    return Verdict(State.PLACEHOLDER, evidence[:SHOWN])


def not_applicable(reason: str) -> Verdict:
    """The verdict that an item does not apply to this repository, for this reason."""
    return Verdict(State.NOT_APPLICABLE, reason=reason)


def unverified(reason: str, *evidence: Evidence) -> Verdict:
    """The verdict that an item cannot be checked here, for this reason."""
    return Verdict(State.UNVERIFIED, evidence, reason)
