"""`scaffolder cohort update` of repositories that are broken or hostile: it says so, and serves the others."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pygit2
import pytest
from cohorts import CHANGE, Classroom, Run, classroom_in, details, head
from support import git

from scaffolder.project import store

pytestmark = pytest.mark.usefixtures("no_child")

MINE = "refs/heads/main"


@pytest.fixture
def classroom(tmp_path: Path, scaffolder: Run) -> Iterator[Classroom]:
    with classroom_in(tmp_path, scaffolder) as found:
        yield found


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
