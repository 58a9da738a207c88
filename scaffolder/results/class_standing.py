"""The plain data of the class's report. `summary.of` computes them; a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scaffolder.results.finding import Evidence, Level, State
from scaffolder.results.report import Counts


class Delivery(StrEnum):
    """How a project was handed in, judged by the times of the teacher's collections."""

    NOT_COLLECTED = "not collected"
    NOT_MOVED = "not moved"  # the collected work is what was handed out
    WORKING = "at work"  # not due yet, or never
    IN_TIME = "in time"  # the work was already there at the first collection after the due date, which counts
    CHANGED = "changed"  # there was work at the collection that counts, and a later one found other work
    AFTER = "after due"  # there was no work at the collection that counts, and a later one found some


class Rung(StrEnum):
    """The rungs of the ladder that a project may stand on, lowest first."""

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
    """The finding of a check on one item."""

    state: State
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Person:
    """A student; `name` is "" unless the report may show it."""

    id: str
    name: str = ""
    group: str = ""


@dataclass(frozen=True)
class Judgement:
    """A teacher's judgement of a written item; `current` unless the text has, or may have, changed since."""

    score: int
    comment: str
    reviewer: str
    at: str
    current: bool


@dataclass(frozen=True)
class Past:
    """An earlier check in short; `states` are those of the items."""

    at: str
    commit: str
    rung: Rung
    score: int
    states: Mapping[str, State] = field(repr=False)


@dataclass(frozen=True)
class Problem:
    """The end of a step: `state` is "failed" or "conflict", `detail` says what went wrong, `at` when, in UTC."""

    step: str
    state: str
    detail: str
    at: str


@dataclass(frozen=True)
class Work:
    """A student's project. Times are ISO 8601 in UTC, "" for never; all tuples of strings are ids of items.

    `waiting` are the written items that nobody has judged, `stale` those whose text has changed since they were judged.
    `reviewed` says that each written item up to the level was judged good enough, `idle` that the work is the same as
    last time. `as_of` is the time that `--at` gave to the last check, "" if it gave none; all else is as of that time.
    `starter` names the exercises that the repository was made with, "" if it was made finished.
    """

    student: str
    project: str
    due: str
    delivery: Delivery
    rung: Rung
    unrated: str = ""
    score: int = 0
    counts: Counts = field(default_factory=Counts)
    reviewed: bool = False
    facts: Mapping[str, Fact] = field(default_factory=dict)
    judgements: Mapping[str, tuple[Judgement, ...]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    before: Past | None = None
    idle: bool = False
    updated: bool = (
        False  # the collected commit is an update of ours, so that what is `lost` is not the student's doing
    )
    history: tuple[Past, ...] = ()
    problems: tuple[Problem, ...] = ()  # the steps that failed, or that are in conflict
    commit: str = ""  # the commit that was collected last
    collected: str = ""  # when it was first seen
    fetched: str = ""  # when the teacher last looked
    checked: str = ""
    counted: str = ""  # the time of the collection that counts, at or after the due date
    as_of: str = ""
    rewritten: tuple[str, ...] = ()  # the times of collections that no longer found the earlier commits
    readme: bool = True
    elsewhere: str = ""  # a sentence that names other branches with work
    starter: str = ""


@dataclass(frozen=True)
class Stuck:
    """An item, and how many of the projects that it applies to have it open now and had it open last time."""

    item: str
    open: int
    of: int
    before: int | None


@dataclass(frozen=True)
class Progress:
    """The changes since last time: items gained and lost, projects up and down, the mean score then and now.

    What an update of ours has opened again is counted apart, as `reopened`, and not as a fall.
    """

    gained: int
    lost: int
    reopened: int
    up: int
    down: int
    moved: int  # projects with another commit that is not ours
    of: int  # projects that were checked both times
    score_before: float
    score: float


@dataclass(frozen=True)
class Due:
    """A due date, "" for none, whether it is past, and how many projects have each kind of delivery.

    `first` and `last` are the times of the earliest and the latest collection that counts; `open` is how many projects
    were not collected since the due date.
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
class Standing:
    """The class at the moment `at`; `checked` is when it was last checked, `before` when the time before that.

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
    as_of: tuple[str, ...] = ()


RUNGS = tuple(Rung)
