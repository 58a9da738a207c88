"""A course from its roster to its grades, on a Git server with access rights: nobody loses a line, nobody sees another's."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from git_server import TEACHER, GitServer, serving
from projects import ROOT, environment
from selection import everything
from support import git

pytestmark = pytest.mark.slow

STUDENTS = 100 if everything() else 12
PROJECTS = {"classical-ml": "src/predictor/scoring.py", "rag-assistant": "src/assistant/report.py"}
UNTOUCHED, ELSEWHERE, SAME_LINES = "untouched", "elsewhere", "same lines"
QUESTION = re.compile(r"TODO\((\w+)\):[^|\n]*(?=\n| \|)")
ANSWER = (
    "It matters to the two people who plan the week, {who}: before, they called whoever had complained last, and one in "
    "four calls came too late. I count it as solved when fewer than ten a month are missed; in June it was thirty-one."
)


class Work(NamedTuple):
    """What a student did to a project: the commit, and the lines that must be there afterwards, by file."""

    kind: str
    commit: str
    lines: Mapping[str, tuple[str, ...]]


@dataclass
class Course:
    """A teacher's cohort, the server, and what students have done."""

    home: Path
    server: GitServer
    students: tuple[str, ...]
    work: dict[tuple[str, str], Work] = field(default_factory=dict)

    @property
    def keys(self) -> list[tuple[str, str]]:
        return [(student, project) for student in self.students for project in PROJECTS]

    def template(self, project: str) -> Path:
        (folder,) = (self.home / "templates" / project).glob("*cookiecutter*/")
        return folder

    def remote(self, student: str, project: str) -> Path:
        return self.server.root / student / f"{project}.git"

    def clone(self, student: str, project: str) -> Path:
        place = self.home / "clones" / student / project
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            git(place.parent, "clone", "-q", f"{self.server.url_for(student)}/{student}/{project}.git", project)
        return place

    def scaffolder(self, command: str, *options: object, code: int = 0) -> dict[str, Any]:
        """The JSON of a command of the teacher's, whose password only Git knows."""
        settings = self.home / "gitconfig"
        settings.write_text(self.server.settings_for(TEACHER))
        words = [sys.executable, "-m", "scaffolder", "cohort", command, *map(str, options), "--json"]
        env = {**environment(), "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": str(settings)}
        done = subprocess.run(words, cwd=self.home, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr[-4000:] + done.stdout[-2000:]
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def states(self, command: str, *options: object, code: int = 0) -> dict[tuple[str, str], str]:
        found = self.scaffolder(command, "course", *options, code=code)["projects"]
        return {(each["student"], each["project"]): each["state"] for each in found}

    def references(self) -> list[str]:
        return [git(self.remote(*key), "show-ref") for key in self.keys]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    home = tmp_path_factory.mktemp("course")
    students = tuple(f"s{number:03}" for number in range(STUDENTS))
    passwords = {TEACHER: "teach-3r", **{student: f"pw-{student}" for student in students}}
    lines = [f"{student},Maiden-{student} Name,{student}@school.example" for student in students]
    (home / "roster.csv").write_text("\n".join(["id,name,email", *lines, ""]))
    for project in PROJECTS:
        shutil.copytree(ROOT / "templates" / project, home / "templates" / project)
    with serving(home / "server", passwords) as server:
        yield Course(home, server, students)


def side_by_side(function: Any, keys: Iterable[tuple[str, str]]) -> list[Any]:
    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(lambda key: function(*key), keys))


@pytest.mark.long
def test_a_course_from_its_roster_to_its_grades(course: Course) -> None:
    for step in (hand_out, students_work, nobody_sees_another, the_template_changes, students_merge, check, rewrite):
        step(course)
    for step in (report, nothing_is_lost, the_teachers_secrets):
        step(course)


def hand_out(course: Course) -> None:
    side_by_side(course.server.create, course.keys)
    templates = [word for project in PROJECTS for word in ("-t", f"templates/{project}")]
    made = course.scaffolder("new", "roster.csv", *templates, "-o", "course")
    assert len(made["made"]) == len(course.keys)
    assert set(course.states("push", "--base", course.server.url).values()) == {"done"}
    assert Counter(course.states("push").values()) == {"unchanged": len(course.keys)}


def kind_of(course: Course, student: str, project: str) -> str:
    place = course.students.index(student) + list(PROJECTS).index(project)
    return (UNTOUCHED, ELSEWHERE, SAME_LINES)[place % 3]


def students_work(course: Course) -> None:
    side_by_side(lambda *key: student_works(course, *key), course.keys)
    assert {work.kind for work in course.work.values()} == {UNTOUCHED, ELSEWHERE, SAME_LINES}


def student_works(course: Course, student: str, project: str) -> None:
    place, kind = course.clone(student, project), kind_of(course, student, project)
    lines: dict[str, tuple[str, ...]] = {}
    if kind != UNTOUCHED:
        answered = QUESTION.sub(
            lambda found: ANSWER.format(who=f"{student} and {found[1]}"), (place / "README.md").read_text()
        )
        lines["README.md"] = add(place / "README.md", f"{answered}\n## What {student} adds\n\nA line of {student}.\n")
        lines["own.py"] = add(place / "own.py", f'"""Only {student} has this."""\n\nANSWER = 42\n')
    if kind == SAME_LINES:
        changed = PROJECTS[project]
        lines[changed] = add(place / changed, f'"""What {student} says."""\n' + rest_of(place / changed))
    if lines:
        git(place, "add", "-A")
        git(place, "commit", "-q", "-m", f"Work of {student}")
        git(place, "push", "-q", "origin", "main")
    course.work[student, project] = Work(kind, git(place, "rev-parse", "HEAD"), lines)


def rest_of(file: Path) -> str:
    return file.read_text().partition("\n")[2]


def add(file: Path, text: str) -> tuple[str, ...]:
    """Write `text`; returns the lines that were not there."""
    before = Counter(file.read_text().splitlines() if file.exists() else ())
    file.write_text(text)
    return tuple(line for line in text.splitlines() if line not in before)


def nobody_sees_another(course: Course) -> None:
    one, other = course.students[:2]
    for project in PROJECTS:
        address = f"{course.server.url_for(one)}/{other}/{project}.git"
        before = git(course.remote(other, project), "show-ref")
        for command in (
            ("clone", "-q", address, "stolen"),
            ("ls-remote", address),
            ("-C", str(course.clone(one, project)), "push", "-q", address, "HEAD:refs/heads/theirs"),
            ("-C", str(course.clone(one, project)), "push", "-qf", address, "HEAD:main"),
        ):
            with pytest.raises(subprocess.CalledProcessError) as refused:
                git(course.home, *command)
            assert "403" in refused.value.stderr
        assert git(course.remote(other, project), "show-ref") == before
    assert not (course.home / "stolen").exists()


def the_template_changes(course: Course) -> None:
    for project, changed in PROJECTS.items():
        folder = course.template(project)
        text = (folder / changed).read_text()
        (folder / changed).write_text(
            '"""Corrected by the teacher."""\n' + text.partition("\n")[2] + "\n# One more line.\n"
        )
        (folder / "docs" / "errata.md").write_text("# Errata of {{ cookiecutter.project_name }}\n")
    expected = {UNTOUCHED: "done", ELSEWHERE: "branch", SAME_LINES: "conflict"}
    wanted = {key: expected[work.kind] for key, work in course.work.items()}
    before = course.references()
    assert course.states("update", "--dry-run", code=1) == wanted
    assert course.references() == before
    first = course.students[0]
    assert course.states("update", "--student", first) == {k: state for k, state in wanted.items() if k[0] == first}
    found = course.states("update", code=1)
    assert {key: state for key, state in found.items() if key[0] != first} == {
        key: state for key, state in wanted.items() if key[0] != first
    }
    after = course.references()
    again = course.states("update", code=1)
    assert {key: "unchanged" if state == "done" else state for key, state in wanted.items()} == again
    assert course.references() == after
    for key, work in course.work.items():
        remote = course.remote(*key)
        if work.kind == UNTOUCHED:
            assert "Corrected by the teacher" in git(remote, "show", f"main:{PROJECTS[key[1]]}")
        else:
            assert git(remote, "rev-parse", "main") == work.commit, "main is the student's"


def offered(course: Course, key: tuple[str, str]) -> str:
    listed = git(course.remote(*key), "branch", "--format=%(refname:short)", "--list", "scaffold-update-*").split()
    assert len(listed) == 1
    return listed[0]


def students_merge(course: Course) -> None:
    waiting = [key for key, work in course.work.items() if work.kind == ELSEWHERE]
    side_by_side(lambda *key: student_merges(course, key), waiting[::2])
    merged = course.states("update", code=1)
    assert {merged[key] for key in waiting[::2]} == {"unchanged"}
    assert {merged[key] for key in waiting[1::2]} == {"branch"}


def student_merges(course: Course, key: tuple[str, str]) -> None:
    place, branch = course.clone(*key), offered(course, key)
    git(place, "pull", "-q", "--no-rebase", "--no-edit", "origin", branch)
    assert "Errata of" in (place / "docs" / "errata.md").read_text()
    git(place, "push", "-q", "origin", "main", f":{branch}")


def check(course: Course) -> None:
    assert Counter(course.states("check").values()) == {"done": len(course.keys)}
    assert Counter(course.states("check").values()) == {"unchanged": len(course.keys)}


def rewrite(course: Course) -> None:
    """A student who throws their work away and pushes with force; the teacher still has it."""
    key = next(key for key, work in course.work.items() if work.kind == SAME_LINES)
    place, bare = course.clone(*key), course.home / "course" / "repositories" / key[0] / f"{key[1]}.git"
    git(place, "commit", "-q", "--amend", "-m", "Nothing happened before")
    git(place, "push", "-q", "--force", "origin", "main")
    found = course.states("check")
    assert Counter(found.values()) == {"unchanged": len(course.keys) - 1, "done": 1}
    assert found[key] == "done"
    kept = git(bare, "for-each-ref", "--format=%(objectname)", "refs/collected").split()
    assert kept == [course.work[key].commit, git(place, "rev-parse", "HEAD")]
    course.work[key] = course.work[key]._replace(commit=kept[1])


def report(course: Course) -> None:
    course.scaffolder("report", "course", "--csv", "grades.csv")
    page = (course.home / "course" / "report.html").read_text()
    assert all(student in page for student in course.students)
    with (course.home / "grades.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == list(course.students)
    assert all(any(name.startswith(project) for name in rows[0]) for project in PROJECTS)


def nothing_is_lost(course: Course) -> None:
    """Each commit of a student is part of what is `main` now, and each line they added is in it."""
    for key, work in course.work.items():
        remote = course.remote(*key)
        assert git(remote, "merge-base", work.commit, "main") == work.commit
        for file, lines in work.lines.items():
            present = Counter(git(remote, "show", f"main:{file}").splitlines())
            assert not Counter(lines) - present, f"{key} {file}"
        if work.kind == ELSEWHERE and len(git(remote, "branch", "--format=%(refname:short)").split()) == 3:
            branch = offered(course, key)
            assert git(remote, "merge-base", work.commit, branch) == work.commit
            for file, lines in work.lines.items():
                assert not Counter(lines) - Counter(git(remote, "show", f"{branch}:{file}").splitlines())
        assert git(remote, "fsck", "--strict", "--no-dangling") == ""


def the_teachers_secrets(course: Course) -> None:
    """Neither the password nor a name is in what the cohort keeps, but for the roster."""
    for file in (course.home / "course").rglob("*"):
        if file.is_file() and file.name != "roster.csv":
            data = file.read_bytes()
            assert b"teach-3r" not in data, file
            assert b"Maiden-" not in data, file
            assert b"@school.example" not in data, file
