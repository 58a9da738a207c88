"""Who stands where: the plain data of the class's report. `summary.of` computes them; a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from scaffolder.check.engine.finding import Evidence, Level, State
from scaffolder.check.report import Counts
from scaffolder.cohort.ledger import Entry

NO_COUNTS = Counts(verified=0, to_verify=0, written=0, to_write=0, reviewed=0)


class Delivery(StrEnum):
    """What the teacher's collections say of a project and its due date, by the teacher's clock."""

    NOT_COLLECTED = "not collected"
    NOT_MOVED = "not moved"  # what was collected is what was handed out
    WORKING = "at work"  # not due yet, or never
    IN_TIME = "in time"  # what is there now was there at the first collection after it was due, which counts
    CHANGED = "changed"  # there was work at the collection that counts, and a later one found other work
    AFTER = "after due"  # there was no work at the collection that counts, and a later one found some


class Rung(StrEnum):
    """Where on the ladder a project stands, lowest first."""

    NOT_CHECKED = "not checked"
    NOT_RATED = "not rated"
    NONE = "no level yet"
    BUILDER = "builder"
    DEPLOYER = "deployer"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Item:
    """An item of the checklist, as the newest report that has it names it; `remedy` is "" if nobody needed it."""

    id: str
    title: str
    level: Level
    essential: bool = False
    written: bool = False
    remedy: str = ""
    source: str = ""


@dataclass(frozen=True)
class Fact:
    """What a check found of one item."""

    state: State
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Person:
    """A student; `name` is "" unless the report may tell."""

    id: str
    name: str = ""
    group: str = ""


@dataclass(frozen=True)
class Judgement:
    """What a teacher said of a written item; `current` unless the text has, or may have, changed since."""

    score: int
    comment: str
    reviewer: str
    at: str
    current: bool


@dataclass(frozen=True)
class Past:
    """A check, in short; `states` are those of the items."""

    at: str
    commit: str
    rung: Rung
    score: int
    states: Mapping[str, State] = field(repr=False)


@dataclass(frozen=True)
class Work:
    """A student's project. Times are ISO 8601 in UTC, "" for never; all tuples of strings are ids of items.

    `waiting` are the written items that nobody has judged, `stale` those whose text has changed since; `reviewed` says
    that each written item up to the level is judged good enough; `idle` that the work was the same last time.
    `as_of` is the time given to its last check with `--at`, and all else is as it was then; "" for as it is now.
    """

    student: str
    project: str
    due: str
    delivery: Delivery
    rung: Rung
    unrated: str = ""
    score: int = 0
    counts: Counts = NO_COUNTS
    reviewed: bool = False
    facts: Mapping[str, Fact] = field(default_factory=dict)
    judgements: Mapping[str, tuple[Judgement, ...]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    before: Past | None = None
    idle: bool = False
    history: tuple[Past, ...] = ()
    problems: tuple[Entry, ...] = ()  # the steps that failed, or that are in conflict
    commit: str = ""  # what was collected last
    collected: str = ""  # when that was first seen
    fetched: str = ""  # when the teacher last looked
    checked: str = ""
    counted: str = ""  # when that was collected which counts, at or after the due date
    as_of: str = ""
    rewritten: tuple[str, ...] = ()  # when a collection no longer found what was there before
    readme: bool = True
    elsewhere: str = ""  # a sentence that names other branches with work

    @property
    def climbed(self) -> int:
        """How many rungs up, or below zero down, since last time; 0 if it was not rated both times."""
        rungs = (self.rung, self.before.rung if self.before else self.rung)
        places = [max(RUNGS.index(rung) - RUNGS.index(Rung.NONE), -1) for rung in rungs]
        return 0 if -1 in places else places[0] - places[1]


@dataclass(frozen=True)
class Stuck:
    """An item and how many projects, of those to which it applies, have it open now and had it open last time."""

    item: str
    open: int
    of: int
    before: int | None


@dataclass(frozen=True)
class Progress:
    """What has changed since last time: items gained and lost, projects up and down, the mean score then and now."""

    gained: int
    lost: int
    up: int
    down: int
    moved: int  # projects with another commit, which is not one of ours
    of: int  # projects that were checked both times
    score_before: float
    score: float


@dataclass(frozen=True)
class Due:
    """A due date, "" for none, whether it is past, and how many projects were handed in how.

    What counts was collected from the time `first` to the time `last`, the first time at or after the due date; `open`
    is how many projects were not collected since.
    """

    due: str
    past: bool
    deliveries: Mapping[Delivery, int]
    first: str = ""
    last: str = ""
    open: int = 0


@dataclass(frozen=True)
class Overview:
    """A project of the course, across the class; `before` and `progress` are None before the second round of checks."""

    project: str
    works: int
    ladder: Mapping[Rung, int]
    before: Mapping[Rung, int] | None
    progress: Progress | None
    dues: tuple[Due, ...]
    stuck: tuple[Stuck, ...]


@dataclass(frozen=True)
class Pair:
    """Two students' sections that share `share` (0 to 1) of the shorter one's runs; `texts` are the passages."""

    project: str
    item: str
    students: tuple[str, str]
    share: float
    texts: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Standing:
    """The class at the moment `at`; `checked` is when it was last checked, `before` when it was before that.

    `as_of` are the times for which some projects were last checked with `--at`.
    """

    title: str
    at: str
    revealed: bool
    checked: str
    before: str
    people: tuple[Person, ...]
    items: Mapping[str, Item]
    projects: tuple[Overview, ...]
    works: tuple[Work, ...]
    similar: tuple[Pair, ...] = ()
    as_of: tuple[str, ...] = ()


RUNGS = tuple(Rung)
LEVEL, DONE, REVIEW = "level", "done %", "review"
JUDGED, TEXTS, STALE, HANDED_IN, AS_OF = "judged", "texts", "changed since judged", "handed in", "as of"
"""The columns of a gradebook, after the project's name."""


def grades(standing: Standing, *, words: bool = True) -> dict[str, dict[str, str | int | float]]:
    """By student, the columns of a gradebook; what is not known yet is "".

    Of each project: the level (0 no level yet, 1 Builder, 2 Deployer, 3 Operator), per cent of the items done or
    written, and the mean of the teacher's last scores (0 to 3), also of texts that have changed since. With `words`,
    how many texts were judged, how many the project asks for, how many have changed since they were judged, how it was
    handed in and, if somebody's last check was made with `--at`, for which time.
    """
    found: dict[str, dict[str, str | int | float]] = {person.id: {} for person in standing.people}
    dated = {work.project for work in standing.works if work.as_of}
    for work in standing.works:
        values = {**_numbers(work), **(_said(work) if words else {})}
        if words and work.project in dated:
            values[AS_OF] = work.as_of
        found[work.student] |= {f"{work.project} {name}": value for name, value in values.items()}
    return found


def _numbers(work: Work) -> dict[str, str | int | float]:
    rated = work.rung not in (Rung.NOT_CHECKED, Rung.NOT_RATED)
    scores = [said[-1].score for said in work.judgements.values()]
    return {
        LEVEL: RUNGS.index(work.rung) - RUNGS.index(Rung.NONE) if rated else "",
        DONE: work.score if work.checked else "",
        REVIEW: round(sum(scores) / len(scores), 2) if scores else "",
    }


def _said(work: Work) -> dict[str, str | int | float]:
    stale = sum(not said[-1].current for said in work.judgements.values())
    counts = {JUDGED: len(work.judgements), TEXTS: work.counts.to_write, STALE: stale}
    known = counts if work.checked else dict.fromkeys(counts, "")
    return {**known, HANDED_IN: str(work.delivery)}


def points(standing: Standing) -> dict[str, float]:
    """What each column of numbers of the gradebook is worth at most."""
    most = {LEVEL: 3, DONE: 100, REVIEW: 3}
    return {f"{each.project} {name}": worth for each in standing.projects for name, worth in most.items()}


def to_json(standing: Standing) -> dict[str, Any]:
    """All of it as JSON, but for the items' states at earlier checks."""
    found = asdict(standing)
    for work in found["works"]:
        for past in (*work["history"], work["before"] or {}):
            past.pop("states", None)
    return found
