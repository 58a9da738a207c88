"""What `cohort update` and `cohort feedback` tell a student to type works, whatever the student has done to the history.

Each test works as a student does, with Git and in a clone, and types the commands of the feedback file.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cohorts import Classroom, Run, branch_of, classroom_in, files_of, head, is_ancestor, offers
from support import git

pytestmark = pytest.mark.usefixtures("no_child")

CHANGE = {"notes.txt": b"first\nsecond\nTHIRD\n", "new.txt": b"new\n"}
SAME_LINE = {"notes.txt": b"first\nsecond\nmy third\n", "run.py": b"print('mine')\n"}
OTHER_LINES = {"own.py": b"1\n", "run.py": b"print('mine')\n"}
Rewrite = Callable[[Path], None]


@pytest.fixture
def classroom(tmp_path: Path, scaffolder: Run) -> Iterator[Classroom]:
    with classroom_in(tmp_path, scaffolder) as found:
        yield found


def squash(place: Path) -> None:
    """Make all of `main` one commit without a parent."""
    git(place, "checkout", "-q", "--orphan", "squashed")
    git(place, "commit", "-q", "-m", "All in one")
    git(place, "branch", "-M", "squashed", "main")
    git(place, "push", "-q", "--force", "--set-upstream", "origin", "main")


def amend(place: Path) -> None:
    """Rewrite only the last commit."""
    (place / "run.py").write_text("print('amended')\n")
    git(place, "commit", "-q", "--amend", "--all", "-m", "My work, better")
    git(place, "push", "-q", "--force", "origin", "main")


def feedback(classroom: Classroom, student: str) -> str:
    """The student's file of feedback on what is there now."""
    classroom.run("check")
    assert classroom._scaffolder("cohort", "feedback", classroom.folder).code == 0
    return (classroom.folder / "feedback" / f"{student}.md").read_text()


def blocks(text: str) -> list[str]:
    return [block.replace("\n  ", "\n") for block in re.findall(r"^  ```sh\n(.*?)\n  ```$", text, re.M | re.S)]


def typed(place: Path, commands: str) -> subprocess.CompletedProcess[str]:
    """Type commands in a clone, whose owner has told Git a name."""
    git(place, "config", "user.name", "Student")
    git(place, "config", "user.email", "student@example.org")
    return subprocess.run(["bash", "-e", "-c", commands], cwd=place, capture_output=True, text=True)


def settle(classroom: Classroom, student: str) -> None:
    """Do what the feedback says about a conflict, word by word."""
    place = classroom.clone(student)
    merge, end = blocks(feedback(classroom, student))
    done = typed(place, merge)
    assert "unrelated histories" not in done.stderr + done.stdout
    assert git(place, "diff", "--name-only", "--diff-filter=U") == "notes.txt", done
    marked = (place / "notes.txt").read_text()
    assert ("my third" in marked, "THIRD" in marked, "first\nsecond\n<<<<<<<" in marked) == (True, True, True)
    (place / "notes.txt").write_text("first\nsecond\nboth thirds\n")
    done = typed(place, end)
    assert done.returncode == 0, done


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before the update", "after the update"])
def test_a_conflict_with_a_squashed_history(classroom: Classroom, when: str) -> None:
    classroom.new("cy", "dan")
    classroom.push()
    classroom.work("cy", SAME_LINE)
    classroom.change(CHANGE)
    if when == "before the update":
        squash(classroom.clone("cy"))
    assert classroom.states("update", code=1) == {"cy": "conflict", "dan": "done"}
    if when == "after the update":
        before = offers(classroom, "cy")
        squash(classroom.clone("cy"))
        assert blocks(feedback(classroom, "cy")) == [], "what was told would not work any more"
        assert classroom.states("update", code=1) == {"cy": "conflict", "dan": "unchanged"}
        assert set(before) < set(offers(classroom, "cy")), "the version itself is offered as it was"
    settle(classroom, "cy")
    found = files_of(classroom.remote("cy"))
    assert (found["notes.txt"], found["new.txt"], found["run.py"]) == (
        "first\nsecond\nboth thirds",
        "new",
        "print('mine')",
    )
    assert classroom.states("update") == {"cy": "unchanged", "dan": "unchanged"}
    assert offers(classroom, "cy") == []
    classroom.change({"new.txt": b"newer\n"})
    assert classroom.states("update") == {"cy": "branch", "dan": "done"}
    assert is_ancestor(classroom.remote("cy"), head(classroom.remote("cy")) or "", branch_of(classroom, "cy"))


def test_work_goes_on_between_the_squash_and_the_merge(classroom: Classroom) -> None:
    classroom.new("cy")
    classroom.push()
    classroom.work("cy", SAME_LINE)
    squash(classroom.clone("cy"))
    classroom.change(CHANGE)
    classroom.states("update", code=1)
    waiting = offers(classroom, "cy")
    assert len(waiting) == 2
    classroom.work("cy", {"more.py": b"2\n"})
    classroom.states("update", code=1)
    assert offers(classroom, "cy") == waiting, "they fit as they are"
    settle(classroom, "cy")
    assert files_of(classroom.remote("cy"))["more.py"] == "2"
    assert classroom.states("update") == {"cy": "unchanged"}


@pytest.mark.slow
@pytest.mark.parametrize("rewrite", [squash, amend])
@pytest.mark.parametrize("when", ["before the update", "after the update"])
def test_what_fits_is_merged_after_a_rewrite(classroom: Classroom, when: str, rewrite: Rewrite) -> None:
    classroom.new("bob")
    classroom.push()
    classroom.work("bob", OTHER_LINES)
    classroom.change(CHANGE)
    if when == "before the update":
        rewrite(classroom.clone("bob"))
    classroom.states("update")
    first = branch_of(classroom, "bob")
    if when == "after the update":
        rewrite(classroom.clone("bob"))
        if rewrite is squash:
            classroom.run("check")
            said = classroom._scaffolder("cohort", "feedback", classroom.folder)
            assert "bob/tiny: main was rewritten after an update was offered" in said.err
            assert "ask your teacher to offer it once more" in feedback(classroom, "bob")
        assert classroom.states("update") == {"bob": "branch"}
        assert branch_of(classroom, "bob") != first, "the older one is gone"
    mine = files_of(classroom.remote("bob"))["run.py"]
    (commands,) = blocks(feedback(classroom, "bob"))
    done = typed(classroom.clone("bob"), commands)
    assert done.returncode == 0, done
    found = files_of(classroom.remote("bob"))
    assert (found["new.txt"], found["own.py"], found["run.py"]) == ("new", "1", mine)
    assert classroom.states("update") == {"bob": "unchanged"}
    assert offers(classroom, "bob") == []


def test_an_update_of_a_squashed_history_that_only_the_template_changed(classroom: Classroom) -> None:
    classroom.new("ada")
    classroom.push()
    squash(classroom.clone("ada"))
    classroom.change(CHANGE)
    assert classroom.states("update") == {"ada": "done"}
    place = classroom.clone("ada")
    git(place, "pull", "-q", "--no-rebase")
    assert (place / "new.txt").read_text() == "new\n"


@pytest.mark.slow
@pytest.mark.parametrize("files", [SAME_LINE, OTHER_LINES])
def test_a_squash_that_takes_an_update_away(classroom: Classroom, files: dict[str, bytes | None]) -> None:
    """The update had come to `main`, while the student worked and squashed in a clone."""
    classroom.new("cy")
    classroom.push()
    classroom.work("cy", files, push=False)
    classroom.change(CHANGE)
    assert classroom.states("update") == {"cy": "done"}
    squash(classroom.clone("cy"))
    assert classroom.states("update", code=int(files is SAME_LINE)) == {
        "cy": "conflict" if files is SAME_LINE else "branch"
    }
    if files is SAME_LINE:
        settle(classroom, "cy")
    else:
        done = typed(classroom.clone("cy"), blocks(feedback(classroom, "cy"))[0])
        assert done.returncode == 0, done
    assert files_of(classroom.remote("cy"))["new.txt"] == "new"
    assert classroom.states("update") == {"cy": "unchanged"}


@pytest.mark.parametrize("files", [SAME_LINE, OTHER_LINES])
def test_a_student_who_pushes_main_to_scaffold(classroom: Classroom, files: dict[str, bytes | None]) -> None:
    classroom.new("cy")
    classroom.push()
    mine = classroom.work("cy", files)
    git(classroom.clone("cy"), "push", "-q", "origin", "main:scaffold")
    classroom.change(CHANGE)
    state = "conflict" if files is SAME_LINE else "branch"
    for _ in range(2):
        assert classroom.states("update", code=int(state == "conflict")) == {"cy": state}
    assert head(classroom.remote("cy"), "scaffold") == mine, "it is the student's"
    if files is SAME_LINE:
        settle(classroom, "cy")
    else:
        done = typed(classroom.clone("cy"), blocks(feedback(classroom, "cy"))[0])
        assert done.returncode == 0, done
    assert files_of(classroom.remote("cy"))["new.txt"] == "new"
    assert classroom.states("update") == {"cy": "unchanged"}
    assert classroom.states("push") == {"cy": "unchanged"}
    classroom.change({"new.txt": b"newer\n"})
    assert classroom.states("update") == {"cy": "branch"}


@pytest.mark.slow
def test_two_copies_of_a_cohort_that_both_update(classroom: Classroom) -> None:
    classroom.new("ada", "bob", "cy")
    classroom.push()
    classroom.work("bob", OTHER_LINES)
    classroom.work("cy", SAME_LINE)
    one, other = classroom.folder, classroom.home / "copy"
    shutil.copytree(one, other)
    before = {"ada": "done", "bob": "branch", "cy": "conflict"}
    after = before | {"ada": "unchanged"}
    for number in range(3):
        classroom.change({**CHANGE, "new.txt": b"%d\n" % number})
        classroom.folder = (one, other)[number % 2]
        assert classroom.states("update", "--message", f"From {number}", code=1) == before
        waiting = {student: offers(classroom, student) for student in ("ada", "bob", "cy")}
        assert list(map(len, waiting.values())) == [0, 1, 1]
        classroom.folder = (other, one)[number % 2]
        assert classroom.states("update", "--dry-run", code=1) == after, "as the run that follows"
        assert classroom.states("update", "--message", f"Again {number}", code=1) == after
        assert waiting == {student: offers(classroom, student) for student in ("ada", "bob", "cy")}
    assert "elsewhere" not in classroom.run("check")["look"]
    report = classroom._scaffolder("cohort", "report", classroom.folder, "--json").out
    assert report.count('"delivery": "not moved"') == 1, "the other copy's update is no work of a student"
    settle(classroom, "cy")
    assert classroom.states("update", "--student", "cy") == {"cy": "unchanged"}


def test_what_a_student_adds_to_our_branch_stays(classroom: Classroom) -> None:
    classroom.new("bob")
    classroom.push()
    classroom.work("bob", OTHER_LINES)
    classroom.change(CHANGE)
    classroom.states("update")
    place, first = classroom.clone("bob"), branch_of(classroom, "bob")
    git(place, "fetch", "-q")
    git(place, "checkout", "-q", first)
    (place / "here.py").write_text("3\n")
    git(place, "add", "-A")
    git(place, "commit", "-q", "-m", "On your branch")
    git(place, "push", "-q", "origin", first)
    mine = head(place, first)
    for change in ({}, {"new.txt": b"newer\n"}):
        classroom.change(change)
        assert classroom.states("update") == {"bob": "branch"}
        assert head(classroom.remote("bob"), first) == mine
    assert len(offers(classroom, "bob")) == 2


def test_what_a_student_adds_to_our_branch_stays_without_a_remote_too(classroom: Classroom) -> None:
    """Students clone from the cohort's own folder, and push there."""
    classroom.new("bob")
    git(classroom.home, "clone", "-q", classroom.bare("bob"), "here")
    place = classroom.home / "here"
    (place / "own.py").write_text("1\n")
    git(place, "add", "-A")
    git(place, "commit", "-q", "-m", "Mine")
    git(place, "push", "-q")
    classroom.change(CHANGE)
    (offered,) = re.findall(r"scaffold-update-[0-9a-f]{7}", classroom.run("update")["projects"][0]["detail"])[:1]
    git(place, "fetch", "-q")
    git(place, "checkout", "-q", offered)
    git(place, "commit", "-q", "--allow-empty", "-m", "On your branch")
    git(place, "push", "-q", "origin", offered)
    mine = head(place, offered)
    classroom.change({"new.txt": b"newer\n"})
    assert classroom.states("update") == {"bob": "branch"}
    assert head(classroom.bare("bob"), offered) == mine


def test_a_conflict_that_the_student_declines_does_not_come_back(classroom: Classroom) -> None:
    classroom.new("cy")
    classroom.push()
    classroom.work("cy", SAME_LINE)
    classroom.change(CHANGE)
    classroom.states("update", code=1)
    git(classroom.clone("cy"), "push", "-q", "origin", "--delete", branch_of(classroom, "cy"))
    assert classroom.states("update", "--dry-run") == {"cy": "unchanged"}
    assert classroom.states("update") == {"cy": "unchanged"}
    assert offers(classroom, "cy") == []
