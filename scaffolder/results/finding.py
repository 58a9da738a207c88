"""The finding on one item of the checklist: its state, the evidence for it, the reviews, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
        return any(review.standing is Standing.CURRENT and review.score >= GOOD for review in self.reviews)
