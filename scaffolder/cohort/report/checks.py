"""The checks of the ledger: what is known of each project now, and what was known before the last round.

The last round is all that was checked, or looked at and found unchanged, in the half hour before the newest check.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scaffolder.cohort.ledger import Checked, Entry, Key
from scaffolder.results.class_standing import Fact, Item, Own, Past, Rung
from scaffolder.results.finding import Evidence, Level, State
from scaffolder.results.report import Counts

MOST_EVIDENCE, LONGEST = 5, 400  # pieces of one finding, characters of a text on the page
_OTHER_VERSION = "another version of scaffolder wrote its report: 'scaffolder cohort check --again' renews it"
_ROUND = timedelta(minutes=30)


@dataclass(frozen=True)
class Reading:
    """The parts of a check that the class's report needs.

    `level` is None below the first one; `unrated` says why no level can be given, "" if one can; `score` is the
    percentage of the applicable items that are done or written; `texts` has the SHA-256 of the texts that people write;
    `readme` is False if the check found no README; `own` is None if it was not counted.
    """

    at: str
    commit: str
    collected: str
    level: Level | None = None
    unrated: str = ""
    counts: Counts = field(default_factory=Counts)
    score: int = 0
    facts: Mapping[str, Fact] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    readme: bool = True
    own: Own | None = None

    @property
    def rung(self) -> Rung:
        """The rung of the ladder on which the project stands."""
        if self.unrated:
            return Rung.NOT_RATED
        return Rung(str(self.level)) if self.level else Rung.NONE


def read(checked: Checked) -> Reading:
    """Read the report of a check; one that another version wrote in another form is `unrated`."""
    check, report = (checked.at, checked.commit, checked.collected), checked.report
    try:
        findings = {finding["item"]: finding for finding in report["findings"]}
        return Reading(
            *check,
            level=Level(report["level"]) if report["level"] else None,
            unrated=report["unrated"] or "",
            counts=Counts(**report["counts"]),
            score=report["score"],
            facts={item: _fact(finding) for item, finding in findings.items()},
            items={item: _item(finding) for item, finding in findings.items()},
            texts=report["texts"],
            readme=report.get("readme", True),
            own=Own(**report["own"]) if report.get("own") else None,
        )
    except (KeyError, TypeError, ValueError):
        return Reading(*check, unrated=_OTHER_VERSION)


def _fact(finding: Mapping[str, Any]) -> Fact:
    evidence = (
        Evidence(_cut(each["fact"]), _cut(each["path"]), each["line"]) for each in finding["evidence"][:MOST_EVIDENCE]
    )
    return Fact(State(finding["state"]), tuple(evidence), _cut(finding["reason"]))


def _item(finding: Mapping[str, Any]) -> Item:
    described = {name: finding[name] for name in ("title", "essential", "written", "remedy", "source")}
    return Item(finding["item"], level=Level(finding["level"]), **described)


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
            states = {item: fact.state for item, fact in reading.facts.items()}
            self.history[key].append(Past(reading.at, reading.commit, reading.rung, reading.score, states))
        times = {entry.at for entry in looks} | {past.at for history in self.history.values() for past in history}
        self.at = max(times, default="")
        start = datetime.fromisoformat(self.at) - _ROUND if self.at else datetime.max
        self.earlier = max((at for at in times if datetime.fromisoformat(at) <= start), default="")
        earlier = {key: [past for past in history if past.at <= self.earlier] for key, history in self.history.items()}
        self.before = {key: history[-1] for key, history in earlier.items() if history}

    def items(self) -> dict[str, Item]:
        """The items of the last checks, in the order of the newest, each as the newest names it."""
        found: dict[str, Item] = {}
        for reading in sorted(self.last.values(), key=lambda reading: reading.at, reverse=True):
            for name, item in reading.items.items():
                if name not in found or (item.remedy and not found[name].remedy):
                    found[name] = item
        return found

    def since(self, key: Key) -> str:
        """When the last check's commit was first checked, without a check of another commit since; "" if never."""
        at = self.last[key].at if key in self.last else ""
        for past in reversed(self.history[key]):
            if past.commit != self.last[key].commit:
                break
            at = past.at
        return at
