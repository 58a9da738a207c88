"""The checks and collections of the ledger: how each project stands, stood before, and was handed in.

The last round of checks is all that was checked, or looked at and found unchanged, in the half hour before the newest
check. A project is handed in by the times at which the teacher collected: the dates of commits can be forged. A push
between two collections is seen by the second one, and nobody knows when within that gap it was made. So the first
collection of a project at or after its due time is the one that counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scaffolder.cohort.ledger import Checked, Collected, Entry, Key, Ledger
from scaffolder.cohort.ledger import State as Ended
from scaffolder.errors import TargetError, shown
from scaffolder.results.class_standing import Delivery, Item, Past, Rung
from scaffolder.results.finding import TO_JUDGE, Evidence, Finding, Level, State
from scaffolder.results.report import Report

COLLECT = "collect"
Snapshots = Callable[[str], Mapping[Key, Collected]]
"""The last snapshot of each project until some time, "" for now: `functools.cache(ledger.snapshots)`."""
MOST_EVIDENCE, LONGEST = 5, 400  # pieces of one finding, characters of a text
_OTHER_VERSION = "another version of scaffolder wrote its report: 'scaffolder cohort check --again' renews it"
_NAMED = 5  # branches that are named in a sentence
_ROUND = timedelta(minutes=30)


@dataclass(frozen=True)
class Reading:
    """A check as the ledger has it: its report, without the reviews in it.

    `texts` has the SHA-256 of the texts that people write; `readme` is False if the check found no README.
    """

    at: str
    commit: str
    collected: str
    report: Report
    texts: Mapping[str, str] = field(default_factory=dict)
    readme: bool = True

    @property
    def rung(self) -> Rung:
        """The rung of the ladder on which the project stands."""
        if self.report.unrated:
            return Rung.NOT_RATED
        return Rung(str(self.report.level)) if self.report.level else Rung.NONE

    @property
    def to_judge(self) -> list[str]:
        """The written items with a text."""
        return [each.item for each in self.report.findings if each.state in TO_JUDGE and each.item in self.texts]


def read(checked: Checked) -> Reading:
    """Read the report of a check; one that another version wrote in another form is not rated."""
    check, report = (checked.at, checked.commit, checked.collected), checked.report
    try:
        errors = any(finding["state"] == State.ERROR for finding in report["findings"])
        return Reading(
            *check,
            Report(
                *(report["name"], report["path"], report["template"]),
                findings=tuple(map(_finding, report["findings"])),
                notes=tuple(report["notes"]),
                complete=report["complete"],
                declared=errors or not report["unrated"],
                undeclared=report["unrated"] or "",
            ),
            texts=report["texts"],
            readme=report.get("readme", True),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return Reading(*check, Report("", "", "", (), declared=False, undeclared=_OTHER_VERSION))


def last(book: Ledger, snapshot: Collected, ended: Entry | None) -> Reading:
    """The last check of a snapshot; `ended` is how the last check of its project ended.

    Raises `TargetError` if that failed, if the snapshot was never checked, or if another version wrote the report.
    """
    if ended and ended.state is Ended.FAILED:
        raise TargetError(ended.detail)
    checked = book.last_check(snapshot)
    if checked is None:
        raise TargetError("It was not checked: 'scaffolder cohort check' does that.")
    reading = read(checked)
    if not reading.report.findings:
        raise TargetError(f"It cannot be shown: {reading.report.unrated}.")
    return reading


def _finding(value: Mapping[str, Any]) -> Finding:
    evidence = (Evidence(_cut(e["fact"]), _cut(e["path"]), e["line"]) for e in value["evidence"][:MOST_EVIDENCE])
    return Finding(
        *(value["item"], value["title"], Level(value["level"]), value["essential"], value["written"]),
        *(State(value["state"]), tuple(evidence), value["remedy"], _cut(value["reason"]), value["source"]),
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


class Checks:
    """The last check of each project, and what was known before the last round.

    A check with `--at` of work older than what was checked before is the last one, but not part of the history.
    `at` is when the last round ended, `earlier` when the one before it did; "" if there was none.
    """

    def __init__(self, checks: Iterable[Checked], looks: Iterable[Entry]) -> None:
        self.last: dict[Key, Reading] = {}
        self.history: dict[Key, list[Past]] = defaultdict(list)
        newest: dict[Key, str] = defaultdict(str)  # when the newest checked snapshot was collected
        for checked in checks:
            key = checked.key
            reading = self.last[key] = read(checked)
            if checked.collected < newest[key]:
                continue  # a look back with --at, which must not count as a fall
            newest[key] = checked.collected
            states = {finding.item: finding.state for finding in reading.report.findings}
            score = reading.report.score if states else 0
            self.history[key].append(Past(reading.at, reading.commit, reading.rung, score, states))
        times = {entry.at for entry in looks} | {past.at for history in self.history.values() for past in history}
        self.at = max(times, default="")
        start = datetime.fromisoformat(self.at) - _ROUND if self.at else datetime.max
        self.earlier = max((at for at in times if datetime.fromisoformat(at) <= start), default="")
        earlier = {key: [past for past in history if past.at <= self.earlier] for key, history in self.history.items()}
        self.before = {key: history[-1] for key, history in earlier.items() if history}

    def items(self) -> dict[str, Item]:
        """The items of the last checks, in the order of the newest, each as the newest names it."""
        items: dict[str, Item] = {}
        for reading in sorted(self.last.values(), key=lambda reading: reading.at, reverse=True):
            for found in reading.report.findings:
                if found.item not in items or (found.remedy and not items[found.item].remedy):
                    described = (found.title, found.level, found.essential, found.written, found.remedy, found.source)
                    items[found.item] = Item(found.item, *described)
        return items

    def since(self, key: Key) -> str:
        """When the last check's commit was first checked, without a check of another commit since; "" if never."""
        at = self.last[key].at if key in self.last else ""
        for past in reversed(self.history[key]):
            if past.commit != self.last[key].commit:
                break
            at = past.at
        return at


class History:
    """The events of a project, oldest first."""

    def __init__(self, events: Sequence[Entry]) -> None:
        self._events = events

    def ours(self, commit: str) -> bool:
        """Whether `commit` is ours alone: it was handed out, or made by an update of untouched work."""
        return any(each.commit == commit and _is_ours(each) for each in self._events)

    def updated(self, commit: str) -> bool:
        """Whether an update of ours has made `commit`, also if its student has merged it."""
        made = (Ended.DONE, Ended.BRANCH)
        return any(each.step == "update" and each.commit == commit and each.state in made for each in self._events)

    def unpushed(self) -> bool:
        """Whether each push of the project has failed, so that what was collected can only be our own copy."""
        pushes = [each.state for each in self._events if each.step == "push"]
        return bool(pushes) and set(pushes) == {Ended.FAILED}

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
    if entry.step == "update" and entry.state is Ended.UNCHANGED:
        return entry.facts.ours
    return entry.step in ("new", "update") and entry.state is Ended.DONE


def elsewhere(branches: Sequence[str]) -> str:
    """A sentence on the `branches` other than `main` with work; "" if there are none."""
    named = ", ".join(shown(name) for name in branches[:_NAMED])
    return f"There is work that is not on 'main' but on {named}." if branches else ""


def handed_in(
    snapshots: Snapshots, history: History, key: Key, due: str, at: str, as_of: str = ""
) -> tuple[Delivery, str]:
    """How a project was handed in, and the time of the collection that counts, "" if there was none.

    It is seen at the moment `at`; `due` is its due date, "" for none. With `as_of`, it is seen as it had been collected
    by that time.
    """
    collected = snapshots(as_of).get(key)
    if collected is None or history.unpushed():
        return Delivery.NOT_COLLECTED, ""
    late = bool(due) and due < at and (not as_of or due <= as_of)
    first = history.counting(due, as_of) if late else None
    before = snapshots(due).get(key) if late else None
    when_due = first.commit if first else before.commit if before else ""
    counted = first.at if first else ""
    there = bool(when_due) and not history.ours(when_due)
    if there and collected.commit != when_due:
        return Delivery.CHANGED, counted
    if history.ours(collected.commit):
        return Delivery.NOT_MOVED, counted
    if not late:
        return Delivery.WORKING, ""
    return Delivery.IN_TIME if there else Delivery.AFTER, counted
