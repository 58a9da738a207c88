"""`scaffolder cohort push`: only what loses nothing, and only what is not there yet."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import pytest
from cohorts import Classroom, Run, classroom_in, head
from git_server import TEACHER, serving
from support import git

from scaffolder import git as git_program
from scaffolder.cohort.course.assignments import Assignment, Project, Student
from scaffolder.cohort.remote import remotes, transport
from scaffolder.cohort.remote.remotes import RemoteError
from scaffolder.project import locks

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_child")]


@pytest.fixture
def classroom(tmp_path: Path, scaffolder: Run) -> Iterator[Classroom]:
    with classroom_in(tmp_path, scaffolder) as found:
        yield found


def test_branches_are_pushed_once(classroom: Classroom) -> None:
    classroom.new("ada", "bob")
    classroom.push()
    for student in ("ada", "bob"):
        assert head(classroom.remote(student)) == head(classroom.bare(student))
        assert head(classroom.remote(student), "scaffold") == head(classroom.bare(student), "scaffold")
    assert classroom.states("push") == {"ada": "unchanged", "bob": "unchanged"}


def test_what_a_student_has_pushed_stays(classroom: Classroom) -> None:
    classroom.new("ada", "bob")
    classroom.push()
    mine = classroom.work("ada", {"notes.txt": b"mine\n"})
    assert classroom.states("push") == {"ada": "unchanged", "bob": "unchanged"}
    assert head(classroom.remote("ada")) == mine == head(classroom.bare("ada"))


def test_what_is_at_the_remote_already_is_not_overwritten(classroom: Classroom) -> None:
    classroom.new("ada", "bob")
    classroom.remote("ada").mkdir(parents=True)
    git(classroom.remote("ada"), "init", "-q", "--bare", "-b", "main")
    place = classroom.clone("ada")
    git(place, "switch", "-q", "-c", "main")
    other = classroom.work("ada", {"other.txt": b"other\n"})
    for bob in ("done", "unchanged"):
        found = classroom.run("push", "--base", classroom.server, code=1)
        assert {each["student"]: each["state"] for each in found["projects"]} == {"ada": "failed", "bob": bob}
        assert "of another origin" in found["projects"][0]["detail"]
        assert head(classroom.remote("ada")) == other


def test_a_missing_folder_is_said_and_nothing_is_created(classroom: Classroom) -> None:
    classroom.new("ada")
    found = classroom.run("push", "--base", classroom.server, code=1)
    assert "There is no folder" in found["projects"][0]["detail"]
    assert not classroom.server.exists()
    classroom.server.mkdir()
    assert classroom.states("push") == {"ada": "done"}, "the address is known from the last time"


def test_a_push_that_the_ledger_never_heard_of(classroom: Classroom) -> None:
    """As after a kill: later commands know nevertheless that the remote counts."""
    classroom.new("ada")
    classroom.push()
    mine = classroom.work("ada", {"own.txt": b"1\n"})
    for name in ("main", "scaffold"):
        git(classroom.bare("ada"), "update-ref", "-d", f"refs/remotes/origin/{name}")
    assert classroom.states("push") == {"ada": "unchanged"}
    classroom.change({"new.txt": b"new\n"})
    assert classroom.states("update") == {"ada": "branch"}
    assert head(classroom.remote("ada")) == mine


def test_locks_that_a_killed_run_left_are_released(classroom: Classroom, tmp_path: Path) -> None:
    classroom.new("ada")
    classroom.push()
    mine = classroom.work("ada", {"own.txt": b"1\n"})
    bare, remote = classroom.bare("ada"), classroom.remote("ada")
    git(bare, "update-ref", "refs/heads/scaffold-update-1", head(bare))
    other = tmp_path / "other.lock"
    left = [bare / "config.lock", bare / "refs" / "remotes" / "origin" / "main.lock"]
    left.append(bare / "objects" / "tmp_object_git2_242c7fefa4cad3f8")
    left += [remote / "refs" / "heads" / "scaffold-update-1.lock", other]
    for lock in left:
        lock.touch()
    assert classroom.states("push") == {"ada": "done"}
    assert [lock.exists() for lock in left] == [False, False, False, False, True]
    assert head(bare) == mine
    assert head(remote, "scaffold-update-1") == head(bare, "scaffold-update-1")


def test_a_lock_that_is_held_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "refs" / "heads").mkdir(parents=True)
    held = tmp_path / "refs" / "heads" / "main.lock"
    held.touch()
    begin = time.monotonic()
    Timer(0.3, held.unlink).start()
    locks.release(tmp_path)
    assert time.monotonic() - begin > 0.3
    assert not held.exists()


def test_many_locks_from_the_future_are_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "refs").mkdir()
    for number in range(20):
        lock = tmp_path / "refs" / f"{number}.lock"
        lock.touch()
        os.utime(lock, (4e9, 4e9))
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    locks.release(tmp_path)
    assert len(waits) == 1
    assert not list((tmp_path / "refs").iterdir())


def test_no_lock_is_looked_for_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    lock = tmp_path / "elsewhere" / "uv.lock"
    lock.touch()
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "refs").symlink_to(tmp_path / "elsewhere")
    locks.release(tmp_path / "bare")
    (tmp_path / "bare" / "refs").unlink()
    (tmp_path / "bare" / "refs").mkdir()
    (tmp_path / "bare" / "refs" / "heads").symlink_to(tmp_path / "elsewhere")
    locks.release(tmp_path / "bare")
    assert lock.exists()


def test_what_is_ahead_here_is_pushed(classroom: Classroom) -> None:
    classroom.new("ada")
    classroom.push()
    before = head(classroom.remote("ada")) or ""
    classroom.change({"new.txt": b"new\n"})
    for name in ("main", "scaffold"):
        git(classroom.bare("ada"), "update-ref", "-d", f"refs/remotes/origin/{name}")
    assert classroom.states("update") == {"ada": "done"}, "here only"
    assert head(classroom.remote("ada")) == before
    assert classroom.states("push") == {"ada": "done"}
    assert head(classroom.remote("ada")) == head(classroom.bare("ada")) != before


def test_an_address_that_took_nothing_is_not_where_the_student_works(classroom: Classroom) -> None:
    classroom.new("ada")
    (classroom.home / "mistyped" / "ada").mkdir(parents=True)
    (classroom.home / "mistyped" / "ada" / "tiny.git").mkdir()
    classroom.states("push", "--base", classroom.home / "mistyped", code=3)
    git(classroom.bare("ada"), "config", "scaffolder.remote", str(classroom.home / "mistyped" / "ada" / "tiny.git"))
    classroom.server.mkdir()
    assert classroom.states("push", "--base", classroom.server) == {"ada": "done"}


def test_hooks_of_a_shared_folder_are_not_run(classroom: Classroom, tmp_path: Path) -> None:
    classroom.new("ada")
    classroom.push()
    hooks = classroom.remote("ada") / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-receive", "update", "post-receive", "post-update"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    classroom.change({"new.txt": b"new\n"})
    assert classroom.states("update") == {"ada": "done"}
    assert head(classroom.remote("ada")) == head(classroom.bare("ada"))
    assert not (tmp_path / "ran").exists()


def test_a_server_with_access_rights(classroom: Classroom, tmp_path: Path, git_settings: Callable[[str], None]) -> None:
    classroom.new("ada", "bob", "cy")
    with serving(tmp_path / "server", {TEACHER: "se-cret", "ada": "a", "bob": "b"}) as server:
        for student in ("ada", "bob"):
            server.create(student, "tiny")
        found = classroom.run("push", "--base", server.url, code=3)
        assert {each["state"] for each in found["projects"]} == {"failed"}
        assert "Git needs a credential helper" in found["projects"][0]["detail"]
        git_settings(server.settings_for(TEACHER))
        found = classroom.run("push", code=3)
        assert {each["student"]: each["state"] for each in found["projects"]} == {
            "ada": "done",
            "bob": "done",
            "cy": "failed",
        }
        assert "not found" in found["projects"][2]["detail"]
        for path in classroom.folder.rglob("*"):
            assert path.is_dir() or b"se-cret" not in path.read_bytes()
        git(tmp_path, "clone", "-q", f"{server.url_for('ada')}/ada/tiny.git", "mine")
        with pytest.raises(Exception, match="128"):
            git(tmp_path, "clone", "-q", f"{server.url_for('ada')}/bob/tiny.git", "stolen")
        with pytest.raises(Exception, match="128"):
            git(tmp_path / "mine", "push", "-q", f"{server.url_for('ada')}/bob/tiny.git", "main:theirs")


def test_the_words_of_the_server_are_shown(
    classroom: Classroom, tmp_path: Path, git_settings: Callable[[str], None]
) -> None:
    with serving(tmp_path / "git", {"ada": "a", TEACHER: "t"}) as server:
        hook = server.create("ada", "tiny") / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(
            "#!/bin/sh\necho Quota exceeded for this group. >&2\necho Ask https://u:p@it.example/q >&2\nexit 1\n"
        )
        hook.chmod(0o755)
        git_settings(server.settings_for(TEACHER))
        classroom.new("ada")
        found = classroom.run("push", "--base", server.url, code=3)["projects"][0]
    words = "[remote rejected] (pre-receive hook declined): Quota exceeded for this group.; Ask https://it.example/q."
    assert found["detail"] == f"The remote refused 'main': {words}"


def test_a_full_disk_of_the_server_is_named() -> None:
    output = b"remote: fatal: unable to write loose object file: No space left on device        \nerror: failed to push"
    assert git_program.of_server(output) == "fatal: unable to write loose object file: No space left on device"
    assert git_program.reason(output).endswith(": No space left on device")


def test_a_server_that_never_answers(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    classroom.new("ada")
    monkeypatch.setitem(transport._QUIET, "timeout", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = classroom.run("push", "--base", f"http://127.0.0.1:{silent.getsockname()[1]}", code=3)
    assert "git ls-remote took longer than 1 seconds" in found["projects"][0]["detail"]


@pytest.mark.parametrize(
    ("to", "base", "problem"),
    [
        ("https://h/{student.__class__}.git", "", "has something else in braces"),
        ("https://h/one.git", "", "same repository"),
        ("ext::sh -c id {student}", "", "space"),
        ("ext::id%20{student}", "", "would run a program"),
        ("--upload-pack=id/{student}", "", "would run a program"),
        ("https://ada:pw@h/{student}.git", "", "a password"),
        ("", "https://ada:pw@h", "a password"),
        ("", "https://h/{name}", "something else in braces"),
        ("https://h/{student}.git", "https://h", "leave out one of them"),
        ("", "", "say it with --to or --base"),
    ],
)
def test_addresses_that_are_refused(classroom: Classroom, to: str, base: str, problem: str) -> None:
    classroom.new("ada")
    done = classroom._scaffolder(
        "cohort", "push", classroom.folder, *(("--to", to) if to else ()), *(("--base", base) if base else ())
    )
    assert done.code == 2
    assert problem in done.err
    assert "pw" not in done.err


def test_an_address_has_only_values_that_are_safe_in_it() -> None:
    project = Project("one", "tiny")
    ada = Student("ada", username="ada-l", group="g1")
    found = remotes.address("https://h/{group}/{username}/{project}.git", Assignment(ada, project))
    assert found == "https://h/g1/ada-l/one.git"
    for student, pattern in (
        (Student("ada"), "https://h/{username}.git"),
        (Student("ada"), "https://h/{group}/{student}.git"),
        (Student("ada", group="../../x"), "https://h/{group}/{student}.git"),
        (Student("ada", username="a b"), "https://h/{username}.git"),
        (Student("ada", group="{student}"), "https://h/{group}/{student}.git"),
    ):
        with pytest.raises(RemoteError, match=r"has \{(username|group)\} in it"):
            remotes.address(pattern, Assignment(student, project))


def test_two_students_never_share_a_remote() -> None:
    people = [Student("ada", username="x"), Student("bob", username="X"), Student("cy", username="c")]
    assignments = [Assignment(each, Project("one", "tiny")) for each in people]
    found = remotes.of("https://h/{username}.git", assignments)
    assert [bool(each.problem) for each in found.values()] == [True, True, False]


def moved(classroom: Classroom) -> tuple[str, str]:
    """A course whose student Ada was pushed to the address of group A, and is in B now; both addresses."""
    classroom.new("ada,A", "bob,B", columns="id,group")
    classroom.server.mkdir()
    pattern = f"{classroom.server}/{{group}}/{{student}}.git"
    assert set(classroom.states("push", "--to", pattern).values()) == {"done"}
    roster = classroom.folder / "roster.csv"
    roster.write_text(roster.read_text().replace("ada,A", "ada,B"))
    return f"{classroom.server}/A/ada.git", f"{classroom.server}/B/ada.git"


def test_an_address_once_pushed_to_is_kept(classroom: Classroom) -> None:
    old, new = moved(classroom)
    git(classroom.home, "clone", "-q", old, "mine")
    place = classroom.home / "mine"
    (place / "own.txt").write_text("own\n")
    git(place, "add", "-A")
    git(place, "commit", "-qm", "Mine")
    git(place, "push", "-q", "origin", "main")
    mine = git(place, "rev-parse", "HEAD")
    assert classroom.states("check")["ada"] == "done"
    assert head(classroom.bare("ada")) == mine
    classroom.change({"new.txt": b"new\n"})
    assert classroom.states("update")["ada"] == "branch"
    assert "scaffold-update-" in git(Path(old), "branch")

    done = classroom._scaffolder("cohort", "push", classroom.folder)
    assert (done.code, f"({old}, now {new})" in done.err) == (1, True)
    assert "--move" in done.err
    assert not Path(new).exists()
    ledger = [path.read_bytes() for path in classroom.folder.glob("ledger.sqlite*")]
    assert ledger
    assert b"/A/ada" not in b"".join(ledger)


def test_a_repository_moves_only_on_purpose(classroom: Classroom) -> None:
    old, new = moved(classroom)
    assert classroom.states("push", "--move") == {"ada": "done", "bob": "unchanged"}
    assert head(Path(new)) == head(Path(old)) == head(classroom.bare("ada"))
    assert classroom.states("push") == {"ada": "unchanged", "bob": "unchanged"}
    git(Path(old), "update-ref", "-d", "refs/heads/main")
    assert classroom.states("check")["ada"] == "done"


def test_what_many_have_in_common_is_said_once_and_with_an_address(classroom: Classroom) -> None:
    students = [f"s{number:02}" for number in range(8)]
    classroom.new(*students)
    done = classroom._scaffolder("cohort", "push", classroom.folder, "--base", classroom.server)
    (line,) = (line for line in done.err.splitlines() if line.startswith("  "))
    assert line.startswith("  s00/tiny, s01/tiny, s02/tiny, s03/tiny, s04/tiny and 3 more: failed: There is no folder")
    assert line.endswith(f"(for instance {classroom.remote('s00')})")
    classroom.push()
    classroom.remote("s03").rename(classroom.home / "away")
    done = classroom._scaffolder("cohort", "update", classroom.folder)
    assert f"({classroom.remote('s03')})" in done.err


def test_another_branch_than_main_is_named(classroom: Classroom) -> None:
    classroom.new("ada", "bob")
    classroom.push()
    git(classroom.remote("ada"), "branch", "-m", "main", "master")
    git(classroom.remote("bob"), "branch", "-m", "main", "work")
    found = classroom.run("update", code=1)["projects"]
    assert found[0]["detail"].endswith("but 'master': the student brings it there with git push origin master:main.")
    assert "but 'work'" in found[1]["detail"]


def test_two_copies_that_were_updated_before_the_first_push(classroom: Classroom) -> None:
    """The second one says what is the case, and what it says to do works."""
    classroom.new("ada", "bob")
    one, other = classroom.folder, classroom.home / "copy"
    shutil.copytree(one, other)
    for number, folder in enumerate((one, other)):
        classroom.folder = folder
        classroom.change({"new.txt": b"%d\n" % number})
        assert classroom.states("update") == {"ada": "done", "bob": "done"}
    classroom.folder = one
    classroom.push()
    mine = classroom.work("ada", {"own.txt": b"mine\n"})
    classroom.folder = other
    found = classroom.run("push", "--base", classroom.server, code=1)
    assert [each["state"] for each in found["projects"]] == ["failed", "failed"]
    assert "or another copy of this cohort has pushed" in found["projects"][0]["detail"]
    assert head(classroom.remote("ada")) == mine
    for student in ("ada", "bob"):
        shutil.rmtree(classroom.bare(student))
        shutil.copytree(one / "repositories" / student / "tiny.git", classroom.bare(student))
    assert classroom.states("push", "--base", classroom.server) == {"ada": "unchanged", "bob": "unchanged"}
    assert head(classroom.bare("ada")) == mine
    assert classroom.states("update") == {"ada": "branch", "bob": "done"}
