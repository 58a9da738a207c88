"""A class of students with one project, and the ledger of their checks, for tests of who stands where."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from scaffolder.cohort.course.assignments import Assignment, Project, Student
from scaffolder.cohort.ledger import Checked, Collected, Entry, Facts, Judged, Ledger
from scaffolder.cohort.ledger import State as Ended
from scaffolder.cohort.report import summary
from scaffolder.results.class_standing import Standing
from scaffolder.results.finding import Finding, Level, State
from scaffolder.results.report import Report

NEW, ONE, TWO = "a" * 40, "1" * 40, "2" * 40
DUE = "2026-11-20T23:59:59Z"
NOW = "2026-11-26T08:00:00Z"
ITEMS = (("tests", Level.BUILDER, False), ("problem", Level.BUILDER, True), ("ci", Level.DEPLOYER, False))
STATES = {"d": State.DONE, "w": State.WRITTEN, "p": State.PLACEHOLDER, "m": State.MISSING, "n": State.NOT_APPLICABLE}


def at(day: int, hour: int = 9, minute: int = 0, second: int = 0) -> str:
    return f"2026-11-{day:02}T{hour:02}:{minute:02}:{second:02}Z"


def report(states: str, text: str = "first") -> dict[str, Any]:
    """What a check writes into the ledger: the states of `ITEMS`, and the written item's text."""
    findings = tuple(
        Finding(name, f"{name.title()}: it is there.", level, False, written, STATES[state], (), "Do it.", "", "Book")
        for (name, level, written), state in zip(ITEMS, states, strict=True)
    )
    return {**Report("x", "", "", findings).to_json(), "texts": {"problem": sha(text)}}


def sha(text: str) -> str:
    return sha256(text.encode()).hexdigest()


class Class:
    """A class of students with one project, and its ledger."""

    def __init__(self, book: Ledger) -> None:
        self.book = book
        self.students: list[Student] = []
        self.project = Project("churn", "classical-ml", due=DUE)

    def add(self, *ids: str, **fields: Any) -> None:
        self.students += [Student(name, **fields) for name in ids]
        self.book.record([Entry(name, "churn", "new", Ended.DONE, "", NEW, at(1)) for name in ids])

    def check(self, student: str, states: str, when: str, commit: str = ONE, text: str = "first") -> None:
        ended = [Entry(student, "churn", step, Ended.DONE, "", commit, when) for step in ("collect", "check")]
        checked = Checked(student, "churn", commit, when, report(states, text), when)
        self.book.record(ended, [Collected(student, "churn", commit, when)], [checked])

    def look(self, student: str, when: str, commit: str = "") -> None:
        """A check that found the commit it had checked before."""
        self.step(student, "collect", Ended.UNCHANGED, commit=commit, when=when)
        self.step(student, "check", Ended.UNCHANGED, when=when)

    def step(
        self,
        student: str,
        step: str,
        state: Ended,
        detail: str = "",
        commit: str = "",
        when: str = "",
        **facts: Any,
    ) -> None:
        self.book.record([Entry(student, "churn", step, state, detail, commit, when, Facts(**facts))])

    def judge(self, student: str, score: int, when: str, text: str = "first", reviewer: str = "Grace") -> None:
        self.book.judge(Judged(student, "churn", "problem", sha(text), score, "Why?", reviewer, when))

    def standing(self, **options: Any) -> Standing:
        given = [Assignment(student, self.project) for student in self.students]
        return summary.of(self.book, given, **{"title": "A course", "at": NOW, **options})
