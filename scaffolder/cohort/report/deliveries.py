"""How projects were handed in, by the times at which the teacher collected: the dates of commits can be forged.

A push between two collections is seen by the second one, and nobody knows when within that gap it was made. So the
first collection of a project at or after its due time is the one that counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from scaffolder.cohort.ledger import Collected, Entry, Key, State
from scaffolder.errors import shown
from scaffolder.results.class_standing import Delivery

COLLECT = "collect"
Snapshots = Callable[[str], Mapping[Key, Collected]]
"""The last snapshot of each project until some time, "" for now: `functools.cache(ledger.snapshots)`."""
_NAMED = 5  # branches that are named in a sentence


class HandedIn(NamedTuple):
    """How a project was handed in, and the time of the collection that counts, "" if there was none."""

    delivery: Delivery
    counted: str = ""


class History:
    """The events of a project, oldest first."""

    def __init__(self, events: Sequence[Entry]) -> None:
        self._events = events

    def ours(self, commit: str) -> bool:
        """Whether `commit` is ours alone: it was handed out, or made by an update of untouched work."""
        return any(each.commit == commit and _is_ours(each) for each in self._events)

    def updated(self, commit: str) -> bool:
        """Whether an update of ours has made `commit`, also if its student has merged it."""
        made = (State.DONE, State.BRANCH)
        return any(each.step == "update" and each.commit == commit and each.state in made for each in self._events)

    def unpushed(self) -> bool:
        """Whether each push of the project has failed, so that what was collected can only be our own copy."""
        pushes = [each.state for each in self._events if each.step == "push"]
        return bool(pushes) and set(pushes) == {State.FAILED}

    def rewritten(self, until: str = "") -> tuple[str, ...]:
        """The times of the collections that no longer found the earlier commits, until some time, "" for now."""
        return tuple(each.at for each in self._collections(until) if each.facts.rewritten)

    def elsewhere(self, until: str = "") -> str:
        """The sentence on work on other branches, as the last collection until some time found them, or ""."""
        last = next(reversed([*self._collections(until)]), None)
        return elsewhere(last.facts.branches) if last else ""

    def _collections(self, until: str) -> Iterator[Entry]:
        return (each for each in self._events if each.step == COLLECT and (not until or each.at <= until))

    def counting(self, due: str, until: str = "") -> Entry | None:
        """The first collection of the project at or after `due`; None if there is none, or only after `until`."""
        found = (each for each in self._events if each.step == COLLECT and each.commit and each.at >= due)
        first = next(found, None)
        return first if first and (not until or first.at <= until) else None


def _is_ours(entry: Entry) -> bool:
    """Whether the commit of an entry is one that we have made."""
    if entry.step == "update" and entry.state is State.UNCHANGED:
        return entry.facts.ours
    return entry.step in ("new", "update") and entry.state is State.DONE


def elsewhere(branches: Sequence[str]) -> str:
    """A sentence on the `branches` other than `main` with work; "" if there are none."""
    named = ", ".join(shown(name) for name in branches[:_NAMED])
    return f"There is work that is not on 'main' but on {named}." if branches else ""


def handed_in(snapshots: Snapshots, history: History, key: Key, due: str, at: str, as_of: str = "") -> HandedIn:
    """How a project was handed in, seen at the moment `at`; `due` is its due date, "" for none.

    With `as_of`, it is seen as it had been collected by that time.
    """
    collected = snapshots(as_of).get(key)
    if collected is None or history.unpushed():
        return HandedIn(Delivery.NOT_COLLECTED)
    late = bool(due) and due < at and (not as_of or due <= as_of)
    first = history.counting(due, as_of) if late else None
    before = snapshots(due).get(key) if late else None
    when_due = first.commit if first else before.commit if before else ""
    counted = first.at if first else ""
    there = bool(when_due) and not history.ours(when_due)
    if there and collected.commit != when_due:
        return HandedIn(Delivery.CHANGED, counted)
    if history.ours(collected.commit):
        return HandedIn(Delivery.NOT_MOVED, counted)
    if not late:
        return HandedIn(Delivery.WORKING)
    return HandedIn(Delivery.IN_TIME if there else Delivery.AFTER, counted)
