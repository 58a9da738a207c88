"""The verdict of an item's check, made of the plain data that a finding holds."""

from __future__ import annotations

from typing import NamedTuple

from scaffolder.results.finding import Evidence, State


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
    """The verdict that something is absent; `evidence` says what was looked for."""
    return Verdict(State.MISSING, evidence[:SHOWN])


def flawed(*evidence: Evidence) -> Verdict:
    """The verdict that something is there, but wrong, as `evidence` shows."""
    return Verdict(State.FLAWED, evidence[:SHOWN])


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
