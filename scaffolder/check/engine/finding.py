"""What a checklist says about one item: its state, the evidence for it, or what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far an item is."""

    DONE = "done"
    PLACEHOLDER = "placeholder"
    MISSING = "missing"
    NOT_APPLICABLE = "n/a"
    UNVERIFIED = "unverified"

    @property
    def counts(self) -> bool:
        """Whether a level may be reached with an item in this state."""
        return self in (State.DONE, State.NOT_APPLICABLE)


class Level(StrEnum):
    """The ladder of the field, lowest first."""

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
    """A fact cannot be had, because of what a person can put right; the message is a sentence that says so."""


@dataclass(frozen=True)
class Verdict:
    """What an item's check returns. `evidence` proves a `done`, or shows what stands in its way."""

    state: State
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""  # of n/a and unverified


@dataclass(frozen=True)
class Finding:
    """A verdict with all that a reader needs to act on it; `remedy` is empty when the item is done."""

    item: str
    title: str
    level: Level
    essential: bool  # one of the eight things each strong portfolio project shows
    state: State
    evidence: tuple[Evidence, ...]
    remedy: str
    reason: str
    source: str


def done(*evidence: Evidence) -> Verdict:
    """Proven by `evidence`."""
    return Verdict(State.DONE, evidence)


def missing(*evidence: Evidence) -> Verdict:
    """Not there; `evidence` says what stands in the way."""
    return Verdict(State.MISSING, evidence)


def placeholder(*evidence: Evidence) -> Verdict:
    """There, but unfinished, as `evidence` shows."""
    return Verdict(State.PLACEHOLDER, evidence)


def not_applicable(reason: str) -> Verdict:
    """Nothing to ask here, for this reason."""
    return Verdict(State.NOT_APPLICABLE, reason=reason)


def unverified(reason: str, *evidence: Evidence) -> Verdict:
    """It cannot be known here, for this reason."""
    return Verdict(State.UNVERIFIED, evidence, reason)


def best(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The verdict that is nearest to done, the first of several; None of none."""
    order = list(State)
    nearness = {state: order.index(state) for state in State} | {State.UNVERIFIED: 0.5}
    return min(verdicts, key=lambda verdict: nearness[verdict.state], default=None)
