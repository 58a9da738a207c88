"""What `scaffolder cohort update` says: in a dry run, of a conflict, and to students."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cohorts import CHANGE, Classroom, Run, branch_of, classroom_in, details, files_of, head
from support import git

pytestmark = pytest.mark.usefixtures("no_child")


@pytest.fixture
def classroom(tmp_path: Path, scaffolder: Run) -> Iterator[Classroom]:
    with classroom_in(tmp_path, scaffolder) as found:
        yield found


def test_a_dry_run_changes_nothing(classroom: Classroom, scaffolder: Run) -> None:
    classroom.new("ada", "bob", "cy")
    classroom.push()
    classroom.work("bob", {"own.py": b"1\n"})
    classroom.work("cy", {"notes.txt": b"mine\n"})
    classroom.change(CHANGE)

    def refs() -> list[str]:
        places = (
            place for student in ("ada", "bob", "cy") for place in (classroom.remote(student), classroom.bare(student))
        )
        return [line for place in places for line in git(place, "show-ref").splitlines() if "/incoming" not in line]

    before = refs()
    found = classroom.run("update", "--dry-run", code=1)
    assert {each["student"]: each["state"] for each in found["projects"]} == {
        "ada": "done",
        "bob": "branch",
        "cy": "conflict",
    }
    assert found["dry_run"] is True
    assert refs() == before
    done = scaffolder("cohort", "update", classroom.folder, "--dry-run", "--student", "ada")
    assert done.out.splitlines() == [
        "ada/tiny: main would move on: 'gone-later.txt' (removed), 'new.txt' (added), 'notes.txt' (changed).",
        "Would update: 1 done.",
    ]
    done = scaffolder("cohort", "update", classroom.folder, "--dry-run", "--student", "bob")
    assert done.out.startswith("bob/tiny: It would wait on a branch for its owner to merge it: ")
    assert classroom.states("update", "--student", "ada") == {"ada": "done"}
    assert classroom.states("update", "--student", "bob") == {"bob": "branch"}


def test_a_student_settles_a_conflict_in_a_clone(classroom: Classroom, tmp_path: Path) -> None:
    classroom.new("cy")
    classroom.push()
    mine = classroom.work("cy", {"notes.txt": b"first\nsecond\nmy third\n"})
    classroom.change(CHANGE)
    told = details(classroom.run("update", code=1))["cy"]
    offered = f"origin/{branch_of(classroom, 'cy')}"
    assert f"git merge {offered}." in told
    remote = classroom.remote("cy")
    assert head(remote) == mine
    clone = tmp_path / "clone-of-cy"
    git(tmp_path, "clone", "--quiet", remote, clone)
    with pytest.raises(subprocess.CalledProcessError):
        git(clone, "merge", offered)
    assert git(clone, "diff", "--name-only", "--diff-filter=U") == "notes.txt"
    (clone / "notes.txt").write_text("first\nsecond\nboth thirds\n")
    git(clone, "commit", "--quiet", "--all", "--no-edit")
    git(clone, "push", "--quiet", "origin", "main")
    assert classroom.states("update") == {"cy": "unchanged"}
    assert files_of(remote)["notes.txt"] == "first\nsecond\nboth thirds"
    assert "new.txt" in files_of(remote)


def test_the_reason_is_what_students_see(classroom: Classroom) -> None:
    classroom.new("ada", "bob", "cy")
    classroom.push()
    classroom.work("bob", {"own.py": b"1\n"})
    classroom.work("cy", {"notes.txt": b"mine\n"})
    classroom.change({**CHANGE, **{f"more{number}.txt": b"x\n" for number in range(4)}})
    classroom.states("update", "--message", " Where the \u00fcbung is from ", code=1)
    heads = {"ada": "main", "bob": branch_of(classroom, "bob"), "cy": branch_of(classroom, "cy")}
    for student, branch in heads.items():
        said = git(classroom.remote(student), "log", "-1", "--format=%s|%b", branch)
        assert said.startswith("Where the \u00fcbung is from|"), student
        assert " tiny (scaffolder " in said
    detail = details(classroom.run("update", code=1))["bob"]
    assert detail.endswith(
        "'gone-later.txt' (removed), 'more0.txt' (added), 'more1.txt' (added), 'more2.txt' (added), "
        "'more3.txt' (added) and 2 more."
    )


@pytest.mark.parametrize("message", ["two\nlines", "x" * 201, "\x1b[31m"])
def test_a_reason_is_one_line(classroom: Classroom, message: str) -> None:
    classroom.new("ada")
    done = classroom._scaffolder("cohort", "update", classroom.folder, "--message", message)
    assert (done.code, "must be one line" in done.err) == (2, True)


def test_the_places_of_a_conflict_leave_room_for_the_advice(classroom: Classroom, scaffolder: Run) -> None:
    name = "a-rather-long-name-of-a-file-" * 3
    paths = [f"{name}{number}.txt" for number in range(7)]
    classroom.change(dict.fromkeys(paths, b"one\n"))
    classroom.new("ada")
    classroom.push()
    classroom.work("ada", dict.fromkeys(paths, b"mine\n"))
    classroom.change(dict.fromkeys(paths, b"ours\n"))
    assert details(classroom.run("update", "--dry-run", code=1))["ada"].endswith(
        ": the student would have to settle it."
    )
    found = details(classroom.run("update", code=1))["ada"]
    assert found.endswith(
        f" and 4 more: the student settles it with git fetch and git merge origin/{branch_of(classroom, 'ada')}."
    )
    done = scaffolder("cohort", "update", classroom.folder)
    assert (
        "No main was changed for these. A conflict is the student's to settle; the same command tries the others again."
        in done.err
    )


def test_a_conflict_in_what_was_never_pushed(classroom: Classroom, tmp_path: Path) -> None:
    classroom.new("ada")
    git(tmp_path, "clone", "-q", classroom.bare("ada"), "here")
    (tmp_path / "here" / "notes.txt").write_text("mine\n")
    git(tmp_path / "here", "commit", "-q", "-a", "-m", "Mine")
    git(tmp_path / "here", "push", "-q", "origin", "main")
    classroom.change(CHANGE)
    assert "once it is pushed, with git fetch and git merge" in details(classroom.run("update", code=1))["ada"]
