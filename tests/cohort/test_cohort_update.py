"""`scaffolder cohort update`: what reaches whom, what is said, and which repositories it must survive."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pygit2
import pytest
from cohorts import CHANGE, Classroom, Run, branch_of, classroom_in, details, files_of, head, is_ancestor, offers
from support import git, refused

from scaffolder.cohort import ledger
from scaffolder.cohort.remote import fetching
from scaffolder.cohort.report.checks import History
from scaffolder.project import store

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
    assert classroom.states("update") == {"ada": "branch"}
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
    refused(classroom._scaffolder("cohort", "update", classroom.folder, "--set", "color=red"), "did you mean 'colour'")


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
    refused(classroom._scaffolder("cohort", "update", classroom.folder, "--message", message), "must be one line")


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


MINE = "refs/heads/main"


def forged(**changes: Any) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        record = json.loads((place / ".scaffolder.json").read_text())
        (place / ".scaffolder.json").write_text(json.dumps({**record, **changes}))

    return change


def remove(*paths: str) -> Callable[[Path], None]:
    return lambda place: [(place / path).unlink() for path in paths] and None


def link(path: str, target: str) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        (place / path).unlink(missing_ok=True)
        (place / path).symlink_to(target)

    return change


def write(path: str, data: bytes) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(data)

    return change


def as_folder(path: str) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        (place / path).unlink(missing_ok=True)
        (place / path).mkdir()
        (place / path / "inside.txt").write_text("x\n")

    return change


def unrelated(place: Path) -> None:
    git(place, "checkout", "-q", "--orphan", "other")
    git(place, "rm", "-rqf", ".")
    (place / "own.txt").write_text("own\n")
    git(place, "add", "-A")
    git(place, "commit", "-qm", "Other")
    git(place, "branch", "-M", "main")


def squashed(place: Path) -> None:
    (place / "own.txt").write_text("own\n")
    git(place, "checkout", "-q", "--orphan", "other")
    git(place, "add", "-A")
    git(place, "commit", "-qm", "All in one")
    git(place, "branch", "-M", "main")


def submodule(place: Path) -> None:
    (place / "new.txt").mkdir()
    git(place, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},new.txt")
    git(place, "commit", "-qm", "A submodule where the template has a file")


HOSTILE: dict[str, tuple[Callable[[Path], Any], set[str], str]] = {
    "invalid answer": (forged(answers={"colour": "green"}), {"failed"}, "green"),
    "no answers": (forged(answers=[]), {"failed"}, "cannot be used"),
    "other template": (forged(template="classical-ml"), {"failed"}, "Take back"),
    "huge record": (forged(more="x" * 2_000_000), {"failed"}, "scaffolder"),
    "deep record": (write(".scaffolder.json", b'{"a":' * 90_000), {"failed"}, "not JSON. Take back"),
    "no digest": (forged(render=""), {"failed"}, "Take back"),
    "wrong digest": (forged(render="0" * 64), {"failed"}, "Take back"),
    "no record": (remove(".scaffolder.json"), {"failed"}, "git checkout "),
    "binary record": (write(".scaffolder.json", b"\xff\xfe\x00{"), {"failed"}, "cannot be used"),
    "record is a link": (link(".scaffolder.json", "/etc/passwd"), {"failed"}, ""),
    "record is a folder": (as_folder(".scaffolder.json"), {"failed"}, "scaffolder track"),
    "deleted files": (remove("README.md", "run.py", "notes.txt", "gone-later.txt"), {"branch"}, "waits"),
    "a link where the template changes": (link("notes.txt", "/etc/passwd"), {"conflict", "branch"}, ""),
    "a link where the template adds": (link("new.txt", "../../../etc/passwd"), {"conflict"}, "new.txt"),
    "a folder where the template adds": (as_folder("new.txt"), {"conflict"}, "new.txt"),
    "another case": (write("NEW.txt", b"x\n"), {"conflict"}, "new.txt"),
    "a submodule": (submodule, {"conflict"}, "new.txt"),
    "markers": (write("own.md", b"<<<<<<< HEAD\n=======\n>>>>>>> x\n"), {"branch"}, "waits"),
    "escapes in a name": (write("\x1b[31mred\u202e.txt", b"x\n"), {"branch"}, "waits"),
    "a name that is no Unicode": (write(os.fsdecode(b"\xff\xfe.txt"), b"x\n"), {"branch"}, "waits"),
    "unrelated history": (unrelated, {"failed"}, "scaffolder track"),
    "squashed history": (squashed, {"branch"}, "waits"),
}
UNUSUAL = ("another case", "a name that is no Unicode")  # not for macOS


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])  # a class of up to 20 is done in this process
def test_hostile_repositories(classroom: Classroom, half: int) -> None:
    """Each student but bob is hostile in another way."""
    names = [name for name in HOSTILE if sys.platform != "darwin" or name not in UNUSUAL][half::2]
    students = {name: f"s{place}" for place, name in enumerate(names)}
    classroom.new(*students.values(), "bob")
    classroom.push()
    mine = {}
    for name, student in students.items():
        place = classroom.clone(student)
        HOSTILE[name][0](place)
        git(place, "add", "-A")
        git(place, "commit", "-q", "--allow-empty", "-m", "Mine")
        git(place, "push", "-qf", "origin", "main")
        mine[name] = head(place)
    classroom.change(CHANGE)
    done = classroom._scaffolder("cohort", "update", classroom.folder, "--json")
    assert "\x1b" not in done.out + done.err
    found = {each["student"]: each for each in json.loads(done.out)["projects"]}
    assert found["bob"]["state"] == "done"
    for name, student in students.items():
        _, states, words = HOSTILE[name]
        assert found[student]["state"] in states, (name, found[student])
        assert words in found[student]["detail"], (name, found[student])
        assert head(classroom.remote(student)) == mine[name], name


def test_no_main_and_no_remote_any_more(classroom: Classroom) -> None:
    classroom.new("ada", "bob", "cy")
    classroom.push()
    git(classroom.remote("ada"), "branch", "-m", "main", "master")
    git(classroom.home, "-C", str(classroom.remote("bob")), "update-ref", "-d", MINE)
    for path in sorted(classroom.remote("cy").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    classroom.change(CHANGE)
    found = details(classroom.run("update", code=3))
    assert "no branch 'main'" in found["ada"]
    assert "no branch 'main'" in found["bob"]
    assert "does not appear to be a git repository" in found["cy"]


def test_a_bomb_of_trees(classroom: Classroom) -> None:
    classroom.new("ada", "bob")
    classroom.push()
    repo = pygit2.Repository(str(classroom.remote("ada")))
    tree = repo.create_blob(b"boom\n")
    mode = pygit2.enums.FileMode.BLOB
    for _ in range(12):
        builder = repo.TreeBuilder()
        for number in range(12):
            builder.insert(f"{number}", tree, mode)
        tree, mode = builder.write(), pygit2.enums.FileMode.TREE
    main = head(classroom.remote("ada")) or ""
    top = repo.TreeBuilder(repo[main].peel(pygit2.Tree))
    top.insert("bomb", tree, mode)
    commit = store.commit(repo, str(top.write()), [main], "Boom")
    repo.references[MINE].set_target(commit)
    classroom.change(CHANGE)
    found = classroom.run("update", code=3)
    assert {each["student"]: each["state"] for each in found["projects"]} == {"ada": "failed", "bob": "done"}
    assert "more than 50,000 files" in details(found)["ada"]


def test_objects_that_are_not_what_they_seem(classroom: Classroom) -> None:
    classroom.new("ada", "bob")
    classroom.push()
    repo = pygit2.Repository(str(classroom.remote("ada")))
    main = repo[head(classroom.remote("ada")) or ""].peel(pygit2.Commit)
    odd = repo.TreeBuilder(main.tree)
    odd.insert("x", repo.create_blob(b"x"), pygit2.enums.FileMode.BLOB)
    raw = repo[odd.write()].read_raw().replace(b"100644 x\0", b"100644 .git\0")
    tree = repo.odb.write(pygit2.enums.ObjectType.TREE, raw)
    text = f"tree {tree}\nparent {main.id}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n"
    commit = repo.odb.write(pygit2.enums.ObjectType.COMMIT, text.encode())
    repo.references[MINE].set_target(commit)
    classroom.change(CHANGE)
    found = classroom.run("update", code=3)
    assert {each["student"]: each["state"] for each in found["projects"]} == {"ada": "failed", "bob": "done"}
    assert not list(classroom.bare("ada").rglob("tmp_*"))


def test_a_record_that_was_handed_out_comes_back(classroom: Classroom) -> None:
    classroom.new("ada")
    classroom.push()
    classroom.work("ada", {".scaffolder.json": b"oops", "own.py": b"1\n"})
    classroom.change(CHANGE)
    command = details(classroom.run("update", code=1))["ada"].partition("handed out: ")[2].rstrip(".")
    place = classroom.clone("ada")
    git(place, *command.split()[1:])
    classroom.work("ada", {})
    assert classroom.states("update") == {"ada": "branch"}
