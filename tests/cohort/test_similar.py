"""`cohort report --similar`: what students wrote or changed, in the folders that JPlag and Dolos read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cohorts import Classroom, classroom_in
from support import Outcome

from scaffolder.cohort.course import home

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
CODE = b"def tide(hours):\n    return 3.1 * hours\n"


@pytest.fixture
def classroom(tmp_path: Path, scaffolder: Run) -> Iterator[Classroom]:
    with classroom_in(tmp_path, scaffolder) as found:
        found.new("ada", "bob")
        found.push()
        found.work("ada", {"src/tide.py": CODE, "README.md": b"# Tides\n", "data.csv": b"a\n1\n"})
        found.states("check")
        yield found


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_changed_lies_beside_what_was_handed_out(classroom: Classroom, tmp_path: Path) -> None:
    assert classroom.run("report", "--similar", tmp_path / "alike")["files"]["similar"] == str(tmp_path / "alike")
    found = files(tmp_path / "alike")
    (project,) = {path.partition("/")[0] for path in found}
    handed_out = found.pop(f"{project}/template/ada/README.md")
    assert handed_out != b"# Tides\n"
    assert found == {f"{project}/students/ada/src/tide.py": CODE, f"{project}/students/ada/README.md": b"# Tides\n"}


def test_what_an_update_brought_is_not_the_students(classroom: Classroom, tmp_path: Path) -> None:
    classroom.change({"moon.py": b"print(29.5)\n"})
    classroom.states("update")
    classroom.states("check")
    classroom.run("report", "--similar", tmp_path / "alike")
    assert not [path for path in files(tmp_path / "alike") if "bob" in path or "moon" in path]


def test_one_that_cannot_be_read_leaves_the_others(classroom: Classroom, scaffolder: Run, tmp_path: Path) -> None:
    classroom.work("bob", {"tide.py": CODE})
    classroom.states("check")
    (place,) = (classroom.folder / home.REPOSITORIES / "ada").iterdir()
    place.rename(tmp_path / "away")
    code, _, err = scaffolder("cohort", "report", classroom.folder, "--similar", tmp_path / "alike")
    assert (code, err.count("\n")) == (0, 1)
    assert err.startswith(f"  ada/{place.stem}: ")
    assert [path.rpartition("/")[2] for path in files(tmp_path / "alike")] == ["tide.py"]


def test_a_folder_that_is_there_stays_as_it_is(classroom: Classroom, scaffolder: Run, tmp_path: Path) -> None:
    (tmp_path / "alike").mkdir()
    code, out, err = scaffolder("cohort", "report", classroom.folder, "--similar", tmp_path / "alike", "--json")
    assert code == 2
    assert "is there already" in json.loads(out)["error"] + err
    assert not list((tmp_path / "alike").iterdir())
    assert not (classroom.folder / "report.html").exists()
