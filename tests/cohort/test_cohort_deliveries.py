"""What was handed in by when, what is said as of an earlier time, and how the texts were judged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from small_class import DUE, NEW, ONE, TWO, Class, at, report

from scaffolder.cohort import ledger
from scaffolder.cohort.ledger import Checked, Collected
from scaffolder.cohort.ledger import State as Ended
from scaffolder.cohort.report.gradebook import grades
from scaffolder.cohort.report.summary import to_json
from scaffolder.pages import cohort as pages
from scaffolder.results.class_standing import Delivery, Rung

pytestmark = pytest.mark.usefixtures("no_child")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Class]:
    with ledger.opened(tmp_path, create=True) as book:
        yield Class(book)


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
        room.judge(student, score, when)
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
