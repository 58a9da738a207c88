"""cohort.toml: what it may say, what is refused, and which student works on what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rosters import read as roster_of

from scaffolder.cohort.course import course_file, rules
from scaffolder.cohort.course.assignments import Course, Project
from scaffolder.cohort.course.home import Cohort
from scaffolder.cohort.course.problems import CourseError
from scaffolder.formats.toml import load_toml

WHOLE = """
roster = "class.csv"
remote = "https://git.example.org/{student}/{project}.git"

[[projects]]
template = "classical-ml"
name = "churn"
due = 2026-12-01T00:00:00+01:00
[projects.answers]
use_case = "fraud"
fast = true

[[projects]]
template = "https://git.example.org/templates/essay.git"
checkout = "v2"
due = 2026-12-24
"""
PROJECT = '[[projects]]\ntemplate = "classical-ml"\n'


def messages(text: str) -> list[str]:
    with pytest.raises(CourseError) as caught:
        course_file.read(text)
    assert "\n" not in str(caught.value)
    return caught.value.lines()


def test_a_whole_course_is_read() -> None:
    found = course_file.parse(WHOLE)
    churn, essay = found.course.projects
    assert (found.roster, found.course.remote) == ("class.csv", "https://git.example.org/{student}/{project}.git")
    assert churn == Project("churn", "classical-ml", {"use_case": "fraud", "fast": True}, "2026-11-30T23:00:00Z")
    assert (essay.name, essay.checkout, essay.due) == ("essay", "v2", "2026-12-24T23:59:59Z")


def test_a_template_is_all_that_is_needed() -> None:
    assert course_file.parse(f"\ufeff{PROJECT}") == (Course((Project("classical-ml", "classical-ml"),)), "")


@pytest.mark.parametrize(
    ("template", "directory", "name"),
    [
        ("../mine/essay/", None, "essay"),
        ("gh:ada/essay", None, "essay"),
        ("git@host:essay.git", None, "essay"),
        ("gh:a/b", "two/essay", "essay"),
    ],
)
def test_a_project_without_a_name_is_called_like_its_template(template: str, directory: str | None, name: str) -> None:
    text = f"[[projects]]\ntemplate = {json.dumps(template)}\n" + (f'directory = "{directory}"' if directory else "")
    assert [project.name for project in course_file.read(text).projects] == [name]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "write [[projects]]"),
        ("x = [", "it is not TOML"),
        ("projects = 3", "write [[projects]]"),
        ("projects = [1]", "write [[projects]]"),
        (PROJECT * 101, "more than 100"),
        (f"remots = ''\n{PROJECT}", "did you mean 'remote'?"),
        (f'roster = "a\\nb"\n{PROJECT}', "roster: it must be a text of one line"),
        (f"roster = 3\n{PROJECT}", "roster: it must be a text"),
        ("[[projects]]\n", "project 1, template: it is missing"),
        ('[[projects]]\ntemplate = ""\n', "project 1, template: it is missing"),
        ("[[projects]]\ntemplate = 3\n", "project 1, template: it must be a text"),
        (f"{PROJECT}nam = 'x'", "did you mean 'name'?"),
        (f"{PROJECT}name = '../x'", "is a path, not a name"),
        (f"{PROJECT}name = 'CON'", "is a reserved name on Windows"),
        ('[[projects]]\ntemplate = "../.."', "name: '..' is a path"),
        (f"{PROJECT}{PROJECT}name = 'Classical-ML'", "project 2, name: another project is called 'Classical-ML' too"),
        (f"{PROJECT}due = 2026-12-01T00:00:00", "has no time zone"),
        (f"{PROJECT}due = 'soon'", "is not a date"),
        (f"{PROJECT}due = 07:32:00", "is not a date"),
        (f"{PROJECT}due = false", "is not a date"),
        (f"{PROJECT}answers = 'x'", "answers: it must be a table"),
        (f"{PROJECT}answers.x = {'[' * 60}{']' * 60}", "answers: there is more than 50 levels"),
        (f"{PROJECT}checkout = ['x']", "checkout: it must be a text"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    assert any(words in line for line in messages(text))


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = messages("remote = 'ext::sh'\nx = 1\n[[projects]]\nname = 'a/b'\ndue = 'soon'\n[[projects]]\n")
    assert len(found) == 5
    assert len(messages("\n".join(f"x{n} = 1" for n in range(30)) + f"\n{PROJECT}")) == 21


@pytest.mark.parametrize(
    "pattern",
    [
        "https://git.example.org/{student}/{project}.git",
        "https://teacher@git.example.org:8443/class/{username}-{project}.git",
        "ssh://git@git.example.org:22/{group}/{student}/{project}",
        "git@git.example.org:{student}/{project}.git",
        "file:///srv/git/{student}/{project}.git",
        "/srv/git/{student}/{project}.git",
        "C:/git/{student}/{project}.git",
        "http://127.0.0.1:8080/{student}/{project}.git",
        "http://[::1]:8080/{student}/{project}.git",
    ],
)
def test_a_remote_may_be(pattern: str) -> None:
    assert rules.remote_problem(pattern, projects=2) is None


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("https://git.example.org/{student}.git", "write {project} in it"),
        ("https://git.example.org/{project}.git", "write {student} or {username} in it"),
        ("https://git.example.org/{group}/{project}.git", "write {student} or {username} in it"),
        ("https://git.example.org/{name}/{student}/{project}", "something else in braces"),
        ("https://git.example.org/{student.id}/{project}", "something else in braces"),
        ("https://git.example.org/{student!r}/{project}", "something else in braces"),
        ("https://git.example.org/{student:>999999999}/{project}", "something else in braces"),
        ("https://git.example.org/{}/{student}/{project}", "something else in braces"),
        ("https://git.example.org/{{x}}/{student}/{project}", "something else in braces"),
        ("https://git.example.org/{student/{project}", "brace"),
        ("https://git.example.org/student}/{project}", "brace"),
        ("https://ada:secret@git.example.org/{student}/{project}", "credential helper"),
        ("https://ghp_0123456789@git.example.org/{student}/{project}", "credential helper"),
        (f"https://{'0' * 40}@git.example.org/{{student}}/{{project}}", "credential helper"),
        ("ssh://git:secret@git.example.org/{student}/{project}", "credential helper"),
        ("ssh://-oProxyCommand=x/{student}/{project}", "has no host"),
        ("ssh://-x@host/{student}/{project}", "has no host"),
        ("ssh://{student}/{project}", "has no host"),
        ("https://{username}@host/{student}/{project}", "has no host"),
        ("https:///{student}/{project}", "has no host"),
        ("file://host/{student}/{project}", "file:///"),
        ("http://git.example.org/{student}/{project}", "use https://"),
        ("http://127.0.0.1.example.org/{student}/{project}", "use https://"),
        ("git://git.example.org/{student}/{project}", "use https://"),
        ("ext::sh -c {student}{project}", "space"),
        ("ext::sh%20-c/{student}{project}", "would run a program"),
        ("--upload-pack=x/{student}{project}", "would run a program"),
        ("git@-x:{student}/{project}", "is not an address"),
        ("git@host:-x{student}/{project}", "is not an address"),
        ("repositories/{student}/{project}", "is not an address"),
        ("~/{student}/{project}", "is not an address"),
        ("/srv/../etc/{student}/{project}", "'..'"),
        ("https://host/\u202e{student}/{project}", "cannot be seen"),
        (f"https://host/{'a' * 500}/{{student}}/{{project}}", "longer than 500"),
    ],
)
def test_a_remote_may_not_be(pattern: str, words: str) -> None:
    problem = rules.remote_problem(pattern, projects=2)
    assert problem is not None
    assert words in problem


def test_a_password_is_not_repeated() -> None:
    [line] = messages(f"remote = 'https://ada:secret@example.org/{{student}}'\n{PROJECT}")
    assert "secret" not in line
    assert "credential helper" in line


def test_students_work_on_all_projects_or_on_those_of_the_roster() -> None:
    found = Course((Project("churn", "plain", {"use_case": "churn", "fast": True}), Project("report", "writing")))
    roster = roster_of("id,templates,churn.use_case\nada,,fraud\ngrace,report,\n", found)
    assert [(each.key, dict(each.answers)) for each in Cohort(Path(), found, roster, {}).assignments] == [
        (("ada", "churn"), {"use_case": "fraud", "fast": True}),
        (("ada", "report"), {}),
        (("grace", "report"), {}),
    ]


NAMES = st.from_regex(r"[a-z][a-z0-9._-]{0,8}[a-z0-9]", fullmatch=True).filter(lambda name: not rules.id_problem(name))
LINES = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
ANSWERS = st.dictionaries(
    st.one_of(NAMES, LINES),
    st.recursive(
        st.one_of(LINES, st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False)),
        lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(LINES, inner, max_size=2)),
        max_leaves=4,
    ),
    max_size=3,
)
PRINTABLE = LINES.map(lambda text: "".join(filter(str.isprintable, text)).strip())
DUE = st.sampled_from(["", "2026-12-01T23:59:59Z", "2026-11-30T23:00:00Z"])
PROJECTS = st.builds(
    Project,
    name=NAMES,
    template=PRINTABLE.filter(bool),
    answers=ANSWERS,
    due=DUE,
    checkout=PRINTABLE,
    directory=PRINTABLE,
)


@settings(max_examples=40)
@given(st.lists(PROJECTS, min_size=1, max_size=3, unique_by=lambda project: project.name), PRINTABLE)
def test_what_is_written_is_read_again(projects: list[Project], roster: str) -> None:
    found = Course(tuple(projects), "https://git.example.org/{student}/{project}.git")
    text = course_file.text_of(found, roster)
    assert course_file.parse(text) == (found, roster)
    assert load_toml(text)


@given(st.text(max_size=200))
def test_any_text_is_a_course_or_refused(text: str) -> None:
    try:
        course_file.read(text)
    except CourseError as error:
        assert str(error).isprintable()


@given(st.text(max_size=60))
def test_any_text_is_a_remote_or_refused(text: str) -> None:
    assert rules.remote_problem(f"https://host/{{student}}/{text}") or ".." not in text.split("/")


def test_columns_to_ignore_are_kept() -> None:
    found = course_file.read('ignore = ["Semester", " Fach ", "Semester"]\n[[projects]]\ntemplate = "classical-ml"\n')
    assert found.ignore == ("Semester", "Fach")
    assert course_file.read(course_file.text_of(found)) == found
    for wrong in ('"Semester"', "[1]", "{}"):
        with pytest.raises(CourseError, match="ignore: it must be a list"):
            course_file.read(f'ignore = {wrong}\n[[projects]]\ntemplate = "classical-ml"\n')
