"""Who stands where: what changed between rounds of checks, and what a ledger in any state can say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from small_class import ONE, TWO, Class, at, report

from scaffolder.cohort import ledger
from scaffolder.cohort.ledger import Checked, Entry, Facts
from scaffolder.cohort.ledger import State as Ended
from scaffolder.cohort.report.checks import read
from scaffolder.pages import cohort as pages
from scaffolder.results.class_standing import Delivery, Rung
from scaffolder.results.finding import Evidence, Finding, Level, State
from scaffolder.results.report import Report

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
