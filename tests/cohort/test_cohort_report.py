"""The page, the JSON and the gradebook of who stands where, and the command that writes them."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import cohort_data
import pytest
from cohort_data import PROJECTS, course, fill
from small_class import NOW, TWO, Class, at
from support import Outcome

from scaffolder.cohort import ledger
from scaffolder.cohort.report.grades import grades
from scaffolder.cohort.report.summary import to_json
from scaffolder.pages import cohort as pages

pytestmark = pytest.mark.usefixtures("no_child")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Class]:
    with ledger.opened(tmp_path, create=True) as book:
        yield Class(book)


def test_names_are_told_only_if_asked(room: Class) -> None:
    room.add("s1", name="Ada Byron", group="Blue")
    room.check("s1", "dwd", at(10))
    for reveal in (False, True):
        found = room.standing(reveal=reveal)
        for text in (pages.page(found), json.dumps(to_json(found))):
            assert ("Ada Byron" in text) is reveal
            assert "Blue" in text


def test_the_json_has_all_but_earlier_states(room: Class) -> None:
    room.add("ada")
    room.check("ada", "mmm", at(3))
    room.check("ada", "dwd", at(10), TWO)
    (work,) = json.loads(json.dumps(to_json(room.standing())))["works"]
    assert work["facts"]["problem"]["state"] == "written"
    assert [past["rung"] for past in work["history"]] == ["no level yet", "operator"]
    assert "states" not in work["before"]


class Parsed(HTMLParser):
    """The tags of a page and their attributes, and what stands in <style> and <script>."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inside: dict[str, str] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._open = tag if tag in ("style", "script") else ""

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside[self._open] = self.inside.get(self._open, "") + data


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    return pages.page(cohort_data.made(tmp_path_factory.mktemp("hostile"), 6, groups=2, rounds=2, hostile=True))


def test_nothing_of_a_ledger_becomes_markup(hostile: str) -> None:
    found = Parsed(hostile)
    names = [tag for tag, _ in found.tags]
    assert (names.count("script"), names.count("style"), names.count("img")) == (1, 1, 0)
    allowed = {"href", "class", "id", "scope", "colspan", "role", "tabindex", "hidden", "name", "value", "type"}
    allowed |= {"data-i", "data-p", "viewbox", "d", "width", "height", "y", "preserveaspectratio", "content", "lang"}
    allowed |= {"charset", "http-equiv", "aria-label", "aria-labelledby", "aria-hidden", "aria-live", "checked"}
    assert {name for _, attributes in found.tags for name in attributes} <= allowed | {"autocomplete", "spellcheck"}
    links = [attributes["href"] for _, attributes in found.tags if "href" in attributes]
    assert links
    assert [link for link in links if not link.startswith("#")] == []
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200f\u061c\ud800-\udfff]", hostile)
    assert hostile.encode()


def test_the_policy_allows_our_style_and_script_alone(hostile: str) -> None:
    found = Parsed(hostile)
    (policy,) = (each["content"] for _, each in found.tags if each.get("http-equiv") == "Content-Security-Policy")
    for name in ("style", "script"):
        digest = b64encode(sha256(found.inside[name].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "--done" in found.inside["style"]  # the look of a single report


def test_every_row_of_a_grid_has_a_cell_for_each_column(hostile: str) -> None:
    grids = re.findall(r'<table class="grid">.*?</table>', hostile, re.DOTALL)
    assert len(grids) == 2
    for grid in grids:
        head, *bodies = grid.split("<tbody>")
        columns = head.split("<tr>")[2].count("<th ")
        rows = [row for body in bodies for row in re.split(r"<tr[ >]", body)[1:] if 'scope="row"' in row]
        assert len(rows) == 6
        assert {len(re.findall("<t[hd][ >]", row)) for row in rows} == {columns}
        assert head.count("<col ") == columns


def test_every_link_of_the_page_leads_somewhere(hostile: str) -> None:
    tags = Parsed(hostile).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["href"][1:] for _, attributes in tags if "href" in attributes} <= set(ids)


def test_the_page_of_a_large_course_stays_small(tmp_path: Path) -> None:
    found = cohort_data.made(tmp_path, 60, groups=8, rounds=2)
    assert len(pages.page(found).encode()) < 60 * 22_000  # 200 students: 4.4 MB


def test_an_empty_course_has_a_page(room: Class) -> None:
    assert "0 students" in pages.page(room.standing())


def test_a_gradebook_has_numbers_and_how_it_was_handed_in(room: Class) -> None:
    room.add("ada", "bob")
    room.check("ada", "dwd", at(10))
    found = room.standing()
    names = ("level", "done %", "review", "judged", "texts", "changed since judged", "handed in")
    columns = [f"churn {name}" for name in names]
    assert grades(found) == {
        "ada": dict(zip(columns, (3, 100, "", 0, 1, 0, "in time"), strict=True)),
        "bob": dict(zip(columns, ("", "", "", "", "", "", "not collected"), strict=True)),
    }
    assert list(grades(found, words=False)["ada"]) == columns[:3]


COURSE = "".join(f'[[projects]]\ntemplate = "{name}"\nname = "{name}"\n' for name in PROJECTS)


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """The folder of a cohort of five."""
    folder = tmp_path / "ml-2026"
    folder.mkdir()
    (folder / "cohort.toml").write_text(COURSE)
    given = course(5, groups=2)
    students = {each.student.id: each.student for each in given}
    lines = ["id;name;group", *(f"{each.id};{each.name};{each.group}" for each in students.values())]
    (folder / "roster.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with ledger.opened(folder, create=True) as book:
        fill(book, given, rounds=2)
    return folder


Run = Callable[..., Outcome]


def test_the_command_writes_the_page(cohort: Path, scaffolder: Run) -> None:
    done = scaffolder("cohort", "report", cohort)
    assert (done.code, done.err) == (0, "")
    page = (cohort / "report.html").read_text("utf-8")
    assert "<title>ml-2026: who stands where</title>" in page
    assert "Ada Byron" not in page
    assert [line.partition(":")[0] for line in done.out.splitlines()[:2]] == list(PROJECTS)
    assert scaffolder("cohort", "report", cohort, "--reveal", "-o", "other.html").code == 0
    assert "Ada Byron" in Path("other.html").read_text("utf-8")
    assert sorted(path.name for path in Path().iterdir()) == ["ml-2026", "other.html"]


def test_the_command_prints_json(cohort: Path, scaffolder: Run) -> None:
    done = scaffolder("cohort", "report", cohort, "--json")
    found = json.loads(done.out)
    assert (found["schema"], found["revealed"], len(found["works"])) == (1, False, 10)
    assert done.out.isascii()


def rows(file: Path) -> list[list[str]]:
    return list(csv.reader(file.read_text("utf-8").splitlines(), delimiter=";"))


def test_the_gradebook_has_the_rosters_layout_and_can_be_of_what_changed(cohort: Path, scaffolder: Run) -> None:
    assert scaffolder("cohort", "report", cohort, "--csv", "all.csv").code == 0
    head, *students = rows(Path("all.csv"))
    assert head[:4] == ["id", "name", "group", "classical-ml level"]
    assert [row[0] for row in students] == ["s000", "s001", "s002", "s003", "s004"]
    with ledger.opened(cohort) as book:
        item = next(each for each in book.checks() if each.student == "s003" and each.project == PROJECTS[0])
        done = [{**each, "state": "written" if each["written"] else "done"} for each in item.report["findings"]]
        better = replace(item, report={**item.report, "findings": done}, at=NOW, commit=TWO)
        book.record(checked=[better])
    done = scaffolder("cohort", "report", cohort, "--csv", "changed.csv", "--changed")
    assert "1 of 5 students" in done.out
    assert [(row[0], row[4]) for row in rows(Path("changed.csv"))[1:]] == [("s003", "100")]
    assert "0 of 5" in scaffolder("cohort", "report", cohort, "--csv", "changed.csv", "--changed").out


def test_a_gradebook_that_could_not_be_written_is_not_the_last_one(cohort: Path, scaffolder: Run) -> None:
    done = scaffolder("cohort", "report", cohort, "--csv", "nowhere/g.csv")
    assert (done.code, "cannot be written" in done.err) == (2, True)
    assert "5 of 5" in scaffolder("cohort", "report", cohort, "--csv", "g.csv", "--changed").out


@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        (["--changed"], "--csv", 2),
        (["--csv", "ml-2026/roster.csv"], "part of the cohort", 2),
        (["-o", "ml-2026/ledger.sqlite"], "part of the cohort", 2),
        (["-o", "ml-2026/../ml-2026/cohort.toml"], "part of the cohort", 2),
        (["-o", "notes.csv"], "'notes.csv' does not end in .html", 2),
        (["--csv", "play.py"], "'play.py' does not end in .csv", 2),
        (["-o", "ml-2026"], "cannot be written: it is a folder", 2),
        (["-o", "."], "cannot be written: it is a folder", 2),
        (["-o", "/"], "cannot be written: it is a folder", 2),
        (["--csv", ""], "cannot be written: it is a folder", 2),
        (["-o", "ml-2026/roster.csv/page.html"], "cannot be written: Not a directory", 2),
        (["-o", "nowhere/page.html"], "cannot be written: No such file", 2),
    ],
)
def test_the_command_refuses_what_would_do_harm(
    cohort: Path, scaffolder: Run, options: list[str], said: str, code: int
) -> None:
    before = {path.name: path.read_bytes() for path in cohort.iterdir() if path.is_file()}
    done = scaffolder("cohort", "report", cohort, *options)
    assert (done.code, said in done.err) == (code, True)
    assert {path.name: path.read_bytes() for path in cohort.iterdir() if path.is_file()} == before


def test_a_pipe_is_written_and_stays_one(cohort: Path, scaffolder: Run) -> None:
    os.mkfifo("page")
    with subprocess.Popen(["cat", "page"], stdout=subprocess.PIPE) as reader:
        assert scaffolder("cohort", "report", cohort, "-o", "page").code == 0
        assert b"<html" in reader.communicate()[0]
    assert Path("page").is_fifo()
