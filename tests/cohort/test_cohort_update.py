"""`scaffolder cohort update`: who gets what, and no line of a student is lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cohorts import CHANGE, Classroom, Run, branch_of, classroom_in, details, files_of, head, is_ancestor, offers
from support import git

from scaffolder.cohort import ledger
from scaffolder.cohort.remote import fetching
from scaffolder.cohort.report.deliveries import History

pytestmark = pytest.mark.usefixtures("no_child")


@pytest.fixture
def classroom(tmp_path: Path, scaffolder: Run) -> Iterator[Classroom]:
    with classroom_in(tmp_path, scaffolder) as found:
        yield found


def test_untouched_elsewhere_and_the_same_lines(classroom: Classroom) -> None:
    classroom.new("ada", "bob", "cy")
    classroom.push()
    before = {student: head(classroom.remote(student)) for student in ("ada", "bob", "cy")}
    bob = classroom.work("bob", {"own.py": b"print('mine')\n", "run.py": b"print('one')\nprint('two')\n"})
    cy = classroom.work("cy", {"notes.txt": b"first\nsecond\nmy third\n"})
    classroom.change(CHANGE)
    found = classroom.run("update", code=1)
    assert {each["student"]: each["state"] for each in found["projects"]} == {
        "ada": "done",
        "bob": "branch",
        "cy": "conflict",
    }
    ada = classroom.remote("ada")
    assert files_of(ada)["notes.txt"] == "first\nsecond\nTHIRD"
    assert files_of(ada).keys() == {"README.md", "run.py", "notes.txt", "new.txt"}
    assert is_ancestor(ada, before["ada"] or "")
    assert head(ada) == head(ada, "scaffold") == head(classroom.bare("ada"))

    assert head(classroom.remote("bob")) == bob, "main is the student's"
    offered = branch_of(classroom, "bob")
    assert git(classroom.remote("bob"), "rev-parse", f"{offered}^1", f"{offered}^2").split() == [
        bob,
        git(classroom.remote("bob"), "rev-parse", "scaffold"),
    ]
    merged = files_of(classroom.remote("bob"), offered)
    assert merged["own.py"] == "print('mine')"
    assert merged["run.py"].splitlines() == ["print('one')", "print('two')"]
    assert merged["notes.txt"].endswith("THIRD")
    assert offered in details(found)["bob"]

    assert head(classroom.remote("cy")) == cy
    assert head(classroom.remote("cy"), branch_of(classroom, "cy")) == head(classroom.remote("cy"), "scaffold")
    assert head(classroom.remote("cy"), "scaffold") != before["cy"], "the student can merge it"
    assert "'notes.txt'" in details(found)["cy"]


def test_twice_is_once(classroom: Classroom) -> None:
    classroom.new("ada", "bob")
    classroom.push()
    classroom.work("bob", {"own.py": b"1\n"})
    assert classroom.states("update") == {"ada": "unchanged", "bob": "unchanged"}
    classroom.change(CHANGE)
    assert classroom.states("update") == {"ada": "done", "bob": "branch"}
    refs = [git(classroom.remote(student), "show-ref") for student in ("ada", "bob")]
    own = [git(classroom.bare(student), "show-ref") for student in ("ada", "bob")]
    assert classroom.states("update") == {"ada": "unchanged", "bob": "branch"}
    assert refs == [git(classroom.remote(student), "show-ref") for student in ("ada", "bob")]
    assert own == [git(classroom.bare(student), "show-ref") for student in ("ada", "bob")]
    assert classroom.states("push") == {"ada": "unchanged", "bob": "unchanged"}


def test_merging_the_branch_and_going_on(classroom: Classroom) -> None:
    classroom.new("bob")
    classroom.push()
    classroom.work("bob", {"own.py": b"1\n"})
    classroom.change(CHANGE)
    classroom.states("update")
    place = classroom.clone("bob")
    git(place, "pull", "-q", "--no-rebase", "origin", branch_of(classroom, "bob"))
    merged = classroom.work("bob", {"own.py": b"2\n"})
    assert classroom.states("update") == {"bob": "unchanged"}
    assert head(classroom.remote("bob")) == merged
    classroom.change({"run.py": b"print('three')\n"})
    assert offers(classroom, "bob") == [], "it was merged"
    assert classroom.states("update") == {"bob": "branch"}
    git(place, "pull", "-q", "--no-rebase", "origin", branch_of(classroom, "bob"))
    git(place, "push", "-q", "origin", "main")
    assert files_of(classroom.remote("bob")) == {
        "README.md": files_of(classroom.remote("bob"))["README.md"],
        "run.py": "print('three')",
        "notes.txt": "first\nsecond\nTHIRD",
        "new.txt": "new",
        "own.py": "2",
    }


def test_two_updates_before_the_student_merges(classroom: Classroom) -> None:
    classroom.new("bob")
    classroom.push()
    bob = classroom.work("bob", {"own.py": b"1\n"})
    classroom.change(CHANGE)
    classroom.states("update")
    first = branch_of(classroom, "bob")
    classroom.change({"new.txt": b"newer\n"})
    assert classroom.states("update") == {"bob": "branch"}
    second = branch_of(classroom, "bob")
    assert second != first, "the older one is gone"
    assert git(classroom.remote("bob"), "rev-parse", f"{second}^1") == bob
    assert files_of(classroom.remote("bob"), second)["new.txt"] == "newer"
    assert is_ancestor(classroom.remote("bob"), bob, second)


def test_a_branch_that_the_student_has_deleted_does_not_come_back(classroom: Classroom) -> None:
    classroom.new("bob")
    classroom.push()
    classroom.work("bob", {"own.py": b"1\n"})
    classroom.change(CHANGE)
    classroom.states("update")
    offered = branch_of(classroom, "bob")
    git(classroom.clone("bob"), "push", "-q", "origin", "--delete", offered)
    found = classroom.run("update")
    assert (found["projects"][0]["state"], "was deleted" in found["projects"][0]["detail"]) == ("unchanged", True)
    assert classroom.states("push") == {"bob": "unchanged"}
    assert head(classroom.remote("bob"), offered) is None


def test_a_student_who_pushes_at_the_same_moment(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    classroom.new("ada")
    classroom.push()
    classroom.clone("ada")
    classroom.change(CHANGE)
    real = fetching.fetch

    def late(*arguments: Any, **options: Any) -> fetching.Fetched:
        found = real(*arguments, **options)
        classroom.work("ada", {"own.py": b"just in time\n"})
        return found

    with monkeypatch.context() as patch:
        patch.setattr(fetching, "fetch", late)
        found = classroom.run("update", code=3)
    assert "run it again" in found["projects"][0]["detail"]
    assert files_of(classroom.remote("ada"))["own.py"] == "just in time"
    assert classroom.states("update", "--failed") == {"ada": "branch"}
    merged = files_of(classroom.remote("ada"), branch_of(classroom, "ada"))
    assert (merged["own.py"], merged["new.txt"]) == ("just in time", "new")


def test_without_a_remote(classroom: Classroom) -> None:
    classroom.new("ada", "bob")
    git(classroom.home, "clone", "-q", str(classroom.bare("bob")), "direct")
    (classroom.home / "direct" / "own.py").write_text("1\n")
    git(classroom.home / "direct", "add", "-A")
    git(classroom.home / "direct", "commit", "-qm", "Mine")
    git(classroom.home / "direct", "push", "-q")
    bob = head(classroom.bare("bob"))
    classroom.change(CHANGE)
    assert classroom.states("update") == {"ada": "done", "bob": "branch"}
    assert files_of(classroom.bare("ada"))["new.txt"] == "new"
    assert head(classroom.bare("bob")) == bob
    classroom.push()
    assert head(classroom.remote("ada")) == head(classroom.bare("ada"))
    assert files_of(classroom.remote("bob"), branch_of(classroom, "bob"))["new.txt"] == "new"


def test_answers_of_the_student_the_roster_and_the_command(classroom: Classroom) -> None:
    classroom.change({"about.txt": b"{{ cookiecutter.project_name }} is {{ cookiecutter.colour }}\n"})
    classroom.new("ada,blue", "bob,red", columns="id,colour")
    classroom.push()
    assert files_of(classroom.bare("ada"))["about.txt"] == "Small Thing is blue"
    assert classroom.states("update", "--set", "project_name=Big Thing") == {"ada": "done", "bob": "done"}
    assert files_of(classroom.remote("ada"))["about.txt"] == "Big Thing is blue"
    assert (
        json.loads(git(classroom.remote("ada"), "show", "main:.scaffolder.json"))["answers"]["project_slug"]
        == "big-thing"
    )
    assert classroom.states("update") == {"ada": "unchanged", "bob": "unchanged"}, "it is not asked for again"
    roster = classroom.folder / "roster.csv"
    roster.write_text(roster.read_text().replace("bob,red", "bob,blue"))
    assert classroom.states("update") == {"ada": "unchanged", "bob": "done"}
    assert files_of(classroom.remote("bob"))["about.txt"] == "Big Thing is blue"
    done = classroom._scaffolder("cohort", "update", classroom.folder, "--set", "color=red")
    assert (done.code, "did you mean 'colour'" in done.err) == (2, True)


def test_a_student_who_has_renamed_the_project_keeps_the_name(classroom: Classroom, scaffolder: Run) -> None:
    classroom.new("ada,Small Thing", columns="id,project_name")
    classroom.push()
    place = classroom.clone("ada")
    git(place, "config", "user.name", "Ada")
    git(place, "config", "user.email", "ada@example.org")
    assert scaffolder("update", place, "--set", "project_name=Own Name", "--yes").code == 0
    git(place, "push", "-q", "origin", "main")
    own = head(place)
    classroom.change(CHANGE)
    assert set(classroom.states("update").values()) <= {"done", "branch"}
    repository = classroom.remote("ada")
    listed = git(repository, "branch", "--format=%(refname:short)").split()
    revision = next((name for name in listed if name.startswith("scaffold-update-")), "main")
    assert files_of(repository, revision)["README.md"].startswith("# Own Name")
    assert files_of(repository, revision)["new.txt"] == "new"
    assert is_ancestor(repository, own or "", revision)


def test_what_was_rewritten_is_kept(classroom: Classroom) -> None:
    classroom.new("ada")
    classroom.push()
    lost = classroom.work("ada", {"own.py": b"1\n"})
    classroom.states("update")
    place = classroom.clone("ada")
    git(place, "reset", "-q", "--hard", "HEAD^")
    git(place, "push", "-q", "--force", "origin", "main")
    assert classroom.states("update") == {"ada": "unchanged"}
    assert lost in git(classroom.bare("ada"), "for-each-ref", "--format=%(objectname)", "refs/collected").split()
    assert classroom.states("push") == {"ada": "unchanged"}
    assert head(classroom.remote("ada")) == head(place) == head(classroom.bare("ada")), "it does not come back"


def test_a_repository_with_a_work_tree_is_left_alone(classroom: Classroom) -> None:
    classroom.new("ada")
    place = classroom.bare("ada")
    place.rename(classroom.home / "moved.git")
    git(place.parent, "clone", "-q", str(classroom.home / "moved.git"), place.name)
    before = head(place)
    classroom.change(CHANGE)
    found = classroom.run("update", code=3)
    assert "has a work tree" in details(found)["ada"]
    assert head(place) == before


def test_a_killed_run_makes_untouched_work_nobody_elses(classroom: Classroom) -> None:
    """Killed after the push, before the ledger knew of it; the next run finds the update there."""
    classroom.new("ada", "bob")
    classroom.push()
    classroom.change(CHANGE)
    classroom.states("update")
    updated = head(classroom.remote("ada")) or ""
    with closing(sqlite3.connect(classroom.folder / "ledger.sqlite")) as database, database:
        database.execute("DELETE FROM events WHERE step = 'update'")
    mine = classroom.work("bob", {"own.py": b"1\n"})
    assert classroom.states("update") == {"ada": "unchanged", "bob": "unchanged"}
    with ledger.opened(classroom.folder) as book:
        assert History(book.events("ada", "tiny")).ours(updated)
        assert not History(book.events("bob", "tiny")).ours(mine)


def test_what_was_pushed_to_an_unknown_address_is_not_updated_here(classroom: Classroom) -> None:
    classroom.new("ada")
    main = head(classroom.bare("ada")) or ""
    git(classroom.bare("ada"), "update-ref", "refs/remotes/origin/main", main)
    classroom.change(CHANGE)
    for command in ("update", "check"):
        found = classroom.run(command, code=1)
        assert "the address is not known" in found["projects"][0]["detail"]
    assert head(classroom.bare("ada")) == main
