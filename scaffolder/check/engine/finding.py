"""The checklist's finding on one item: its state, the evidence for it, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How far an item is. A machine can verify (`done`); of prose it says only that it is `written`.

    `found` says less: something of that kind exists at a place, and nobody verified more. `flawed` says that it is
    there, but wrong; `missing` says that it is absent.
    """

    DONE = "done"
    WRITTEN = "written"
    FOUND = "found"
    PLACEHOLDER = "placeholder"
    FLAWED = "flawed"
    MISSING = "missing"
    NOT_APPLICABLE = "n/a"
    UNVERIFIED = "unverified"
    ERROR = "error"  # a bug of the checklist itself, never a failing mark for the repository

    @property
    def counts(self) -> bool:
        """Whether a level may be reached with an item in this state."""
        return self in (State.DONE, State.WRITTEN, State.NOT_APPLICABLE)

    @property
    def there(self) -> bool:
        """Whether there is something of this kind, or need not be; a level may ask for more."""
        return self.counts or self is State.FOUND


TO_JUDGE = (State.WRITTEN, State.FOUND)
"""In these states, a text is there that people can judge."""


class Level(StrEnum):
    """The levels that a project can reach, lowest first."""

    BUILDER = "builder"
    DEPLOYER = "deployer"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Evidence:
    """A fact and where it stands: `path` relative to the repository, `line` from 1, or none for a whole file."""

    fact: str
    path: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.fact}" if place else self.fact


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


class Standing(StrEnum):
    """Whether a review counts."""

    CURRENT = "current"
    STALE = "stale"  # the text has changed since
    SELF = "self"  # the reviewer is an author of the repository
    UNKNOWN = "unknown"  # the authors are not known, so nobody can tell


@dataclass(frozen=True)
class Reviewed:
    """A person's judgement of a written item; `score` is 0 to 3."""

    reviewer: str
    score: int
    comment: str
    date: str
    standing: Standing
    place: str = ""  # FILE:LINE or `NOWHERE`, if the person speaks against the machine

    @property
    def passes(self) -> bool:
        """Whether somebody else judged the present text to be good enough."""
        return self.standing is Standing.CURRENT and self.score >= GOOD and not self.place


NOWHERE = "nowhere"
"""The place of a thing of which a person says that it is not there, whatever the machine found."""
GOOD = 2
"""The lowest score, of 3, with which a review counts."""


@dataclass(frozen=True)
class Finding:
    """A verdict with all that a reader needs to act on it; `remedy` is empty when there is nothing to do."""

    item: str
    title: str
    level: Level
    essential: bool  # one of the eight things that each strong portfolio project shows
    written: bool  # prose or a picture, which people judge; else a machine verifies it
    state: State
    evidence: tuple[Evidence, ...]
    remedy: str
    reason: str
    source: str
    reviews: tuple[Reviewed, ...] = ()

    @property
    def reviewed(self) -> bool:
        """Whether a person other than the authors found the present text good enough."""
        return any(review.passes for review in self.reviews)


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
