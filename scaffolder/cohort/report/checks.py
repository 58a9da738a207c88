"""The checks of the ledger: what is known of each project now, and what was known before the last round.

The last round is all that was checked, or looked at and found unchanged, in the half hour before the newest check.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scaffolder.cohort.ledger import Checked, Collected, Entry, Key, Ledger
from scaffolder.cohort.ledger import State as Ended
from scaffolder.errors import TargetError
from scaffolder.results.class_standing import Item, Own, Past, Rung
from scaffolder.results.finding import TO_JUDGE, Evidence, Finding, Level, State
from scaffolder.results.report import Report

MOST_EVIDENCE, LONGEST = 5, 400  # pieces of one finding, characters of a text
_OTHER_VERSION = "another version of scaffolder wrote its report: 'scaffolder cohort check --again' renews it"
_ROUND = timedelta(minutes=30)


@dataclass(frozen=True)
class Reading:
    """A check as the ledger has it: its report, without the reviews in it.

    `texts` has the SHA-256 of the texts that people write; `readme` is False if the check found no README; `own` is
    None if it was not counted.
    """

    at: str
    commit: str
    collected: str
    report: Report
    texts: Mapping[str, str] = field(default_factory=dict)
    readme: bool = True
    own: Own | None = None

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
            own=Own(**report["own"]) if report.get("own") else None,
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
