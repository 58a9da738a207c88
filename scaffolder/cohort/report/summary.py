"""The class's report, computed from the ledger, the roster and the course; nothing else is read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import Any

from scaffolder.cohort.course.assignments import Assignment
from scaffolder.cohort.ledger import STEPS, Entry, Judged, Ledger
from scaffolder.cohort.ledger import State as StepState
from scaffolder.cohort.report.checks import Checks, History, Reading, Snapshots, handed_in
from scaffolder.cohort.report.reviewing import NOTHING
from scaffolder.cohort.work.collect import as_of
from scaffolder.cohort.work.steps import MADE
from scaffolder.results.class_standing import (
    RUNGS,
    Delivery,
    Due,
    Fact,
    Item,
    Judgement,
    Overview,
    Past,
    Person,
    Problem,
    Progress,
    Rung,
    Standing,
    Stuck,
    Work,
)
from scaffolder.results.finding import GOOD, State
from scaffolder.results.report import LADDER

_THERE = (State.DONE, State.WRITTEN)
_NEVER = "9999"  # later than any time, so that with --at a judgement is current only if its text is the same


def of(
    ledger: Ledger,
    assignments: Sequence[Assignment],
    *,
    title: str,
    at: str,
    reveal: bool = False,
) -> Standing:
    """The standing of the class at the moment `at`; it has names only with `reveal`."""
    wanted = {each.key: each for each in assignments}
    steps = {step: ledger.latest(step) for step in STEPS}
    looks = [entry for entry in steps["check"].values() if entry.key in wanted]
    checks = Checks((each for each in ledger.checks() if each.key in wanted), looks)
    snapshots = cache(ledger.snapshots)
    judged = ledger.judgements()
    works = tuple(
        _work(
            *(each, checks, snapshots),
            {step: found[each.key] for step, found in steps.items() if each.key in found},
            History(ledger.events(*each.key)),
            *(judged.get(each.key, ()), at),
        )
        for each in assignments
    )
    projects = dict.fromkeys(each.project.name for each in assignments)
    items = checks.items()
    return Standing(
        title=title,
        at=at,
        revealed=reveal,
        checked=checks.at,
        before=checks.earlier,
        people=tuple(
            {
                each.student.id: Person(each.student.id, each.student.name if reveal else "", each.student.group)
                for each in assignments
            }.values()
        ),
        items=items,
        projects=tuple(
            _overview(name, [work for work in works if work.project == name], items, at) for name in projects
        ),
        works=works,
        as_of=tuple(sorted({work.as_of for work in works if work.as_of})),
    )


def to_json(standing: Standing) -> dict[str, Any]:
    """The standing as JSON, without the items' states at earlier checks."""
    found = asdict(standing)
    for work in found["works"]:
        for past in (*work["history"], work["before"] or {}):
            past.pop("states", None)
    return found


def _work(
    assignment: Assignment,
    checks: Checks,
    snapshots: Snapshots,
    steps: Mapping[str, Entry],
    history: History,
    judged: Sequence[Judged],
    at: str,
) -> Work:
    """One student's project; `steps` has the last entry of each step."""
    key, due, then = assignment.key, assignment.due, as_of(steps.get("check"))
    collected, reading = snapshots(then).get(key), checks.last.get(key)
    if history.unpushed():
        collected = reading = None
    if then and (collected is None or reading is None or reading.commit != collected.commit):
        reading = None  # the work of that time was not checked, and a check of other work is no answer
    delivery, counted = handed_in(snapshots, history, key, due, at, then)
    work = Work(
        student=key[0],
        project=key[1],
        due=due,
        delivery=delivery,
        rung=reading.rung if reading else Rung.NOT_CHECKED,
        before=checks.before.get(key) if reading and not then else None,
        history=tuple(checks.history.get(key, ())),
        problems=tuple(
            Problem(each.step, each.state, each.detail, each.at)
            for each in steps.values()
            if each.state in (StepState.FAILED, StepState.CONFLICT)
        ),
        commit=collected.commit if collected else reading.commit if reading else "",
        collected=collected.at if collected else "",
        fetched=steps["collect"].at if "collect" in steps else "",
        counted=counted,
        as_of=then,
        updated=reading is not None and history.updated(reading.commit),
        rewritten=history.rewritten(then),
        elsewhere=history.elsewhere(then),
        starter=steps[MADE].detail if MADE in steps and steps[MADE].state is StepState.DONE else "",
    )
    since = _NEVER if then else checks.since(key)
    return _with_reading(work, reading, _judgements(judged, reading, since)) if reading else work


def _with_reading(work: Work, reading: Reading, said: Mapping[str, tuple[Judgement, ...]]) -> Work:
    """`work` with the findings of its last check and the teachers' judgements."""
    report, past = reading.report, work.before.states if work.before else {}
    facts = {each.item: Fact(each.state, each.evidence, each.reason) for each in report.findings}
    levels, to_judge = {each.item: each.level for each in report.findings}, reading.to_judge
    within = LADDER[: LADDER.index(report.level) + 1] if report.level else ()
    good = {item for item, given in said.items() if given[-1].current and given[-1].score >= GOOD}
    return replace(
        work,
        unrated=report.unrated,
        score=report.score if facts else 0,
        counts=replace(report.counts, reviewed=len(good.intersection(to_judge))),
        reviewed=bool(within) and not any(levels[item] in within for item in to_judge if item not in good),
        facts=facts,
        judgements=said,
        waiting=tuple(item for item in to_judge if item not in said),
        stale=tuple(item for item in to_judge if item in said and not said[item][-1].current),
        gained=tuple(
            item for item, fact in facts.items() if fact.state in _THERE and past.get(item, fact.state) not in _THERE
        ),
        lost=tuple(item for item, fact in facts.items() if not fact.state.counts and past.get(item) in _THERE),
        idle=work.before is not None and work.before.commit == reading.commit,
        checked=reading.at,
        readme=reading.readme,
    )


def _judgements(judged: Iterable[Judged], reading: Reading, since: str) -> dict[str, tuple[Judgement, ...]]:
    """The judgements by item, oldest first; only the last one of each teacher.

    A judgement is current if its text is that of the last check, or if it was made since the present commit is there.
    """
    last = {(each.item, each.reviewer): each for each in judged}
    found: dict[str, tuple[Judgement, ...]] = {}
    for each in sorted(last.values(), key=lambda each: each.at):
        current = reading.texts.get(each.item, NOTHING) == each.text or each.at >= since
        said = Judgement(each.score, each.comment, each.reviewer, each.at, current)
        found[each.item] = (*found.get(each.item, ()), said)
    return found


def _overview(project: str, works: Sequence[Work], items: Mapping[str, Item], at: str) -> Overview:
    """One project across the class."""
    again = [(work, work.before) for work in works if work.before]
    dues: dict[str, list[Work]] = defaultdict(list)
    for work in works:
        dues[work.due].append(work)
    stuck = [_stuck(item, works) for item in items]
    return Overview(
        project=project,
        works=len(works),
        ladder=_ladder(work.rung for work in works),
        before=_ladder(work.before.rung if work.before else Rung.NOT_CHECKED for work in works) if again else None,
        progress=_progress(again) if again else None,
        dues=tuple(_due(due, found, at) for due, found in sorted(dues.items())),
        stuck=tuple(sorted((each for each in stuck if each.open), key=lambda each: -each.open)),
    )


def _due(due: str, works: Sequence[Work], at: str) -> Due:
    """How the projects with one due date were handed in."""
    counted = sorted(work.counted for work in works if work.counted)
    deliveries = [work.delivery for work in works]
    past = bool(due) and due < at
    return Due(
        due,
        past,
        {each: deliveries.count(each) for each in Delivery},
        first=counted[0] if counted else "",
        last=counted[-1] if counted else "",
        open=len(works) - len(counted) if past else 0,
    )


def _ladder(rungs: Iterable[Rung]) -> dict[Rung, int]:
    found = Counter(rungs)
    return {rung: found[rung] for rung in RUNGS}


def _climbed(work: Work) -> int:
    """The number of rungs climbed since last time, negative for a fall; 0 if it was not rated both times."""
    rungs = (work.rung, work.before.rung if work.before else work.rung)
    places = [max(RUNGS.index(rung) - RUNGS.index(Rung.NONE), -1) for rung in rungs]
    return 0 if -1 in places else places[0] - places[1]


def _progress(again: Sequence[tuple[Work, Past]]) -> Progress:
    return Progress(
        gained=sum(len(work.gained) for work, _ in again),
        lost=sum(len(work.lost) for work, _ in again if not work.updated),
        reopened=sum(len(work.lost) for work, _ in again if work.updated),
        up=sum(_climbed(work) > 0 for work, _ in again),
        down=sum(_climbed(work) < 0 for work, _ in again if not work.updated),
        moved=sum(not work.idle and work.delivery is not Delivery.NOT_MOVED for work, _ in again),
        of=len(again),
        score_before=round(sum(past.score for _, past in again) / len(again), 1),
        score=round(sum(work.score for work, _ in again) / len(again), 1),
    )


def _stuck(item: str, works: Sequence[Work]) -> Stuck:
    now = [work.facts[item].state for work in works if item in work.facts]
    before = [work.before.states[item] for work in works if work.before and item in work.before.states]
    return Stuck(
        item,
        open=sum(not state.counts and state is not State.ERROR for state in now),
        of=sum(state is not State.NOT_APPLICABLE for state in now),
        before=sum(not state.counts for state in before) if before else None,
    )
