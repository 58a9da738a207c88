"""Who stands where, what was handed in by when, and the page, the JSON and the gradebook that say it."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cohort_data
import pytest
from cohort_data import PROJECTS, course, fill
from support import Outcome, refused

from scaffolder.cohort import ledger
from scaffolder.cohort.course.assignments import Assignment, Project, Student
from scaffolder.cohort.ledger import Checked, Collected, Entry, Facts, Judged, Ledger
from scaffolder.cohort.ledger import State as Ended
from scaffolder.cohort.report import summary
from scaffolder.cohort.report.checks import read
from scaffolder.cohort.report.gradebook import grades
from scaffolder.cohort.report.summary import to_json
from scaffolder.pages import cohort as pages
from scaffolder.results.class_standing import Delivery, Rung, Standing
from scaffolder.results.finding import Evidence, Finding, Level, State
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


pytestmark = pytest.mark.usefixtures("no_child")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Class]:
    with ledger.opened(tmp_path, create=True) as book:
        yield Class(book)


def test_levels_scores_and_changes_are_those_of_the_last_two_rounds(room: Class) -> None:
    room.add("ada", "bob", "eve")
    for student, states in (("ada", "dpm"), ("bob", "dwd")):
        room.check(student, states, at(10))
    room.check("ada", "dwm", at(17), TWO)
    room.check("bob", "mwd", at(17), TWO)
    found = room.standing()
    ada, bob, eve = found.works
    assert (ada.rung, ada.score, ada.gained, ada.lost) == (Rung.BUILDER, 66, ("problem",), ())
    assert (bob.rung, bob.score, bob.gained, bob.lost) == (Rung.NONE, 66, (), ("tests",))
    assert (eve.rung, eve.delivery, eve.before) == (Rung.NOT_CHECKED, Delivery.NOT_COLLECTED, None)
    assert (found.checked, found.before) == (at(17), at(10))
    (churn,) = found.projects
    assert {rung: number for rung, number in churn.ladder.items() if number} == {
        "builder": 1,
        "no level yet": 1,
        "not checked": 1,
    }
    assert churn.before
    assert {rung: n for rung, n in churn.before.items() if n} == {"operator": 1, "no level yet": 1, "not checked": 1}
    assert churn.progress
    assert (churn.progress.gained, churn.progress.lost, churn.progress.up, churn.progress.down) == (1, 1, 1, 1)
    assert (churn.progress.score_before, churn.progress.score) == (66.5, 66)
    assert [(one.item, one.open, one.of, one.before) for one in churn.stuck] == [("tests", 1, 2, 0), ("ci", 1, 2, 1)]


def test_an_item_that_does_not_apply_is_neither_progress_nor_a_step_back(room: Class) -> None:
    room.add("ada", "bob")
    room.check("ada", "dwd", at(10))
    room.check("bob", "dwm", at(10))
    room.check("ada", "dwn", at(17), TWO)
    room.check("bob", "dwn", at(17), TWO)
    assert [(work.gained, work.lost) for work in room.standing().works] == [((), ()), ((), ())]
    assert room.standing().projects[0].stuck == ()


def test_a_look_back_is_no_fall(room: Class) -> None:
    room.add("ada")
    room.check("ada", "mmm", at(10))
    room.check("ada", "dwd", at(17), TWO)
    now = room.standing().works[0]
    assert (now.gained, now.lost) == (("tests", "problem", "ci"), ())
    checked = Checked("ada", "churn", ONE, at(10), report("mmm", "first"), at(20))
    room.book.record([Entry("ada", "churn", "check", Ended.DONE, "", ONE, at(20), Facts(as_of=at(12)))], [], [checked])
    (then,) = room.standing().works
    assert (then.as_of, then.score, then.before, then.gained, then.lost) == (at(12), 0, None, (), ())
    assert then.history == now.history
    assert room.standing().projects[0].progress is None
    room.check("ada", "dwd", at(22), TWO)
    again = room.standing().works[0]
    assert (again.gained, again.lost, len(again.history)) == ((), (), 3)


def test_who_was_not_checked_again_has_not_changed(room: Class) -> None:
    room.add("ada", "bob")
    room.check("ada", "mmm", at(3))
    room.check("bob", "mmm", at(3))
    room.check("ada", "dmm", at(10), ONE)
    room.check("bob", "dmm", at(10), ONE)
    room.check("bob", "dwm", at(17), TWO)
    room.look("ada", at(17))
    ada, bob = room.standing().works
    assert (ada.gained, ada.idle) == ((), True)
    assert (bob.gained, bob.idle) == (("problem",), False)
    assert room.standing().before == at(10)


def test_a_round_in_which_nothing_moved_is_the_last_one(room: Class) -> None:
    room.add("ada")
    room.check("ada", "mmm", at(3))
    room.check("ada", "dmm", at(10), TWO)
    room.look("ada", at(17))
    found = room.standing()
    assert (found.checked, found.before, found.works[0].gained) == (at(17), at(10), ())


def test_what_an_update_opens_again_is_no_fall_of_the_student(room: Class) -> None:
    room.add("ada", "bob", "cy")
    for student in ("ada", "bob", "cy"):
        room.check(student, "dwd", at(10))
    room.step("ada", "update", Ended.DONE, commit=TWO)
    room.step("cy", "update", Ended.BRANCH, commit="3" * 40)
    room.check("ada", "mwd", at(17), TWO)
    room.check("bob", "mwd", at(17), "4" * 40)
    room.check("cy", "mwd", at(17), "3" * 40)  # the branch, just as it was offered
    found = room.standing()
    assert [(work.lost, work.updated) for work in found.works] == [
        (("tests",), updated) for updated in (True, False, True)
    ]
    progress = found.projects[0].progress
    assert progress
    assert (progress.lost, progress.reopened, progress.down) == (1, 2, 1)
    page = pages.page(found)
    looks = re.findall(r"<summary><b>(\d+)</b> <span>([^<]+)</span>", page)
    assert {("1", "Slipped back"), ("2", "Open since your update")} <= set(looks)
    assert '<b class="down">−1</b>, and 2 open again by your updates;' in page


def test_a_conflict_is_no_failure(room: Class) -> None:
    room.add("ada", "bob")
    for student in ("ada", "bob"):
        room.check(student, "dwd", at(10))
    room.step("ada", "update", Ended.CONFLICT, "Both have changed it.", commit=ONE)
    room.step("bob", "update", Ended.FAILED, "No network.", when=at(10))
    room.add("eve")
    room.step("eve", "push", Ended.BRANCH)
    found = room.standing()
    reasons = [[problem.detail for problem in work.problems] for work in found.works]
    assert reasons == [["Both have changed it."], ["No network."], []]
    page = pages.page(found)
    assert "update, 10 Nov: No network." in page
    assert "Not checked yet." in page
    looks = re.findall(r"<summary><b>(\d+)</b> <span>([^<]+)</span>.*?#s(\d)", page, re.DOTALL)
    assert looks[:2] == [("1", "Failed", "1"), ("1", "In conflict", "0")]
    rows = re.findall(r'<tr class="[a-z_]+  *(conflict|failed)', page)
    assert rows == ["conflict", "failed"]
    assert page.count('<b class="down">!</b>') == 1
    assert '<b class="down">update is in conflict</b>' in page


def test_what_is_checked_twice_in_half_an_hour_is_one_round(room: Class) -> None:
    room.add("ada")
    for states, when, commit in (("mmm", at(10), ONE), ("dmm", at(17), TWO), ("dwm", at(17, minute=20), "3" * 40)):
        room.check("ada", states, when, commit)
    found = room.standing()
    assert (found.before, found.works[0].gained) == (at(10), ("tests", "problem"))


def test_the_first_round_has_nothing_before_it(room: Class) -> None:
    room.add("ada", "bob")
    room.check("ada", "dwd", at(10))
    room.check("bob", "dmm", at(10, minute=20))
    found = room.standing()
    assert (found.before, found.projects[0].before, found.projects[0].progress) == ("", None, None)
    assert [work.before for work in found.works] == [None, None]
    assert "first round" in pages.page(found)


def test_a_comparison_with_the_same_day_says_the_time(room: Class) -> None:
    room.add("ada")
    room.check("ada", "mmm", at(10, 8))
    room.check("ada", "dmm", at(10, 9), TWO)
    assert "compared with 10 Nov, 08:00:00 ·" in pages.page(room.standing())
    room.check("ada", "dwm", at(11, 9), ONE)
    assert "compared with 10 Nov ·" in pages.page(room.standing())


def test_the_ledger_may_know_more_than_the_roster(room: Class) -> None:
    room.add("ada", "gone")
    room.check("ada", "dwd", at(10))
    room.check("gone", "dwd", at(11))
    room.students.pop()
    found = room.standing()
    assert [work.student for work in found.works] == ["ada"]
    assert found.checked == at(10)
    assert "gone" not in pages.page(found)


@pytest.mark.parametrize("found", [{}, {"findings": 3}, {**report("dwd"), "notes": 3}])
def test_a_report_of_another_version_is_not_rated(room: Class, found: dict[str, Any]) -> None:
    room.add("ada", "bob")
    room.check("bob", "dwd", at(10))
    room.book.record(checked=[Checked("ada", "churn", ONE, at(10), found, at(10))])
    ada, bob = room.standing().works
    assert (ada.rung, ada.score, ada.checked, bob.rung) == (Rung.NOT_RATED, 0, at(10), Rung.OPERATOR)
    assert "check --again" in ada.unrated
    assert "check --again" in unescape(pages.page(room.standing()))


def test_evidence_is_bounded() -> None:
    long = Finding(
        "x", "X", Level.BUILDER, False, False, State.DONE, (Evidence("a" * 9_999, "b" * 9_999, 3),) * 9, "", "", ""
    )
    written = {**Report("", "", "", (long,)).to_json(), "texts": {}}
    found = read(Checked("ada", "churn", ONE, at(10), written, at(10)))
    (finding,) = found.report.findings
    assert len(finding.evidence) == 5
    assert all(len(each.fact) + len(each.path) <= 800 for each in finding.evidence)


@pytest.mark.parametrize(
    ("commits", "due", "delivery", "counted"),
    [
        ((), DUE, Delivery.NOT_COLLECTED, ""),
        (((NEW, at(25)),), DUE, Delivery.NOT_MOVED, at(25)),
        (((ONE, at(19)),), DUE, Delivery.IN_TIME, ""),
        (((ONE, at(19)), (ONE, at(21))), DUE, Delivery.IN_TIME, at(21)),
        (((ONE, at(21)),), DUE, Delivery.IN_TIME, at(21)),  # pushed in time, or not: nobody knows
        (((NEW, at(19)), (ONE, at(21))), DUE, Delivery.IN_TIME, at(21)),
        (((ONE, at(19)), (TWO, at(21))), DUE, Delivery.IN_TIME, at(21)),
        (((ONE, at(19)), (ONE, at(21)), (TWO, at(22))), DUE, Delivery.CHANGED, at(21)),
        (((ONE, at(21)), (NEW, at(22))), DUE, Delivery.CHANGED, at(21)),
        (((NEW, at(19)), (NEW, at(21)), (ONE, at(22))), DUE, Delivery.AFTER, at(21)),
        (((ONE, DUE), (TWO, at(22))), DUE, Delivery.CHANGED, DUE),
        (((ONE, at(21)),), "", Delivery.WORKING, ""),
        (((ONE, at(21)),), "2026-12-01T00:00:00Z", Delivery.WORKING, ""),
        (((NEW, at(21)),), "", Delivery.NOT_MOVED, ""),
    ],
)
def test_the_first_collection_after_the_due_date_counts(
    room: Class, commits: tuple[tuple[str, str], ...], due: str, delivery: Delivery, counted: str
) -> None:
    room.project = replace(room.project, due=due)
    room.add("ada")
    last = ""
    for commit, when in commits:
        room.look("ada", when, commit)
        room.book.record(collected=[Collected("ada", "churn", commit, when)] if commit != last else [])
        last = commit
    found = room.standing()
    assert (found.works[0].delivery, found.works[0].counted) == (delivery, counted)
    (one,) = found.projects[0].dues
    assert (one.due, one.past, one.deliveries[delivery]) == (due, due == DUE, 1)
    assert (one.first, one.last, one.open) == (counted, counted, due == DUE and not counted)


def test_a_collection_that_failed_does_not_count(room: Class) -> None:
    room.add("ada")
    room.step("ada", "collect", Ended.FAILED, "No network.", when=at(21))
    room.check("ada", "dwd", at(22))
    assert (room.standing().works[0].delivery, room.standing().works[0].counted) == (Delivery.IN_TIME, at(22))


def test_the_page_says_what_counts(room: Class) -> None:
    room.add("ada", "bob", "eve")
    room.check("ada", "dwd", at(21))
    room.check("bob", "dwd", at(21, minute=1))
    page = pages.page(room.standing())
    assert "as collected on 21 Nov 2026, 09:00:00 UTC to 21 Nov 2026, 09:01:00 UTC, the first time after" in page
    assert "Due 20 Nov 2026, 23:59 UTC: in time, as collected on 21 Nov 2026, 09:00:00 UTC, the first time" in page
    assert "1 not collected since the due date" in page


def test_a_student_has_another_due_date_than_the_class(room: Class) -> None:
    room.add("ada")
    room.add("bob", due="2026-12-24T00:00:00Z")
    for student in ("ada", "bob"):
        room.look(student, at(21), NEW)
        room.check(student, "mmm", at(22))
    assert [work.delivery for work in room.standing().works] == [Delivery.AFTER, Delivery.WORKING]
    assert [one.past for one in room.standing().projects[0].dues] == [True, False]


def test_what_an_update_brought_is_nobodys_work(room: Class) -> None:
    room.add("ada", "bob")
    for student in ("ada", "bob"):
        room.check(student, "mmm", at(10), TWO)
    room.step("ada", "update", Ended.DONE, commit=TWO)
    room.step("bob", "update", Ended.UNCHANGED, commit=TWO)
    assert [work.delivery for work in room.standing().works] == [Delivery.NOT_MOVED, Delivery.IN_TIME]
    room.step("ada", "update", Ended.UNCHANGED, commit=TWO)  # the same command again
    assert room.standing().works[0].delivery is Delivery.NOT_MOVED


def test_an_update_that_fails_is_nobodys_work_either(room: Class) -> None:
    room.add("ada", "bob")
    room.check("ada", "mmm", at(10), NEW)
    room.step("bob", "update", Ended.DONE, commit=TWO)
    room.check("bob", "mmm", at(10), TWO)
    for student in ("ada", "bob"):
        room.step(student, "update", Ended.FAILED, "No network.")
    assert [work.delivery for work in room.standing().works] == [Delivery.NOT_MOVED, Delivery.NOT_MOVED]
    room.step("ada", "new", Ended.FAILED, "No template.")
    assert room.standing().works[0].delivery is Delivery.NOT_MOVED


def test_commits_of_ours_are_no_new_ones(room: Class) -> None:
    room.add("ada", "bob")
    for student in ("ada", "bob"):
        room.check(student, "mmm", at(10), NEW)
    room.step("ada", "update", Ended.DONE, commit=ONE)
    for student in ("ada", "bob"):
        room.check(student, "mmm", at(17), ONE)
    progress = room.standing().projects[0].progress
    assert progress
    assert (progress.moved, progress.of) == (1, 2)


def dated(room: Class, student: str, when: str, commit: str = "", state: Ended = Ended.UNCHANGED) -> None:
    """A check that was made with --at, for the time `when`."""
    room.step(student, "check", state, commit=commit, when=at(25), as_of=when)


def test_a_check_of_an_earlier_time_is_said_and_shows_nothing_later(room: Class) -> None:
    room.add("ada", "bob", "eve")
    room.check("ada", "dmm", at(10))
    room.check("ada", "dwd", at(22), TWO, "second")
    room.check("bob", "dwd", at(22))
    room.check("eve", "dwd", at(10))
    for student in ("ada", "bob", "eve"):
        room.judge(student, 3, at(23), "second")
    room.book.record(checked=[Checked("ada", "churn", ONE, at(10), report("dmm"), at(25))])
    dated(room, "ada", DUE, ONE)
    dated(room, "bob", DUE, state=Ended.FAILED)
    found = room.standing()
    ada, bob, _ = found.works
    assert found.as_of == (DUE,)
    assert [work.as_of for work in found.works] == [DUE, DUE, ""]
    assert (ada.score, ada.commit, ada.collected, ada.delivery) == (33, ONE, at(10), Delivery.IN_TIME)
    assert not ada.judgements["problem"][0].current
    assert (bob.rung, bob.delivery, bob.commit, bob.facts) == (Rung.NOT_CHECKED, Delivery.NOT_COLLECTED, "", {})
    given = grades(found)
    assert set(given["bob"].values()) == {"", "not collected", DUE}
    assert [row["churn as of"] for row in given.values()] == [DUE, DUE, ""]
    assert json.loads(json.dumps(to_json(found)))["as_of"] == [DUE]
    page = pages.page(found)
    assert "2 of 3 projects as of 20 Nov 2026, 23:59:59 UTC</strong>, not as of now" in page
    room.check("ada", "dwd", at(26), TWO)
    assert (room.standing().works[0].as_of, room.standing().works[0].score) == ("", 100)


def test_a_check_of_an_earlier_time_says_nothing_of_branches_of_today(room: Class) -> None:
    room.add("ada")
    room.check("ada", "dwd", at(10))
    room.step("ada", "collect", Ended.UNCHANGED, commit=ONE, when=at(22), rewritten=True, branches=("work",))
    (now,) = room.standing().works
    assert (now.rewritten, now.elsewhere) == ((at(22),), "There is work that is not on 'main' but on 'work'.")
    dated(room, "ada", DUE, ONE)
    (then,) = room.standing().works
    assert (then.as_of, then.rewritten, then.elsewhere) == (DUE, (), "")


def test_rewritten_history_and_a_missing_readme_are_shown(room: Class) -> None:
    room.add("ada", "bob")
    for student in ("ada", "bob"):
        room.check(student, "dwd", at(10))
    room.step("bob", "collect", Ended.DONE, commit=TWO, when=at(17), rewritten=True)
    room.book.record(checked=[Checked("ada", "churn", TWO, at(17), {**report("mmm"), "readme": False}, at(17))])
    room.step("bob", "collect", Ended.UNCHANGED, commit=TWO, when=at(18))
    found = room.standing()
    assert [work.rewritten for work in found.works] == [(), (at(17),)]
    assert [work.readme for work in found.works] == [False, True]
    page = pages.page(found)
    assert "<b>1</b> <span>Rewritten history" in page
    assert "<b>1</b> <span>No README" in page
    assert "history rewritten</b>, noticed 17 Nov 2026, 09:00 UTC" in page


def test_reviews_wait_count_and_grow_stale(room: Class) -> None:
    room.add("new", "good", "weak", "stale", "later")
    for student in ("new", "good", "weak", "stale", "later"):
        room.check(student, "dwd", at(10), ONE, "first")
        room.check(student, "dwd", at(17), TWO, "second" if student in ("stale", "later") else "first")
    for student, score, when in (("good", 3, at(12)), ("weak", 1, at(12)), ("stale", 3, at(12)), ("later", 2, at(18))):
        room.judge(student, score, when, "second" if student == "later" else "first")
    new, good, weak, stale, later = room.standing().works
    assert [work.waiting for work in (new, good, weak, stale, later)] == [("problem",), (), (), (), ()]
    assert [work.stale for work in (new, good, weak, stale, later)] == [(), (), (), ("problem",), ()]
    assert [work.reviewed for work in (new, good, weak, stale, later)] == [False, True, False, False, True]
    assert [work.counts.reviewed for work in (new, good, weak, stale, later)] == [0, 1, 0, 0, 1]
    assert [grade["churn review"] for grade in grades(room.standing()).values()] == ["", 3, 1, 3, 2]
    assert [grade["churn judged"] for grade in grades(room.standing()).values()] == [0, 1, 1, 1, 1]
    assert [grade["churn changed since judged"] for grade in grades(room.standing()).values()] == [0, 0, 0, 1, 0]
    assert "stale: the text has, or may have, changed since" in pages.page(room.standing())


def test_of_each_reviewer_the_last_word_counts(room: Class) -> None:
    room.add("ada")
    room.check("ada", "dwd", at(10))
    room.judge("ada", 0, at(11))
    room.judge("ada", 2, at(13), reviewer="Alan")
    room.judge("ada", 3, at(12))
    (said,) = room.standing().works[0].judgements.values()
    assert [(each.reviewer, each.score, each.current) for each in said] == [("Grace", 3, True), ("Alan", 2, True)]


def test_what_a_repository_says_of_its_reviews_does_not_count(room: Class) -> None:
    room.add("ada")
    room.check("ada", "dwd", at(10))
    own = report("dwd")
    own["findings"][1]["reviews"] = [{"reviewer": "Me", "score": 3, "comment": "!", "date": "x", "standing": "current"}]
    room.book.record(checked=[Checked("ada", "churn", TWO, at(11), {**own, "reviewed": True}, at(11))])
    work = room.standing().works[0]
    assert (work.reviewed, work.counts.reviewed, work.waiting) == (False, 0, ("problem",))


def test_names_are_told_only_if_asked(room: Class) -> None:
    room.add("s1", name="Ada Byron", group="Blue")
    room.check("s1", "dwd", at(10))
    for reveal in (False, True):
        found = room.standing(reveal=reveal)
        for text in (pages.page(found), json.dumps(to_json(found))):
            assert ("Ada Byron" in text) is reveal
            assert "Blue" in text


def test_the_json_has_all_but_earlier_states(room: Class) -> None:
    room.add("ada")
    room.check("ada", "mmm", at(3))
    room.check("ada", "dwd", at(10), TWO)
    (work,) = json.loads(json.dumps(to_json(room.standing())))["works"]
    assert work["facts"]["problem"]["state"] == "written"
    assert [past["rung"] for past in work["history"]] == ["no level yet", "operator"]
    assert "states" not in work["before"]


class Parsed(HTMLParser):
    """The tags of a page and their attributes, and what stands in <style> and <script>."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inside: dict[str, str] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._open = tag if tag in ("style", "script") else ""

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside[self._open] = self.inside.get(self._open, "") + data


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    return pages.page(cohort_data.made(tmp_path_factory.mktemp("hostile"), 6, groups=2, rounds=2, hostile=True))


def test_nothing_of_a_ledger_becomes_markup(hostile: str) -> None:
    found = Parsed(hostile)
    names = [tag for tag, _ in found.tags]
    assert (names.count("script"), names.count("style"), names.count("img")) == (1, 1, 0)
    allowed = {"href", "class", "id", "scope", "colspan", "role", "tabindex", "hidden", "name", "value", "type"}
    allowed |= {"data-i", "data-p", "viewbox", "d", "width", "height", "y", "preserveaspectratio", "content", "lang"}
    allowed |= {"charset", "http-equiv", "aria-label", "aria-labelledby", "aria-hidden", "aria-live", "checked"}
    assert {name for _, attributes in found.tags for name in attributes} <= allowed | {"autocomplete", "spellcheck"}
    links = [attributes["href"] for _, attributes in found.tags if "href" in attributes]
    assert links
    assert [link for link in links if not link.startswith("#")] == []
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200f\u061c\ud800-\udfff]", hostile)
    assert hostile.encode()


def test_the_policy_allows_our_style_and_script_alone(hostile: str) -> None:
    found = Parsed(hostile)
    (policy,) = (each["content"] for _, each in found.tags if each.get("http-equiv") == "Content-Security-Policy")
    for name in ("style", "script"):
        digest = b64encode(sha256(found.inside[name].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "--done" in found.inside["style"]  # the look of a single report


def test_every_row_of_a_grid_has_a_cell_for_each_column(hostile: str) -> None:
    grids = re.findall(r'<table class="grid">.*?</table>', hostile, re.DOTALL)
    assert len(grids) == 2
    for grid in grids:
        head, *bodies = grid.split("<tbody>")
        columns = head.split("<tr>")[2].count("<th ")
        rows = [row for body in bodies for row in re.split(r"<tr[ >]", body)[1:] if 'scope="row"' in row]
        assert len(rows) == 6
        assert {len(re.findall("<t[hd][ >]", row)) for row in rows} == {columns}
        assert head.count("<col ") == columns


def test_every_link_of_the_page_leads_somewhere(hostile: str) -> None:
    tags = Parsed(hostile).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["href"][1:] for _, attributes in tags if "href" in attributes} <= set(ids)


def test_the_page_of_a_large_course_stays_small(tmp_path: Path) -> None:
    found = cohort_data.made(tmp_path, 60, groups=8, rounds=2)
    assert len(pages.page(found).encode()) < 60 * 22_000  # 200 students: 4.4 MB


def test_an_empty_course_has_a_page(room: Class) -> None:
    assert "0 students" in pages.page(room.standing())


def test_a_gradebook_has_numbers_and_how_it_was_handed_in(room: Class) -> None:
    room.add("ada", "bob")
    room.check("ada", "dwd", at(10))
    found = room.standing()
    names = ("level", "done %", "review", "judged", "texts", "changed since judged", "handed in")
    columns = [f"churn {name}" for name in names]
    assert grades(found) == {
        "ada": dict(zip(columns, (3, 100, "", 0, 1, 0, "in time"), strict=True)),
        "bob": dict(zip(columns, ("", "", "", "", "", "", "not collected"), strict=True)),
    }
    assert list(grades(found, words=False)["ada"]) == columns[:3]


COURSE = "".join(f'[[projects]]\ntemplate = "{name}"\nname = "{name}"\n' for name in PROJECTS)


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """The folder of a cohort of five."""
    folder = tmp_path / "ml-2026"
    folder.mkdir()
    (folder / "cohort.toml").write_text(COURSE)
    given = course(5, groups=2)
    students = {each.student.id: each.student for each in given}
    lines = ["id;name;group", *(f"{each.id};{each.name};{each.group}" for each in students.values())]
    (folder / "roster.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with ledger.opened(folder, create=True) as book:
        fill(book, given, rounds=2)
    return folder


Run = Callable[..., Outcome]


def test_the_command_writes_the_page(cohort: Path, scaffolder: Run) -> None:
    done = scaffolder("cohort", "report", cohort)
    assert (done.code, done.err) == (0, "")
    page = (cohort / "report.html").read_text("utf-8")
    assert "<title>ml-2026: who stands where</title>" in page
    assert "Ada Byron" not in page
    assert [line.partition(":")[0] for line in done.out.splitlines()[:2]] == list(PROJECTS)
    assert scaffolder("cohort", "report", cohort, "--reveal", "-o", "other.html").code == 0
    assert "Ada Byron" in Path("other.html").read_text("utf-8")
    assert sorted(path.name for path in Path().iterdir()) == ["ml-2026", "other.html"]


def test_the_command_prints_json(cohort: Path, scaffolder: Run) -> None:
    done = scaffolder("cohort", "report", cohort, "--json")
    found = json.loads(done.out)
    assert (found["schema"], found["revealed"], len(found["works"])) == (1, False, 10)
    assert done.out.isascii()


def test_the_gradebook_has_the_rosters_layout(cohort: Path, scaffolder: Run) -> None:
    assert "5 students" in scaffolder("cohort", "report", cohort, "--csv", "all.csv").out
    head, *students = csv.reader(Path("all.csv").read_text("utf-8").splitlines(), delimiter=";")
    assert head[:4] == ["id", "name", "group", "classical-ml level"]
    assert [row[0] for row in students] == ["s000", "s001", "s002", "s003", "s004"]
    refused(scaffolder("cohort", "report", cohort, "--csv", "nowhere/g.csv"), "cannot be written")


@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        (["--csv", "ml-2026/roster.csv"], "part of the cohort", 2),
        (["-o", "ml-2026/ledger.sqlite"], "part of the cohort", 2),
        (["-o", "ml-2026/../ml-2026/cohort.toml"], "part of the cohort", 2),
        (["-o", "notes.csv"], "'notes.csv' does not end in .html", 2),
        (["--csv", "play.py"], "'play.py' does not end in .csv", 2),
        (["-o", "ml-2026"], "cannot be written: it is a folder", 2),
        (["-o", "."], "cannot be written: it is a folder", 2),
        (["-o", "/"], "cannot be written: it is a folder", 2),
        (["--csv", ""], "cannot be written: it is a folder", 2),
        (["-o", "ml-2026/roster.csv/page.html"], "cannot be written: Not a directory", 2),
        (["-o", "nowhere/page.html"], "cannot be written: No such file", 2),
    ],
)
def test_the_command_refuses_what_would_do_harm(
    cohort: Path, scaffolder: Run, options: list[str], said: str, code: int
) -> None:
    before = {path.name: path.read_bytes() for path in cohort.iterdir() if path.is_file()}
    done = scaffolder("cohort", "report", cohort, *options)
    assert (done.code, said in done.err) == (code, True)
    assert {path.name: path.read_bytes() for path in cohort.iterdir() if path.is_file()} == before


def test_a_pipe_is_written_and_stays_one(cohort: Path, scaffolder: Run) -> None:
    os.mkfifo("page")
    with subprocess.Popen(["cat", "page"], stdout=subprocess.PIPE) as reader:
        assert scaffolder("cohort", "report", cohort, "-o", "page").code == 0
        assert b"<html" in reader.communicate()[0]
    assert Path("page").is_fifo()
