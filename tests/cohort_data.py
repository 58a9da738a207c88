"""Ledgers as a course would leave them: several rounds of checks, some late, failed or not moved, some hostile."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

from sample_reports import ATTACK

from scaffolder.check.item import Item as Kind
from scaffolder.check.items import ITEMS
from scaffolder.cohort.course.assignments import Assignment, Project, Student
from scaffolder.cohort.ledger import Checked, Collected, Entry, Facts, Judged, Ledger
from scaffolder.cohort.ledger import State as StepState
from scaffolder.results.finding import Evidence, Finding, State
from scaffolder.results.report import Report

AT = "2026-11-26T08:00:00Z"
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
PROJECTS = ("classical-ml", "rag-assistant")
ROUNDS = 4  # a week apart; the last one is on 2026-11-23
HOSTILE = f"{ATTACK}\u202e\u200f</section></style> & \x00\x1b[31m =1+1 {{{{7*7}}}}"
LONE = "\ud800"  # half a character, as in a name that is no Unicode
LONG = "Wolfeschlegelsteinhausenbergerdorff-" * 6
NAMES = (
    *("Ada Byron", "Niccolò Ferri", "Zoë Márquez", "Nguyễn Thị Minh Khai", "Łukasz Wójcik", "李小龙", "Olu Adébáyò"),
    *("محمد الخوارزمي", "Jean-François d'Aubigné", "María-José Carreño Quiñones", "Bo Li", "O'Neill, Siobhán"),
)
COMMENTS = ("", "Say who pays for it.", "Good: a number and a date. Which rows are these, though?", "Clear and short.")


@dataclass(frozen=True)
class Course:
    """What the page is made from."""

    assignments: tuple[Assignment, ...]


def course(count: int, *, groups: int = 0, hostile: bool = False) -> Course:
    """`count` students, each with both projects; the last three are hostile if wanted."""
    students = [
        Student(f"s{number:03d}", NAMES[number % len(NAMES)], group=f"Group {number % groups + 1}" if groups else "")
        for number in range(count)
    ]
    if hostile:
        students[-3:] = [
            Student("a" * 60, LONG, group=LONG),
            Student("Z-_.9", HOSTILE, group=HOSTILE),
            Student("rtl", "\u202eشريف\u2066 \u061c", group="فريق"),
        ]
    projects = [Project(PROJECTS[0], "classical-ml", due=day(19)), Project(PROJECTS[1], "rag-assistant", due=day(35))]
    given = tuple(Assignment(student, project) for student in students for project in projects)
    return Course(given)


def day(number: int, hour: int = 8) -> str:
    """A moment of the course, as the ledger writes it."""
    return (START + timedelta(days=number, hours=hour - 8)).strftime("%Y-%m-%dT%H:%M:%SZ")


def fill(ledger: Ledger, given: Course, *, rounds: int = ROUNDS, hostile: bool = False, seed: int = 1) -> None:
    """Write what `rounds` weeks of the course leave behind, round by round."""
    chance = random.Random(seed)
    entries: list[Entry] = []
    collected: list[Collected] = []
    checked: list[Checked] = []
    judged: list[Judged] = []
    for assignment in given.assignments:
        student, project = assignment.key
        nasty = HOSTILE if hostile else ""
        first = commit(student, project, 0)
        entries += [Entry(student, project, step, StepState.DONE, "", first, day(0)) for step in ("new", "push")]
        looks, snapshots, checks = _weeks(assignment, chance, rounds, nasty)
        entries += looks
        entries += _last_steps(student, project, chance, day(7 * (rounds - 1), 9), nasty)
        collected += snapshots
        if chance.random() > 0.01:
            checked += checks
            judged += _judged(student, project, checks[-1].report, chance, nasty)
    ledger.record(entries, sorted(collected, key=lambda each: each.at), sorted(checked, key=lambda each: each.at))
    ledger.judge(*judged)


def _weeks(
    assignment: Assignment, chance: random.Random, rounds: int, nasty: str
) -> tuple[list[Entry], list[Collected], list[Checked]]:
    """What is collected and checked of one project, week by week."""
    student, project = assignment.key
    diligence = chance.betavariate(3, 1.2) if project == PROJECTS[0] else chance.betavariate(1.6, 2.4)
    moves, seed = chance.random() > 0.06, chance.randrange(2**32)
    looks, collected, checked, version = [], [], [], 0
    for number in range(rounds):
        if moves and number and chance.random() < 0.45 + diligence / 2:
            version += 1
        at, now = day(7 * number, 9), commit(student, project, version)
        if project == PROJECTS[0] and number == rounds - 1 and chance.random() < 0.9:
            before = commit(student, project, max(version - (chance.random() < 0.2), 0))
            looks.append(Entry(student, project, "collect", StepState.DONE, "", before, day(19, 9)))
            collected += _seen(collected, student, project, before, day(19, 9))
        looks.append(Entry(student, project, "collect", StepState.DONE, "", now, at, _rewritten(chance)))
        collected += _seen(collected, student, project, now, at)
        if number and checked[-1].commit == now:
            continue
        found = report(assignment, 1.08 * diligence * version / max(rounds - 1, 1), seed, nasty)
        checked.append(Checked(student, project, now, at, found, at, "1.0.0"))
    return looks, collected, checked


def _rewritten(chance: random.Random) -> Facts:
    return Facts(rewritten=chance.random() < 0.01)


def _seen(before: Sequence[Collected], student: str, project: str, now: str, at: str) -> list[Collected]:
    """The snapshot of a collection, if what is there has changed."""
    return [] if before and before[-1].commit == now else [Collected(student, project, now, at)]


def _last_steps(student: str, project: str, chance: random.Random, at: str, nasty: str) -> list[Entry]:
    """How the last round ended; once in a while, badly."""
    last = [Entry(student, project, step, StepState.DONE, at=at) for step in ("collect", "check")]
    draw = chance.random()
    if draw < 0.02 or nasty:
        reason = f"The remote refused the key of {student}: ask the student to renew it. {nasty}"
        return [Entry(student, project, "collect", StepState.FAILED, reason, "", at)]
    if draw < 0.03:
        return [last[0], Entry(student, project, "check", StepState.FAILED, "README.md is larger than 5 MB.", "", at)]
    if draw < 0.05:
        reason = "README.md and src/predictor/training.py are in conflict with the template."
        return [*last, Entry(student, project, "update", StepState.CONFLICT, reason, "", at)]
    return last


def _judged(
    student: str, project: str, found: Mapping[str, Any], chance: random.Random, nasty: str
) -> Iterator[Judged]:
    for entry in found["findings"]:
        if entry["state"] == "written" and chance.random() < 0.6:
            text = found["texts"][entry["item"]] if chance.random() < 0.8 else "0" * 64
            score, comment = chance.choice((1, 2, 2, 3, 3)), nasty or chance.choice(COMMENTS)
            yield Judged(student, project, entry["item"], text, score, comment, nasty or "Grace Hopper", day(20))


def commit(student: str, project: str, version: int) -> str:
    """The id of a commit."""
    return sha1(f"{student}/{project}/{version}".encode()).hexdigest()


def report(assignment: Assignment, done: float, seed: int, nasty: str = "") -> dict[str, Any]:
    """What a check writes into the ledger if about the share `done` of the items is finished, easy ones first."""
    chance = random.Random(seed)
    findings = [_finding(kind, place / len(ITEMS), done, chance, nasty) for place, kind in enumerate(ITEMS)]
    found = Report(assignment.student.id, "", assignment.project.template, tuple(findings)).to_json()
    return {**found, "texts": {each.item: sha256(each.item.encode()).hexdigest() for each in findings if each.written}}


def _finding(kind: type[Kind], place: float, done: float, chance: random.Random, nasty: str) -> Finding:
    hard = -1.0 if kind.id == "secrets" else 0.1 + 0.75 * (sum(map(ord, kind.id)) % 97 / 97 + place) / 2
    ignored, noise = chance.random() < 0.02, chance.gauss(0, 0.08)
    if ignored and place > 0.7:
        state = State.NOT_APPLICABLE
    elif done > hard + noise - 0.02 * (done > 0.5 and chance.random() < 0.2):
        state = State.WRITTEN if kind.written else State.DONE
    elif kind.written:
        state = chance.choice((State.PLACEHOLDER, State.PLACEHOLDER, State.MISSING))
    else:
        state = State.UNVERIFIED if chance.random() < 0.04 else State.MISSING
    return Finding(
        *(kind.id, kind.title(), kind.level, kind.essential, kind.written, state),
        evidence=tuple(_evidence(state, chance, nasty)),
        remedy="" if state.counts else kind.remedy(),
        reason="The project has no service." if state is State.NOT_APPLICABLE else "",
        source=kind.source,
    )


def _evidence(state: State, chance: random.Random, nasty: str) -> Iterator[Evidence]:
    said: Sequence[str] = {
        State.WRITTEN: [f"{chance.randrange(20, 400)} words of the owner's"],
        State.PLACEHOLDER: ["unfinished: “TODO(problem): Who decides something with this, and what does it cost the…”"],
        State.DONE: ["test_api.py asserts on the answer of /predict", "roc_auc equals reports/metrics.json"],
        State.MISSING: ["the last stage runs as root", "the number 0.812 is not in reports/metrics.json"],
    }.get(state, ["it could not be read"])
    for fact in said[: chance.randrange(1, 3)]:
        yield Evidence(f"{fact}{nasty and nasty + LONE}", f"README.md{nasty}", chance.randrange(1, 200))


def made(folder: Path, count: int, *, groups: int = 0, rounds: int = ROUNDS, hostile: bool = False) -> Any:
    """The `Standing` of a course of `count` students; its ledger is written into `folder`."""
    from scaffolder.cohort import ledger
    from scaffolder.cohort.report import summary

    given = course(count, groups=groups, hostile=hostile)
    folder.mkdir(parents=True, exist_ok=True)
    with ledger.opened(folder, create=True) as opened:
        fill(opened, given, rounds=rounds, hostile=hostile)
        return summary.of(opened, given.assignments, title="Machine learning 2026", at=AT, reveal=True)
