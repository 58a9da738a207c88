"""`mine = true` in cohort.toml: the class's report shows what is each student's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cohorts import Classroom, classroom_in
from support import Outcome

from scaffolder.cohort import ledger
from scaffolder.cohort.course import home

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
CODE = b"""def tide(hours, height, phase):
    rise = height * cosine(phase + hours / 12.4)
    return max(rise, lowest_of_the_year)


def warn(ships, when):
    deep = [ship for ship in ships if ship.draught > tide(when, 3.1, 0.4)]
    return sorted(deep, key=lambda ship: ship.arrival)
"""
OTHER = b"""def moon(day):
    new = 11 + day % 29.5
    full = new + 14
    return (full - day) / 29.5


def neap(day, spring):
    return min(abs(spring - moon(day)), abs(spring - moon(day) - 1))
"""
WORDS = b"# Small Thing\n\nShips of the harbour wait for the tide, and each hour of that costs money.\n"


@pytest.fixture
def classroom(tmp_path: Path, scaffolder: Run) -> Iterator[Classroom]:
    with classroom_in(tmp_path, scaffolder) as found:
        found.new("ada", "bob", "eve")
        found.push()
        yield found


def ask(classroom: Classroom, answer: str = "true") -> None:
    course = classroom.folder / home.COURSE
    course.write_text(f"mine = {answer}\n{course.read_text()}")


def work(classroom: Classroom) -> None:
    classroom.work("ada", {"tide.py": CODE, "README.md": WORDS})
    classroom.work(
        "bob", {"ships.py": b"import tide\n" + CODE.replace(b"rise", b"level"), "tests/test_it.py": b"x = 1\n"}
    )
    classroom.work("eve", {"moon.py": OTHER})


def own(classroom: Classroom) -> dict[str, Any]:
    return {each["student"]: each["own"] for each in classroom.run("report")["works"]}


def page(classroom: Classroom) -> str:
    return (classroom.folder / "report.html").read_text("utf-8")


def test_the_report_shows_what_is_each_students_own(classroom: Classroom) -> None:
    ask(classroom)
    classroom.states("check")
    assert set(map(str, own(classroom).values())) == {"{'code': 0, 'tests': 0, 'words': 0}"}
    work(classroom)
    classroom.states("check")
    assert own(classroom) == {
        "ada": {"code": 6, "tests": 0, "words": 15},
        "bob": {"code": 7, "tests": 1, "words": 0},
        "eve": {"code": 6, "tests": 0, "words": 0},
    }
    found = page(classroom)
    assert "Own lines of code, of tests; words" in found
    assert re.findall(r'<td class="number own">([^<]+)<', found) == [
        "6 · 0 · 15",
        "7 · 1 · 0",
        "6 · 0 · 0",
    ]
    assert "Beyond the template: 7 lines of code, 1 of tests, 0 words." in found


@pytest.mark.parametrize("asked", [False, True])
def test_nobody_is_counted_unless_the_course_asks(classroom: Classroom, asked: bool) -> None:
    if asked:
        ask(classroom, "false")
    work(classroom)
    classroom.states("check")
    with ledger.opened(classroom.folder) as book:
        assert ["own" in each.report for each in book.checks()] == [False] * 3
    assert set(own(classroom).values()) == {None}
    assert "Own lines" not in page(classroom)
    ask_again = (classroom.folder / home.COURSE).read_text().replace("mine = false\n", "")
    (classroom.folder / home.COURSE).write_text(f"mine = true\n{ask_again}")
    assert set(classroom.states("check", "--again").values()) == {"done"}
    assert own(classroom)["eve"] == {"code": 6, "tests": 0, "words": 0}


def test_a_project_that_cannot_be_compared_has_an_empty_cell(classroom: Classroom) -> None:
    ask(classroom)
    classroom.work("ada", {".scaffolder.json": None})
    classroom.work("bob", {"tide.py": CODE})
    classroom.states("check")
    assert own(classroom) == {
        "ada": None,
        "bob": {"code": 6, "tests": 0, "words": 0},
        "eve": dict.fromkeys(("code", "tests", "words"), 0),
    }
    assert '<td class="number own"><td' in page(classroom)
