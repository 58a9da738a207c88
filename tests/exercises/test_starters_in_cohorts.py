"""A class of starters: `cohort new --starter`, cohort.toml, and `cohort update`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mini import template
from support import Outcome, git, make_template, refused

from scaffolder.cohort.course import course_file, home

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_child")]

Run = Callable[..., Outcome]
STUDENTS = ("ada", "bob", "cy", "dee", "eve", "fay")  # so many that they share a pack
SHARES = "src/pkg/shares.py"


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The folder of the small template, and a roster beside it."""
    (tmp_path / "roster.csv").write_text("\n".join(["id", *STUDENTS, ""]))
    return template(tmp_path / "kit").folder


def shown(repository: Path, path: str) -> str:
    return git(repository, "show", f"main:{path}")


def test_each_student_gets_the_starter_that_new_makes(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    made = scaffolder("cohort", "new", "roster.csv", "-t", kit, "--starter", "share", "-o", "class")
    assert made.code == 0, made.err
    assert scaffolder("new", kit, "alone", "--yes", "--git", "--starter", "share").code == 0
    for student in STUDENTS:
        repository = home.repository(tmp_path / "class", student, "kit")
        assert shown(repository, SHARES) == shown(tmp_path / "alone", SHARES)
        assert "exercise share" in shown(repository, SHARES)
        assert json.loads(shown(repository, ".scaffolder.json"))["exercises"] == {
            "share": ["share", "_rounded", "NEAR"]
        }
    assert course_file.read((tmp_path / "class/cohort.toml").read_text()).projects[0].starter == "share"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["roster.csv", "-t", "kit", "--starter", "nope"], "There is no exercise 'nope'"),
        (["roster.csv", "-t", "bare", "--starter", "core"], "has no exercises"),
        (["course.toml"], "starter: it must be a text of one line"),
        (["cohort.toml", "--starter", "core"], "leave out --template, --set, --starter"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    kit: Path, scaffolder: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    make_template(tmp_path / "bare", {"project_slug": "bare"}, {})
    (tmp_path / "course.toml").write_text(f'[[projects]]\ntemplate = "{kit}"\nstarter = ["share"]\n')
    (tmp_path / "cohort.toml").write_text(f'[[projects]]\ntemplate = "{kit}"\n')
    arguments = [f"./{each}" if each in ("kit", "bare") else each for each in arguments]
    refused(scaffolder("cohort", "new", *arguments, "-o", "class"), said)
    assert not (tmp_path / "class").exists()


def with_column(folder: Path, **values: str) -> str:
    """A roster in which some students have a `starter` of their own."""
    rows = [f'{name},"{values.get(name, "")}"' for name in STUDENTS]
    (folder / "roster.csv").write_text("\n".join(["id,starter", *rows, ""]))
    return "roster.csv"


def exercises(cohort: Path, student: str) -> list[str]:
    return list(json.loads(shown(home.repository(cohort, student, "kit"), ".scaffolder.json")).get("exercises", ()))


def test_a_column_of_the_roster_goes_before_the_course(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    listed = with_column(tmp_path, bob="none", cy="all", dee="every", eve="every, share")
    made = scaffolder("cohort", "new", listed, "-t", kit, "--starter", "core", "-o", "class")
    assert made.code == 0, made.err
    given = {student: exercises(tmp_path / "class", student) for student in STUDENTS}
    assert given == {
        "ada": ["share"],
        "bob": [],
        "cy": ["share", "every"],
        "dee": ["every"],
        "eve": ["share", "every"],
        "fay": ["share"],
    }
    readme = next(kit.glob("*/README.md"))
    readme.write_text(readme.read_text() + "\nA new sentence.\n")
    assert scaffolder("cohort", "update", "class").code == 0
    assert {student: exercises(tmp_path / "class", student) for student in STUDENTS} == given
    bare = home.repository(tmp_path / "class", "bob", "kit")
    assert "exercise" not in shown(bare, SHARES)
    assert "A new sentence." in shown(bare, "README.md")
    works = json.loads(scaffolder("cohort", "report", "class", "--json").out)["works"]
    assert {one["student"]: one["starter"] for one in works} == {
        student: ", ".join(ids) for student, ids in given.items()
    }
    page = (tmp_path / "class/report.html").read_text()
    assert page.count("Made as a starter with the exercises share.") == 2
    assert page.count("Made as a starter") == 5


def test_another_value_later_changes_no_repository(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    made = scaffolder("cohort", "new", with_column(tmp_path, ada="share"), "-t", kit, "-o", "class")
    assert made.code == 0, made.err
    before = git(home.repository(tmp_path / "class", "ada", "kit"), "rev-parse", "main")
    again = scaffolder("cohort", "new", with_column(tmp_path, ada="all", bob="all", cy="none"), "-o", "class")
    assert again.code == 0, again.err
    assert git(home.repository(tmp_path / "class", "ada", "kit"), "rev-parse", "main") == before


def test_a_wrong_value_is_refused_with_its_row(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    listed = with_column(tmp_path, bob="shore", cy="shared", dee="share;every")
    outcome = scaffolder("cohort", "new", listed, "-t", kit, "-o", "class")
    assert outcome.code == 2
    assert "row 3, column 'starter': There is no exercise 'shore': did you mean 'share'?" in outcome.err
    assert "row 4, column 'starter'" in outcome.err
    assert "row 5" not in outcome.err
    assert not (tmp_path / "class").exists()


def test_of_several_projects_each_takes_its_part(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    make_template(tmp_path / "bare", {"project_slug": "bare"}, {"README.md": b"# Bare\n"})
    listed = with_column(tmp_path, ada="share", bob="core")
    made = scaffolder("cohort", "new", listed, "-t", kit, "-t", "./bare", "-o", "class")
    assert made.code == 0, made.err
    assert [exercises(tmp_path / "class", student) for student in ("ada", "bob", "cy")] == [["share"], ["share"], []]
    record = shown(home.repository(tmp_path / "class", "ada", "bare"), ".scaffolder.json")
    assert "exercises" not in json.loads(record)


OURS = """\
title = "The folder"
level = "core"
minutes = 20
after = ["share"]
file = "src/pkg/shares.py"
functions = ["folder"]
task = "Ask the system."
why = "Programs run somewhere."
hints = ["Where?", "Ask os.", "os.getcwd()"]
"""
TEST_OURS = """\
from pathlib import Path

from pkg.shares import folder


def test_folder() -> None:
    assert Path(folder()) == Path.cwd(), "it is the folder in which the program was started"
"""


@pytest.fixture
def teacher(kit: Path, tmp_path: Path) -> Path:
    """A cohort.toml with a folder of exercises of the teacher's beside it."""
    folder = tmp_path / "our-exercises/where"
    folder.mkdir(parents=True)
    (folder / "exercise.toml").write_text(OURS)
    (folder / "test_where.py").write_text(TEST_OURS)
    text = f'[[projects]]\ntemplate = "{kit}"\nstarter = "core"\nexercises = "our-exercises"\n'
    (tmp_path / "course.toml").write_text(text)
    return folder


def clone(cohort: Path, student: str, place: Path) -> Path:
    """A clone as the student has it, on a machine without the teacher's folders."""
    git(place.parent, "clone", "--quiet", str(home.repository(cohort, student, "kit")), place.name)
    return place


def test_a_teacher_adds_exercises_to_a_template(teacher: Path, scaffolder: Run, tmp_path: Path) -> None:
    made = scaffolder("cohort", "new", "course.toml", "-o", "class")
    assert made.code == 0, made.err
    project = clone(tmp_path / "class", "ada", tmp_path / "ada")
    assert (project / "tests/exercises/test_where.py").read_text() == TEST_OURS
    assert "exercise where" in (project / SHARES).read_text()
    assert "## where" in (project / "docs/exercises.md").read_text()
    kept = json.loads((project / ".scaffolder.json").read_text())
    assert list(kept["exercises"]) == ["share", "where"]
    assert list(kept["own_exercises"]) == ["where"]
    page = (tmp_path / "class/cohort.toml").read_text()
    assert f'exercises = "{teacher.parent}"' in page
    again = scaffolder("cohort", "new", "class")
    assert again.code == 0, again.err
    assert "becomes" not in again.err


def test_a_student_needs_no_folder_of_the_teacher(teacher: Path, kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    assert scaffolder("cohort", "new", "course.toml", "-o", "class").code == 0
    project = clone(tmp_path / "class", "ada", tmp_path / "ada")
    teacher.rename(tmp_path / "away")
    assert scaffolder("exercise", project).out.startswith("0 of 2 exercises are written")
    assert scaffolder("exercise", project, "--hint", "where:2").out.splitlines()[0] == "Ask os."
    assert "os.getcwd()" in scaffolder("exercise", project, "--solution", "where").out
    readme = next(kit.glob("*/README.md"))
    readme.write_text(readme.read_text() + "\nA new sentence.\n")
    updated = scaffolder("update", project)
    assert updated.code == 0, updated.err
    assert "A new sentence." in (project / "README.md").read_text()
    assert "exercise where" in (project / SHARES).read_text()
    assert "own_exercises" in (project / ".scaffolder.json").read_text()
    for name in ("share", "where"):
        assert scaffolder("exercise", project, "--solution", name, "--apply").code == 0
    git(project, "commit", "--quiet", "--all", "-m", "Work")
    done = scaffolder("exercise", project, "--finish")
    assert done.code == 0, done.err
    assert "own_exercises" not in (project / ".scaffolder.json").read_text()


def test_an_update_of_the_class_brings_the_teachers_mended_exercise(
    teacher: Path, scaffolder: Run, tmp_path: Path
) -> None:
    assert scaffolder("cohort", "new", "course.toml", "-o", "class").code == 0
    (teacher / "test_where.py").write_text(f"{TEST_OURS}\n\ndef test_again() -> None:\n    test_folder()\n")
    updated = scaffolder("cohort", "update", "class")
    assert updated.code == 0, updated.err
    repository = home.repository(tmp_path / "class", "ada", "kit")
    assert "test_again" in shown(repository, "tests/exercises/test_where.py")
    assert "test_again" in json.loads(shown(repository, ".scaffolder.json"))["own_exercises"]["where"]["test"]
    (teacher / "exercise.toml").write_text(OURS.replace("Where?", "Where are you?"))
    assert scaffolder("cohort", "update", "class").code == 0
    assert "Where are you?" in shown(repository, ".scaffolder.json")
    tip = git(repository, "rev-parse", "main")
    assert scaffolder("cohort", "update", "class").code == 0
    assert git(repository, "rev-parse", "main") == tip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder: folder.rename(folder.with_name("share")), "share/test_share.py is missing"),
        (
            lambda folder: [
                (folder / "test_where.py").rename(folder / "test_share.py"),
                folder.rename(folder.with_name("share")),
            ],
            "has an exercise 'share' already: give yours another name.",
        ),
        (lambda folder: folder.rename(folder.parent.parent / "elsewhere"), "our-exercises' has no exercises"),
        (lambda folder: [(folder.parent / f"e{n}").mkdir() for n in range(100)], "has more than 100 exercises"),
        (lambda folder: (folder / "test_where.py").write_text("#" * 200_001), "is larger than 200,000 bytes"),
        (lambda folder: (folder / "exercise.toml").write_text(OURS.replace("share", "none")), "comes after 'none'"),
        (lambda folder: (folder / "exercise.toml").write_text(OURS + 'test = ""'), "nothing reads test"),
        (
            lambda folder: (folder / "exercise.toml").write_text(OURS.replace("src/pkg/", "../")),
            "must be the path of a Python file",
        ),
        (lambda folder: (folder / "exercise.toml").write_text(OURS.replace("= 20", "= true")), "minutes must be"),
    ],
)
def test_exercises_that_cannot_be_added_are_refused(
    teacher: Path, scaffolder: Run, tmp_path: Path, change: Callable[[Path], object], said: str
) -> None:
    change(teacher)
    refused(scaffolder("cohort", "new", "course.toml", "-o", "class"), said)
    assert not (tmp_path / "class").exists()


@pytest.mark.slow
def test_lint_proves_a_teachers_exercises(
    teacher: Path, kit: Path, scaffolder: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    python = ("--python", sys.executable)
    done = scaffolder("lint-template", kit, "--exercises", teacher.parent)
    assert done.out == f"{teacher.parent}: nothing would vanish or break\n"
    assert "The tests of the exercises were not run" in done.err
    done = scaffolder("lint-template", kit, "--exercises", teacher.parent, *python)
    assert (done.code, done.err) == (0, "")
    (teacher / "wrong").mkdir()
    (teacher / "wrong/other.py").write_text("import os\n\n\ndef folder() -> str:\n    return os.path.abspath('.')\n")
    done = scaffolder("lint-template", kit, "--exercises", teacher.parent, *python)
    assert done.code == 1
    assert "our-exercises/where/wrong/other.py\n  Its tests accept wrong/other.py." in done.out
    done = scaffolder("lint-template", kit, "--exercises", teacher / "wrong", *python)
    assert "has no exercises" in done.out
    done = scaffolder("lint-template", "rag-assistant", "--exercises", teacher.parent)
    assert "comes after 'share', which the template does not have" in done.out


def test_a_record_that_somebody_has_edited_is_no_reason_for_a_traceback(
    teacher: Path, scaffolder: Run, tmp_path: Path
) -> None:
    assert scaffolder("cohort", "new", "course.toml", "-o", "class").code == 0
    project = clone(tmp_path / "class", "ada", tmp_path / "ada")
    file = project / ".scaffolder.json"
    record = json.loads(file.read_text())
    for edited in (
        {"where": {}},
        {"../where": {"file": "../x.py"}},
        {"where": {"file": "/etc/x.py", "test": 3}},
        {"where": {"after": 3, "hints": ["\x1b"] * 3}},
        ["where"],
        {"where": 3},
    ):
        file.write_text(json.dumps({**record, "own_exercises": edited}))
        for command in (("exercise",), ("exercise", "--hint", "where"), ("update", "--dry-run")):
            done = scaffolder(command[0], project, *command[1:])
            assert done.code in (0, 2)
            assert "Traceback" not in done.err
            assert "\x1b" not in done.out + done.err


OWN = {
    "share": "    return round(part / total, 3) if total else 0.0\n",
    "every": "        return [share(one, sum(self.numbers)) for one in self.numbers]\n",
}


@pytest.mark.parametrize("whose", ["mine", "ours"])
def test_a_solved_starter_is_work_of_the_student_after_an_update(
    kit: Path, scaffolder: Run, tmp_path: Path, whose: str
) -> None:
    made = scaffolder("cohort", "new", "roster.csv", "-t", kit, "--starter", "all", "-o", "class")
    assert made.code == 0, made.err
    (tmp_path / "server").mkdir()
    assert scaffolder("cohort", "push", "class", "--base", tmp_path / "server").code == 0
    project = tmp_path / "ada"
    git(tmp_path, "clone", "--quiet", str(tmp_path / "server/ada/kit.git"), "ada")
    file = project / SHARES
    for name, body in OWN.items():
        if whose == "mine":
            indent = body[: -len(body.lstrip())]
            stub = f'{indent}raise NotImplementedError("exercise {name}: docs/exercises.md has the task")\n'
            assert stub in file.read_text()
            file.write_text(file.read_text().replace(stub, body))
        else:
            assert scaffolder("exercise", project, "--solution", name, "--apply").code == 0
    git(project, "commit", "--quiet", "--all", "-m", "Work")
    assert scaffolder("exercise", project, "--finish").code == 0
    git(project, "push", "--quiet", "origin", "HEAD:main")
    readme = next(kit.glob("*/README.md"))
    readme.write_text(readme.read_text() + "\nA new sentence.\n")
    updated = scaffolder("cohort", "update", "class")
    assert updated.code == 0, updated.err
    assert scaffolder("cohort", "check", "class").code == 0
    works = json.loads(scaffolder("cohort", "report", "class", "--json").out)["works"]
    assert {one["student"]: one["delivery"] for one in works}["ada"] == "at work"
    assert {one["delivery"] for one in works if one["student"] != "ada"} == {"not moved"}
    assert scaffolder("cohort", "feedback", "class").code == 0
    assert "no work of yours" not in (tmp_path / "class/feedback/ada.md").read_text()
    assert "no work of yours" in (tmp_path / "class/feedback/bob.md").read_text()
    git(project, "pull", "--quiet", "--no-rebase")
    for branch in git(project, "branch", "--remotes", "--list", "origin/scaffold-update-*").split():
        git(project, "merge", "--quiet", branch)
    assert "A new sentence." in (project / "README.md").read_text()
    found = json.loads(scaffolder("mine", project, "--json").out)
    lines = {one["path"]: one["owner"] for one in found["files"] if one["owner"]}
    assert lines == ({SHARES: 2} if whose == "mine" else {})
