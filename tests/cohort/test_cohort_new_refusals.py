"""`scaffolder cohort new`: what is refused before anything is written, and what only looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from new_cohorts import Run, everything, roster, tiny_in

pytestmark = pytest.mark.usefixtures("no_child")


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[str]:
    with tiny_in(tmp_path) as found:
        yield found


def test_a_dry_run_writes_nothing(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id", "ada", "bob"])
    command = ("cohort", "new", listed, "-t", tiny, "-o", "a/c", "--dry-run")
    before = everything(tmp_path)
    code, out, _ = scaffolder(*command)
    assert (code, out) == (0, "Would make 2 repositories in a/c:\n  ada/tiny\n  bob/tiny\n")
    assert json.loads(scaffolder(*command, "--json").out)["would_make"][1] == {"student": "bob", "project": "tiny"}
    assert everything(tmp_path) == before
    assert not (tmp_path / "a").exists()
    assert scaffolder(*command[:-1], "--student", "ada").code == 0
    before = everything(tmp_path)
    assert scaffolder(*command).out == "Would make 1 repository in a/c:\n  bob/tiny\n"
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["id", "../x", "ok"], "row 2, column 'id': '../x' is a path, not a name"),
        (["id", "ada", "ADA"], "row 3, column 'id': 'ADA' is in row 2 too"),
        (["id", "con"], "row 2, column 'id': 'con' is a reserved name on Windows"),
        (["id", "-rf"], "row 2, column 'id': '-rf' begins like a formula"),
        (["id,kind", "ada,fance"], "did you mean 'fancy'?"),
        (["id,colour", "ada,red"], "row 1, column 'colour': no question has this name"),
        (["id"], "there are no students in it"),
    ],
)
def test_a_bad_roster_is_refused(scaffolder: Run, tmp_path: Path, tiny: str, lines: list[str], said: str) -> None:
    code, out, err = scaffolder("cohort", "new", roster(tmp_path, lines), "-t", tiny, "-o", "c", "--json")
    assert code == 2
    assert said in err
    document = json.loads(out)
    assert document["code"] == 2
    assert {"row", "column", "message"} == set(document["problems"][0])
    assert not (tmp_path / "c").exists()


def test_all_that_is_wrong_is_said_line_by_line(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id,kind", "../x,plain", "ada,nice", "ada,plain"])
    code, out, err = scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c")
    assert (code, out) == (2, "")
    assert [line.partition(":")[0] for line in err.splitlines()[1:]] == [
        "  row 2, column 'id'",
        "  row 3, column 'kind'",
        "  row 4, column 'id'",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["roster.csv", "-o", "c"], "Say which template"),
        (["nowhere.csv", "-t", "tiny", "-o", "c"], "There is no file 'nowhere.csv'"),
        (["nowhere.csv", "-t", "tiny"], "There is no file 'nowhere.csv'"),
        (["roster.csv", "-t", "nothing", "-o", "c"], "There is no template 'nothing'"),
        (["roster.csv", "-t", "tiny", "-t", "templates/tiny/", "-o", "c"], "Two templates make a project 'tiny'"),
        (
            ["roster.csv", "-t", "tiny", "-o", "c", "--set", "nmber=1"],
            "no template of the course asks for 'nmber'",
        ),
        (["roster.csv", "-t", "tiny", "-o", "c", "--set", "kind=odd"], "'odd' is not a valid answer to kind"),
        (["roster.csv", "-t", "tiny", "-o", "c", "--remote", "https://x.example/{x}"], "The remote "),
        (["roster.csv", "-t", "tiny", "-o", "c", "--remote", "ext::sh -c {student}"], "The remote "),
        (["roster.csv", "-t", "/", "-o", "c"], "gives no name to a project"),
        (["roster.csv", "-t", "tiny"], "is no cohort, and not empty"),
        (["roster.csv", "-t", "tiny", "-o", "roster.csv"], "is not a folder"),
        (["roster.csv", "-t", "tiny", "-o", "roster.csv/c"], "is not a folder"),
        (["roster.csv", "-t", "tiny", "-o", "c", "--executor", "nowhere"], "is not the address of a Dask scheduler"),
        (["ml.toml", "-t", "tiny", "-o", "c"], "leave out --template"),
        (["bad.toml", "-o", "c"], "cohort.toml cannot be used"),
    ],
)
def test_refusals(scaffolder: Run, tmp_path: Path, tiny: str, arguments: list[str], said: str) -> None:
    roster(tmp_path, ["id", "ada"])
    (tmp_path / "ml.toml").write_text('roster = "roster.csv"\n[[projects]]\ntemplate = "tiny"\n')
    (tmp_path / "bad.toml").write_text("[[projects]]\n")
    before = everything(tmp_path)
    code, out, err = scaffolder("cohort", "new", *arguments)
    assert (code, out) == (2, "")
    assert said.casefold() in err.casefold()
    assert everything(tmp_path) == before
    assert not (tmp_path / "c").exists()
