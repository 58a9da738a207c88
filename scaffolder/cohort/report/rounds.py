"""Rounds of checks: what is known of each project now, and what was known before the last round.

The last round consists of the newest checks, and of looks that found nothing new, in which no project occurs twice and
between which no more than half an hour passes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from scaffolder.cohort.ledger import Checked, Entry, Key
from scaffolder.cohort.report.readings import Reading, read
from scaffolder.results.class_standing import Item, Past, Rung

_PAUSE = timedelta(minutes=30)  # a longer pause ends a round


class Checks:
    """The checks of the ledger: the last one of each project, and what was known before the last round.

    A check with `--at` of work older than what was checked before is the last one, but not part of the history.
    `at` is when the last round ended, `earlier` when the one before it did; "" if there was none.
    """

    def __init__(self, checks: Iterable[Checked], looks: Iterable[Entry]) -> None:
        self.last: dict[Key, Reading] = {}
        self.history: dict[Key, list[Past]] = defaultdict(list)
        order: list[tuple[str, Key]] = []
        newest: dict[Key, str] = defaultdict(str)  # when the newest checked snapshot was collected
        for checked in checks:
            key = checked.key
            reading = self.last[key] = read(checked)
            if checked.collected < newest[key]:
                continue  # a look back with --at, which must not count as a fall
            newest[key] = checked.collected
            states = {item: fact.state for item, fact in reading.facts.items()}
            self.history[key].append(Past(reading.at, reading.commit, rung_of(reading), reading.score, states))
            order.append((reading.at, key))
        known = set(order)
        order += [(entry.at, entry.key) for entry in looks if (entry.at, entry.key) not in known]
        order.sort(key=lambda each: each[0])
        start = _last_round(order)
        self.at, self.earlier = (order[-1][0] if order else ""), (order[start - 1][0] if start else "")
        earlier = Counter(key for at, key in order[:start] if (at, key) in known)
        self.before = {key: self.history[key][number - 1] for key, number in earlier.items()}

    def items(self) -> dict[str, Item]:
        """The items of the last checks, in the order of the newest, each as the newest names it."""
        found: dict[str, Item] = {}
        for reading in sorted(self.last.values(), key=lambda each: each.at, reverse=True):
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


def _last_round(order: Sequence[tuple[str, Key]]) -> int:
    """The index in `order`, which has all checks and looks, where the last round begins."""
    projects: set[Key] = set()
    later = ""
    for place in range(len(order) - 1, -1, -1):
        at, key = order[place]
        if key in projects or (later and _apart(at, later) > _PAUSE):
            return place + 1
        projects.add(key)
        later = at
    return 0


def _apart(earlier: str, later: str) -> timedelta:
    try:
        return datetime.fromisoformat(later) - datetime.fromisoformat(earlier)
    except (ValueError, TypeError):
        return timedelta(0)


def rung_of(reading: Reading) -> Rung:
    """The rung of the ladder on which a check found a project."""
    if reading.unrated:
        return Rung.NOT_RATED
    return Rung(str(reading.level)) if reading.level else Rung.NONE
