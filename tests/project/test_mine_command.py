"""The output of `scaffolder mine`: for a terminal, a program, a reader of a page, and the README."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import kit
import pytest
from kit import append, commit, edit
from support import ANY_NAMES, Outcome, git, project_of, refused

from scaffolder.portfolio import project as portfolio
from scaffolder.portfolio import texts
from scaffolder.project.mine import readme
from scaffolder.project.mine.comparison import examine

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
WHY = "I lowered the price of a call, because our own people make them now."
LIMITS = "This shows what differs from the template, not who wrote it: an AI may have."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with work of its owner in code, tests and prose."""
    monkeypatch.setenv("COLUMNS", "100")
    folder = project_of(kit.template, tmp_path)
    append(folder, "src/kit/service.py", f"\n\n{kit.OWN}")
    append(
        folder, "tests/test_service.py", "\n\ndef test_mine() -> None:\n    assert 1 + 1 == 2\n    assert 2 + 2 == 4\n"
    )
    edit(folder, "README.md", "make demo shows it.", "One line.\n\nTwo more lines.\n\nThree of mine.\n\nFour.\n\nFive.")
    return commit(folder)


def test_a_terminal_shows_what_to_read_first(project: Path, scaffolder: Run) -> None:
    code, out, err = scaffolder("mine", project)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("night-shift, made from kit: 10 of 51 lines are yours as of commit ")
    assert "code               2          24" in lines
    assert "tests              3           3" in lines
    assert "prose              5           9   10 words of yours" in lines
    at = lines.index("Read these first:")
    assert lines[at + 1 : at + 4] == [
        "  tests/test_service.py  3 of yours: 8-10",
        "  src/kit/service.py  2 of yours: 14-15",
        "  README.md  5 of yours: 15, 17, 19, …",
    ]
    assert lines[-1] == LIMITS


def test_ten_files_are_listed_and_the_rest_is_counted(project: Path, scaffolder: Run) -> None:
    for number in range(8):
        append(project, f"src/kit/own_{number}.py", f"part_{number} = {number}\n")
    commit(project)
    (project / "later.py").write_text("x = 1\n")
    out = scaffolder("mine", project, "--html", "page.html").out
    assert out.count(" of yours: ") == 10
    assert "and 1 more: --json lists them, --html FILE shows the lines" in out
    assert "Not committed, so not counted: later.py." in out


def test_there_is_nothing_to_write_without_own_work(scaffolder: Run, tmp_path: Path) -> None:
    project_of(kit.template, tmp_path)
    assert "0 of 42 lines are yours" in scaffolder("mine", "night-shift").out
    outcome = scaffolder("mine", "night-shift", "--write", "--html", "mine.html")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "scaffolder: Nothing here differs from the template yet, so there is nothing to write.\n"
    assert not Path("mine.html").exists()


def test_a_program_gets_every_file(project: Path, scaffolder: Run) -> None:
    code, out, err = scaffolder("mine", project, "--json")
    found = json.loads(out)
    assert (code, err, found["schema"], found["template"]) == (0, "", 1, "kit")
    assert found["totals"]["tests"] == {"owner": 3, "template": 3, "words": 0, "files": 1}
    assert found["read_first"] == ["tests/test_service.py", "src/kit/service.py", "README.md"]
    share = next(each for each in found["files"] if each["path"] == "src/kit/service.py")
    assert (share["owner"], share["template"], share["lines"]) == (2, 8, [[14, 15]])
    assert found["data"] == [{"path": "data/parcels.csv", "own": False, "was": None}]
    assert found["written_by_programs"] == [".scaffolder.json", "requirements.lock"]
    assert found["commits"]["count"] == 1
    assert found["notes"] == [LIMITS]


class Marked(HTMLParser):
    """The texts in <mark>, and all tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside, self.marked, self.tags = False, list[str](), set[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag == "mark":
            self.inside = True
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "mark"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.marked[-1] += data


@ANY_NAMES
def test_a_page_marks_the_owners_lines_and_escapes_all(project: Path, scaffolder: Run) -> None:
    append(project, "src/kit/<b>\x1b[31m.py", "STYLE = '<script>alert(1)</script>\x1b[2J'\n" * 9)
    commit(project)
    out = scaffolder("mine", project, "--html", "page.html").out
    assert "\x1b" not in out
    assert "<b>\\x1b[31m.py" in out
    page = Path("page.html").read_text("utf-8")
    found = Marked(page)
    assert "\x1b" not in page
    assert not found.tags & {"script", "b", "img", "link"}
    assert "default-src 'none'" in page
    marked = [text.partition("+")[2].strip() for text in found.marked]
    assert marked[:9] == ["STYLE = '<script>alert(1)</script>\\x1b[2J'"] * 9
    assert "def late_share(answers: list[str]) -> float:" in marked
    assert len(marked) == 19
    assert LIMITS in page
    assert "night-shift: your part</h1>" in page
    assert '<th scope="col">yours</th><th scope="col">template</th>' in page


BLOCK = "\n## What I changed and why\n\n<!-- mine -->\n<!-- /mine -->\n\n"


def test_the_facts_go_into_the_readme_and_the_why_stays(project: Path, scaffolder: Run) -> None:
    append(project, "README.md", f"{BLOCK}{WHY}\n\n```\n<!-- mine -->\n```\n")
    commit(project)
    (project / "README.md").write_bytes((project / "README.md").read_bytes().replace(b"\n", b"\r\n"))
    before = (project / "README.md").read_bytes()
    assert scaffolder("mine", project, "--write").code == 0
    written = (project / "README.md").read_bytes()
    assert re.sub(rb"<p>Beyond the template kit, as of .*</p>\r\n", b"", written) == before
    assert b"2 lines of code in 1 file; 3 lines of tests in 1 file; " in written
    assert b"; 2 commits on 20" in written
    (project / "README.md").write_bytes(written.replace(b"\r\n", b"\n"))
    commit(project)
    assert kit.owners(project)["README.md"][-2:] == [WHY, "<!-- mine -->"]
    assert scaffolder("mine", project, "--write").code == 0
    again = (project / "README.md").read_text()
    assert (again.count("<p>Beyond"), "; 3 commits on 20" in again) == (1, True)
    said = texts.changes(portfolio.opened(project))
    assert said
    assert said.paragraphs == (WHY,)


def test_marks_that_do_not_pair_hide_nothing() -> None:
    assert readme.block_lines("a\n<!-- mine -->\nb\n<!-- /mine -->\n") == {2, 3, 4}
    assert readme.block_lines("<!-- mine -->\nb\n") == set()
    assert readme.block_lines("<!-- mine -->\n<!-- mine -->\nb\n<!-- /mine -->\n") == set()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "is no file of at most 1 MB"),
        (Path("kit/cookiecutter.json"), "is no file of at most 1 MB"),
        (b"# Gr\xfcn\n", "is not UTF-8 text"),
        (b"# A\n", "has no block for the facts"),
        (b"<!-- mine -->\n<!-- mine -->\n<!-- /mine -->\n", "has no block for the facts"),
    ],
)
def test_a_readme_that_cannot_be_written(
    content: Path | bytes | None, says: str, project: Path, scaffolder: Run, tmp_path: Path
) -> None:
    config = (tmp_path / "kit/cookiecutter.json").read_bytes()
    (project / "README.md").unlink()
    if isinstance(content, Path):
        (project / "README.md").symlink_to(tmp_path / content)
    elif content is not None:
        (project / "README.md").write_bytes(content)
    refused(scaffolder("mine", project, "--write"), says)
    assert (tmp_path / "kit/cookiecutter.json").read_bytes() == config


def test_files_of_a_stranger_are_read_within_limits(project: Path, scaffolder: Run) -> None:
    """Of those that Python cannot divide into tokens, the plain lines count; what is too large is named."""
    for name, text in {
        "deep.py": "(" * 50_000,
        "open.py": '"""never closed\nx = 1\n',
        "indent.py": "if x:\n        y = 1\n   z = 2\n",
        "long.py": "x = '" + "a" * 900_000 + "'\n",
        "many.py": '"""\n' + "a\n" * 20_000 + '"""\n',
        "nul.py": "x = 1\0\n",
        "large.py": "x = 1\n" * 200_000,
    }.items():
        (project / name).write_text(text)
    commit(project)
    found = json.loads(scaffolder("mine", project, "--json").out)
    shares = {each["path"]: each["owner"] for each in found["files"]}
    assert shares["open.py"] == 2
    assert shares["indent.py"] == 3
    assert shares["long.py"] == 1
    assert shares["many.py"] == 20_000
    assert shares["large.py"] == shares["nul.py"] == 0
    assert found["notes"][0] == "Not compared, because too large or not text: large.py and 1 more."
    assert scaffolder("mine", project, "--html", "page.html").code == 0


def test_a_program_that_a_repository_configures_is_not_run(project: Path) -> None:
    (project / ".gitattributes").write_text("*.py filter=evil diff=evil\n")
    commit(project)
    for key in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "core.fsmonitor", "core.pager"):
        git(project, "config", key, f"touch {project.parent}/evil; cat")
    append(project, "src/kit/service.py", "# more\n")
    assert examine(project).waiting == ("src/kit/service.py",)
    assert not (project.parent / "evil").exists()
