"""`scaffolder cohort check`: what was handed in is what was collected, and one broken repository stops nobody."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cohorts import CHANGE, Classroom, Run, classroom_in, head
from support import MEMORY_LIMITS, PATIENCE, git, refused

from scaffolder import __version__, child
from scaffolder.check import reviews
from scaffolder.check.reviews import Review
from scaffolder.cohort import ledger
from scaffolder.cohort.ledger import Checked, Collected
from scaffolder.cohort.work import collect

pytestmark = pytest.mark.usefixtures("no_child")

CONTRACT = b'[project]\nunit = "a row"\n'


@pytest.fixture
def classroom(tmp_path: Path, scaffolder: Run) -> Iterator[Classroom]:
    with classroom_in(tmp_path, scaffolder) as found:
        found.new("ada", "bob")
        yield found


def checks(classroom: Classroom) -> list[Checked]:
    with ledger.opened(classroom.folder) as book:
        return list(book.checks())


def snapshots(classroom: Classroom, until: str = "") -> dict[str, Collected]:
    with ledger.opened(classroom.folder) as book:
        return {student: each for (student, _), each in book.snapshots(until).items()}


def at(monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    monkeypatch.setattr(ledger, "now", lambda: time)


@pytest.mark.usefixtures("with_child")
def test_each_is_collected_and_checked_once(classroom: Classroom) -> None:
    classroom.push()
    assert classroom.states("check") == {"ada": "done", "bob": "done"}
    assert {each.student: each.commit for each in checks(classroom)} == {
        student: head(classroom.remote(student)) for student in ("ada", "bob")
    }
    report = checks(classroom)[0].report
    assert report["findings"]
    assert set(report["texts"]) <= {each["item"] for each in report["findings"] if each["written"]}
    assert checks(classroom)[0].version == __version__
    assert classroom.states("check") == {"ada": "unchanged", "bob": "unchanged"}
    mine = classroom.work("ada", {"README.md": b"# Mine\n\n## Data\n\nFrom the sea, every day at noon, by hand.\n"})
    assert classroom.states("check") == {"ada": "done", "bob": "unchanged"}
    assert [each.student for each in checks(classroom)] == ["ada", "bob", "ada"], "the history stays"
    assert checks(classroom)[-1].commit == mine == snapshots(classroom)["ada"].commit
    assert mine in git(classroom.bare("ada"), "for-each-ref", "--format=%(objectname)", "refs/collected").split()
    assert classroom.states("check", "--again", "--student", "bob") == {"bob": "done"}


def test_without_a_remote_the_repositories_here_are_checked(classroom: Classroom) -> None:
    assert classroom.states("check") == {"ada": "done", "bob": "done"}
    assert snapshots(classroom)["ada"].commit == head(classroom.bare("ada"))


@pytest.mark.parametrize("checked_before", [False, True])
def test_what_was_never_pushed_is_not_collected(classroom: Classroom, checked_before: bool) -> None:
    """Our own copy is no work of a student's, even if it was checked before anybody had named a remote."""
    if checked_before:
        classroom.states("check")
    classroom.server.mkdir()
    (classroom.server / "ada").write_text("a file where the folder of a student should be\n")
    assert classroom.states("push", "--base", classroom.server, code=3) == {"ada": "failed", "bob": "done"}
    found = classroom.run("check", code=1)["projects"]
    assert [each["state"] for each in found] == ["failed", "unchanged" if checked_before else "done"]
    assert found[0]["detail"].startswith("It was never pushed, so the student cannot have it")
    assert grades(classroom, "ada")["handed in"] == "not collected"
    assert {grades(classroom, "ada")[name] for name in ("level", "done %", "judged", "texts")} == {""}
    assert grades(classroom, "bob")["handed in"] == "not moved"
    (classroom.server / "ada").unlink()
    classroom.states("push")
    assert classroom.states("check")["ada"] == ("unchanged" if checked_before else "done")
    assert grades(classroom, "ada")["handed in"] == "not moved"
    assert grades(classroom, "ada")["done %"] != ""


def test_as_it_was_collected_not_as_commits_are_dated(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    classroom.push()
    at(monkeypatch, "2026-11-01T08:00:00Z")
    first = head(classroom.remote("ada"))
    classroom.states("check")
    at(monkeypatch, "2026-12-02T08:00:00Z")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-11-30T12:00:00Z")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-30T12:00:00Z")
    late = classroom.work("ada", {"late.py": b"1\n"})
    classroom.states("check")
    assert classroom.states("check", "--at", "2026-12-01T00:00Z", "--student", "ada") == {"ada": "done"}
    assert (checks(classroom)[-1].commit, checks(classroom)[-1].collected) == (first, "2026-11-01T08:00:00Z")
    assert classroom.states("check", "--at", "2026-12-02T08:00Z") == {"ada": "done", "bob": "unchanged"}
    assert checks(classroom)[-1].commit == late


def test_nothing_collected_until_then_is_said(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, "2026-11-01T08:00:00Z")
    classroom.states("check", "--student", "ada")
    at(monkeypatch, "2026-12-02T08:00:00Z")
    found = classroom.run("check", "--at", "2026-12-01T00:00Z", code=1)
    assert {each["student"]: each["state"] for each in found["projects"]} == {"ada": "unchanged", "bob": "failed"}
    said = "As of 2026-12-01T00:00:00Z: nothing had been collected by then."
    assert found["projects"][1]["detail"].startswith(said)


def grades(classroom: Classroom, student: str) -> dict[str, str]:
    """A student's row of the gradebook."""
    file = classroom.home / "grades.csv"
    classroom.run("report", "--csv", file)
    with file.open(newline="", encoding="utf-8") as lines:
        row = next(row for row in csv.DictReader(lines) if row["id"] == student)
    return {name.removeprefix("tiny "): cell for name, cell in row.items() if name != "id"}


def due(classroom: Classroom, time: str) -> None:
    course = classroom.folder / "cohort.toml"
    course.write_text(course.read_text().replace("[[projects]]", f'[[projects]]\ndue = "{time}"'))


def test_who_pushes_in_time_is_in_time_though_the_check_comes_later(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(classroom, "2026-12-01T00:00:00Z")
    classroom.push()
    at(monkeypatch, "2026-11-30T23:00:00Z")
    classroom.states("check")
    classroom.work("ada", {"own.py": b"1\n"})  # a second before midnight, or after it
    at(monkeypatch, "2026-12-01T00:00:02Z")
    classroom.states("check")
    classroom.work("bob", {"own.py": b"1\n"})
    at(monkeypatch, "2026-12-02T00:00:00Z")
    classroom.states("check")
    assert [grades(classroom, student)["handed in"] for student in ("ada", "bob")] == ["in time", "after due"]
    classroom.work("ada", {"own.py": b"2\n"})
    at(monkeypatch, "2026-12-03T00:00:00Z")
    classroom.states("check")
    assert grades(classroom, "ada")["handed in"] == "changed"
    page = (classroom.folder / "report.html").read_text("utf-8")
    assert "as collected on 1 Dec 2026, 00:00:02 UTC, the first time after the due date" in page
    assert classroom.states("check", "--at", "due") == {"ada": "done", "bob": "done"}
    found = [grades(classroom, student) for student in ("ada", "bob")]
    assert [row["handed in"] for row in found] == ["in time", "not moved"]
    assert {row["as of"] for row in found} == {"2026-12-01T00:00:02Z"}
    assert "compared with" in (classroom.folder / "report.html").read_text("utf-8")


def test_nobody_keeps_the_row_of_another_check(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, "2026-11-02T08:00:00Z")
    classroom.states("check")
    assert grades(classroom, "ada")["done %"]
    classroom.states("check", "--at", "2020-01-01", code=1)
    row = grades(classroom, "ada")
    assert {row.pop("handed in"), row.pop("as of"), *row.values()} == {"", "not collected", "2020-01-01T23:59:59Z"}
    done = classroom._scaffolder("cohort", "report", classroom.folder)
    assert "2 of 2 projects as of 2020-01-01T23:59:59Z, not as of now" in done.out
    assert classroom.states("check") == {"ada": "done", "bob": "done"}
    assert "as of" not in grades(classroom, "ada")
    assert grades(classroom, "ada")["done %"]


def test_the_end_says_what_to_look_at(classroom: Classroom) -> None:
    classroom.push()
    place = classroom.clone("ada")
    git(place, "commit", "-q", "--amend", "-m", "All mine")
    git(place, "push", "-q", "--force", "origin", "main")
    classroom.work("bob", {"README.md": None})
    git(classroom.clone("bob"), "push", "-q", "origin", "main:same")
    git(classroom.clone("bob"), "commit", "-q", "--allow-empty", "-m", "Elsewhere")
    git(classroom.clone("bob"), "push", "-q", "origin", "HEAD:work")
    done = classroom._scaffolder("cohort", "check", classroom.folder)
    assert done.out.splitlines()[0] == "Checked: 2 done."
    assert "  1 with rewritten history: main has lost earlier commits, which are kept here: ada\n" in done.out
    assert "  1 without a README: bob\n" in done.out
    assert "  1 with work on another branch than main, and only main is checked: bob\n" in done.out
    classroom.run("report")
    page = (classroom.folder / "report.html").read_text("utf-8")
    assert "There is work that is not on &#39;main&#39; but on &#39;work&#39;." in page
    assert done.out.splitlines()[-1] == f"Next: scaffolder cohort report {classroom.folder}"
    found = classroom.run("check")
    assert found["look"]["no_readme"] == 1
    assert "rewritten" not in found["look"], "it was said"


def test_what_was_pushed_is_collected_from_where_it_was_pushed_to(classroom: Classroom) -> None:
    classroom.push()
    mine = classroom.work("ada", {"own.py": b"1\n"})
    with ledger.opened(classroom.folder) as book:
        book.set_meta("remote", "")
        book.set_meta("remote base", "")
    classroom.states("check")
    assert snapshots(classroom)["ada"].commit == mine


def test_work_that_is_only_on_scaffold_is_seen(classroom: Classroom, scaffolder: Run) -> None:
    classroom.push()
    classroom.work("ada", {"own.txt": b"mine\n"}, push=False)
    git(classroom.clone("ada"), "push", "-q", "origin", "main:scaffold")
    found = classroom.run("check")
    assert found["look"]["elsewhere"] == 1
    report = json.loads(scaffolder("cohort", "report", classroom.folder, "--json").out)
    works = {one["student"]: (one["delivery"], one["elsewhere"]) for one in report["works"]}
    assert works["ada"] == ("not moved", "There is work that is not on 'main' but on 'scaffold'.")
    assert works["bob"] == ("not moved", "")
    git(classroom.clone("ada"), "push", "-q", "origin", "main")
    assert "elsewhere" not in classroom.run("check")["look"]


def test_a_branch_of_ours_is_not_work_elsewhere(classroom: Classroom) -> None:
    classroom.push()
    bare = classroom.bare("ada")
    note = git(bare, "commit-tree", "-m", "Feedback", "-p", "main", "main^{tree}")
    git(bare, "branch", "feedback", note)
    git(bare, "push", "-q", str(classroom.remote("ada")), "feedback")
    assert "elsewhere" not in classroom.run("check")["look"]


def test_a_check_by_another_version_is_no_check_of_ours(classroom: Classroom) -> None:
    classroom.run("check")
    with ledger.opened(classroom.folder) as book:
        before = book.latest("check").values()
        book.record(replace(entry, facts=ledger.Facts(version=f"{__version__}1")) for entry in before)
    assert set(classroom.states("check").values()) == {"done"}
    assert set(classroom.states("check").values()) == {"unchanged"}


def test_times_that_are_refused(classroom: Classroom, scaffolder: Run) -> None:
    for when, said in (
        ("yesterday", "'yesterday'"),
        ("2026-12-01T00:00", "has no time zone"),
        ("2026-13-01", "is not a date"),
        ("2098-01-01", "is in the future"),
        ("due", "None of these projects is past a due date"),
    ):
        refused(scaffolder("cohort", "check", classroom.folder, "--at", when), said)


def test_a_student_who_rewrites_history_is_noticed_and_loses_nothing(classroom: Classroom) -> None:
    classroom.push()
    old = classroom.work("ada", {"own.py": b"1\n"})
    classroom.states("check")
    place = classroom.clone("ada")
    git(place, "reset", "-q", "--hard", "HEAD^")
    classroom.work("ada", {"own.py": b"2\n"}, push=False)
    git(place, "push", "-q", "--force", "origin", "main")
    classroom.states("check")
    with ledger.opened(classroom.folder) as book:
        said = [each.detail for each in book.events("ada", "tiny") if each.step == "collect"]
    assert [detail.startswith("The student has rewritten") for detail in said] == [False, True]
    assert git(classroom.bare("ada"), "cat-file", "-t", old) == "commit"
    assert old in git(classroom.bare("ada"), "for-each-ref", "--format=%(objectname)", "refs/collected").split()


def test_a_repositorys_own_reviews_do_not_count(classroom: Classroom) -> None:
    text = b"# Mine\n\n## Data\n\n" + b"The rows are days at one gauge, read by hand at noon; it was moved once. " * 6
    classroom.change({"README.md": text, "scaffolder.toml": CONTRACT})
    classroom.states("update")
    classroom.states("check")
    report = checks(classroom)[-1].report
    written = next(each["item"] for each in report["findings"] if each["state"] == "written")
    own = reviews.text_of([Review(written, "Friend", 3, "Good.", "2026-01-01", report["texts"][written])])
    classroom.change({"docs/reviews.toml": own.encode()})
    classroom.states("update")
    classroom.states("check")
    assert not any(each["reviewed"] for each in checks(classroom)[-1].report["findings"])


@pytest.mark.slow
@pytest.mark.usefixtures("with_child")
@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("time.sleep(10_000)", "took longer than 0.5 seconds"),
        pytest.param("bytearray(2_000_000_000)", "used more than 1,000 MB", marks=MEMORY_LIMITS),
        ("os.kill(os.getpid(), 9)", "its process ended"),
        ("1 / 0", "A bug in scaffolder"),
    ],
)
def test_a_check_that_goes_wrong_is_stopped_and_the_others_go_on(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch, trouble: str, words: str
) -> None:
    lines = (
        "import os, time",
        "from scaffolder.check import commit_snapshot",
        "real = commit_snapshot.repository_at",
        f"commit_snapshot.repository_at = lambda path, *rest: {trouble} if 'ada' in str(path) else real(path, *rest)",
    )
    start, _, end = child._CODE.partition("; ")
    first, _, last = end.partition("; ")
    monkeypatch.setattr(child, "_CODE", "\n".join((start, first, *lines, last)))
    whole = collect.Checker.report

    def report(checker: collect.Checker, path: Path, *rest: Any, **options: bool) -> Mapping[str, Any]:
        """With so much time that only a check that never ends is stopped."""
        checker._limits = child.Limits(wait=0.5 if "ada" in str(path) and "sleep" in trouble else PATIENCE)
        return whole(checker, path, *rest, **options)

    monkeypatch.setattr(collect.Checker, "report", report)
    found = classroom.run("check", code=1)
    assert {each["student"]: each["state"] for each in found["projects"]} == {"ada": "failed", "bob": "done"}
    assert words in found["projects"][0]["detail"]
    assert set(snapshots(classroom)) == {"ada", "bob"}, "it was collected, though"


def test_broken_repositories_stop_nobody(classroom: Classroom) -> None:
    classroom.push()
    for path in sorted(classroom.remote("ada").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    found = classroom.run("check", code=3)
    assert {each["student"]: each["state"] for each in found["projects"]} == {"ada": "failed", "bob": "done"}
    assert "does not appear to be a git repository" in found["projects"][0]["detail"]
    main = head(classroom.bare("bob")) or ""
    place = classroom.bare("bob") / "objects" / main[:2] / main[2:]
    place.chmod(0o644)
    place.write_bytes(b"not an object")
    found = classroom.run("check", "--student", "bob", "--again", code=3)
    assert found["projects"][0]["state"] == "failed"
    assert "The repository cannot be read" in found["projects"][0]["detail"]


def remove(repository: Path) -> None:
    shutil.rmtree(repository)


def replace_by_a_file(repository: Path) -> None:
    shutil.rmtree(repository)
    repository.write_text("")


def empty(repository: Path) -> None:
    shutil.rmtree(repository)
    repository.mkdir()


@pytest.mark.parametrize(
    ("lose", "said"),
    [
        (
            remove,
            "'repositories/ada/tiny.git' is gone. If it was pushed, put a clone of the remote in its place ('git clone",
        ),
        (replace_by_a_file, "'repositories/ada/tiny.git' is a file: move it away, and put the repository back"),
        (empty, "cannot be opened as a Git repository"),
    ],
)
def test_a_repository_that_is_lost_is_named(
    classroom: Classroom, scaffolder: Run, lose: Callable[[Path], None], said: str
) -> None:
    classroom.push()
    classroom.states("check")
    lose(classroom.bare("ada"))
    steps: list[tuple[str, ...]] = [
        ("check",),
        ("check", "--at", ledger.now()),
        ("push",),
        ("update",),
        ("update", "--dry-run"),
    ]
    for command, *options in steps:
        found = classroom.run(command, *options, code=3)["projects"]
        assert {each["student"]: each["state"] for each in found} == {"ada": "failed", "bob": "unchanged"}
        assert said in found[0]["detail"]
    code, _, err = scaffolder("cohort", "check", classroom.folder)
    assert (code, "ada/tiny: failed: " in err, "bob" in err) == (3, True, False)


def test_what_could_not_be_collected_is_tried_again(classroom: Classroom) -> None:
    classroom.push()
    away = classroom.remote("ada").rename(classroom.home / "away")
    assert classroom.states("check", code=3) == {"ada": "failed", "bob": "done"}
    away.rename(classroom.remote("ada"))
    assert classroom.states("check") == {"ada": "done", "bob": "unchanged"}


def test_a_repository_that_was_lost_is_made_anew_and_gets_the_students_work_back(classroom: Classroom) -> None:
    classroom.push()
    mine = classroom.work("ada", {"notes.txt": b"mine\n"})
    remove(classroom.bare("ada"))
    assert classroom.states("check", code=3) == {"ada": "failed", "bob": "done"}
    classroom.new("ada", "bob")
    assert classroom.states("push") == {"ada": "unchanged", "bob": "unchanged"}
    assert classroom.states("check") == {"ada": "done", "bob": "unchanged"}
    assert snapshots(classroom)["ada"].commit == mine


def test_a_repository_that_was_lost_after_an_update_is_brought_back_from_the_remote(classroom: Classroom) -> None:
    classroom.push()
    mine = classroom.work("ada", {"mine.txt": b"mine\n"})
    classroom.change(CHANGE)
    remove(classroom.bare("ada"))
    classroom.new("ada", "bob")  # not what was lost: the template has changed
    (found, _) = classroom.run("push", code=1)["projects"]
    assert (
        "put a clone of it ('git clone --bare') in the place of the repository here, and push again" in found["detail"]
    )
    remove(classroom.bare("ada"))
    git(classroom.home, "clone", "-q", "--bare", str(classroom.remote("ada")), str(classroom.bare("ada")))
    assert classroom.states("push") == {"ada": "unchanged", "bob": "unchanged"}
    assert classroom.states("check")["ada"] == "done"
    assert snapshots(classroom)["ada"].commit == mine
    assert classroom.states("update") == {"ada": "branch", "bob": "done"}
