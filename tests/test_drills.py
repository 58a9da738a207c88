"""`scaffolder practice --break`: a fault of a small template, planted in a project of it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Outcome, make_template

from scaffolder.errors import TemplateError
from scaffolder.practice.faults import Fault, changed, read
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

Run = Callable[..., Outcome]

ADA = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")

MODEL = '''"""The late parcels."""


def share(late: list[bool]) -> float:
    """The share of the parcels that are late."""
    return sum(late) / len(late)


def worst(shares: dict[str, float]) -> str:
    """The town with the highest share."""
    return max(shares, key=lambda town: shares[town])
'''
TESTS = """from late.model import share, worst


def test_share() -> None:
    assert share([True, False]) == 0.5


def test_worst() -> None:
    assert worst({"Ulm": 0.1, "Hof": 0.4}) == "Hof"
"""
FAULT = """
symptom = "Since Monday, the share of late parcels is above 1 on some days."
hints = ["Look at a small day.", "Two numbers are divided.", "By how many parcels is the sum divided?"]
postmortem = "The share was divided by one parcel too few: a count was mended that was right."
without = ["tests/test_model.py::test_share", "tests/absent.py::test_it"]

[[change]]
file = "src/late/model.py"
before = "sum(late) / len(late)"
after = "sum(late) / (len(late) - 1)"

[[wrong]]
file = "src/late/model.py"
before = "(len(late) - 1)"
after = "max(len(late) - 1, 1)"
"""
TRIAL = """from late.model import share


def test_a_share_is_a_part() -> None:
    assert share([True, True, True]) == 1
"""
FILES = {
    "src/late/__init__.py": b"",
    "src/late/model.py": MODEL.encode(),
    "tests/test_model.py": TESTS.encode(),
    ".gitignore": b"/.venv\n__pycache__/\n",
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return make_template(tmp_path / "template", {"project_slug": "late"}, FILES)


@pytest.fixture
def project(template: Path, tmp_path: Path, scaffolder: Run, no_child: None) -> Path:
    write_fault(template)
    assert scaffolder("new", template, "--yes").code == 0
    made = tmp_path / "late"
    (made / ".venv/bin").mkdir(parents=True)
    (made / ".venv/bin/python").symlink_to(sys.executable)
    return made


def write_fault(template: Path, name: str = "share", text: str = FAULT) -> None:
    folder = template / "faults" / name
    folder.mkdir(parents=True)
    (folder / "fault.toml").write_text(text)
    (folder / f"test_{name}.py").write_text(TRIAL)


def planted(project: Path, scaffolder: Run, seed: int = 7) -> Path:
    told = json.loads(scaffolder("practice", project, "--break", "--seed", seed, "--json").out)
    return Path(told["folder"])


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_fault_is_planted_in_a_copy_and_only_its_symptom_is_said(project: Path, scaffolder: Run) -> None:
    before = git(project, "rev-parse", "HEAD")
    said = scaffolder("practice", project, "--break", "--seed", "7")
    assert said.code == 0
    assert "share of late parcels is above 1" in said.out
    assert "model.py" not in said.out
    copy = project.with_name("late-drill-7")
    assert "(len(late) - 1)" in (copy / "src/late/model.py").read_text()
    tests = (copy / "tests/test_model.py").read_text()
    assert "test_worst" in tests
    assert "share" not in tests, "the test that would give it away is gone, and its import"
    assert (git(copy, "status", "--porcelain"), git(copy, "branch", "--show-current")) == ("", "drill-7")
    assert (git(project, "rev-parse", "HEAD"), git(project, "status", "--porcelain")) == (before, "")
    assert (project / "src/late/model.py").read_text() == MODEL


def test_the_hints_come_one_by_one(project: Path, scaffolder: Run) -> None:
    copy = planted(project, scaffolder)
    said = [scaffolder("practice", copy, "--hint").out for _ in range(4)]
    heads = [f"Hint {number} of 3" for number in (1, 2, 3)]
    assert [text.partition("\n")[0] for text in said] == [*heads, "Hint 3 of 3 was the last:"]
    assert "small day" in said[0]
    assert "By how many" in said[3]


@pytest.mark.slow  # it runs pytest five times
def test_the_fault_is_there_until_it_is_mended_in_earnest(project: Path, scaffolder: Run) -> None:
    copy = planted(project, scaffolder)
    model = copy / "src/late/model.py"
    assert scaffolder("practice", copy, "--check").code == 1
    model.write_text(model.read_text().replace("(len(late) - 1)", "max(len(late) - 1, 1)"))
    wrong = scaffolder("practice", copy, "--check")
    assert (wrong.code, wrong.out) == (1, "The fault is still there.\n")
    model.write_text(MODEL.replace("max(", "min("))
    broken = scaffolder("practice", copy, "--check")
    assert broken.code == 1
    assert "The fault is gone, but a test of the project fails now" in broken.out
    assert "test_worst" in broken.out
    model.write_text(MODEL)
    mended = scaffolder("practice", copy, "--check")
    assert mended.code == 0
    assert "Now write the test that would have caught it" in mended.out
    assert "one parcel too few" not in mended.out, "it would say which test to write"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("assert share([True, True]) == 1", "Your test fails with the fault"),
        ("assert share([False, False]) == 0", "Your test would not have caught it"),
    ],
)
def test_the_owners_test_is_run_against_the_fault(project: Path, scaffolder: Run, test: str, said: str) -> None:
    copy = planted(project, scaffolder)
    (copy / "src/late/model.py").write_text(MODEL)
    (copy / "tests/test_share.py").write_text(
        f"from late.model import share\n\n\ndef test_all() -> None:\n    {test}\n"
    )
    done = scaffolder("practice", copy, "--check")
    assert (done.code, said in done.out) == (0, True), done.out
    assert ("one parcel too few" in done.out) == ("Your test fails" in said)
    assert git(project, "worktree", "list").count("\n") == 1, "the copy in which it was tried is gone"


@pytest.mark.slow
def test_code_that_is_not_there_any_more_is_no_mend(project: Path, scaffolder: Run) -> None:
    copy = planted(project, scaffolder)
    (copy / "src/late/model.py").write_text(MODEL.replace("def share", "def part"))
    done = scaffolder("practice", copy, "--check")
    assert done.code == 2
    assert "has lost its name" in done.err


def test_at_the_end_nothing_is_left_but_what_was_committed(
    project: Path, scaffolder: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = planted(project, scaffolder)
    (copy / "notes.md").write_text("Mine.\n")
    refused = scaffolder("practice", copy, "--end")
    assert (refused.code, "'notes.md'" in refused.err, copy.is_dir()) == (2, True, True)
    git(copy, "add", "notes.md")
    git(copy, *ADA, "commit", "-qm", "My notes")
    git(copy, "switch", "-q", "--detach", "HEAD~1")
    monkeypatch.chdir(copy / "src")
    done = scaffolder("practice", "--end")
    assert (done.code, copy.exists()) == (0, False)
    assert "It was planted in src/late/model.py." in done.out
    assert "Your commits are on the branch drill-7; none of them changes a test." in done.out
    monkeypatch.chdir(project)
    assert "notes.md" in git(project, "ls-tree", "--name-only", "drill-7")
    again = planted(project, scaffolder, seed=8)
    assert scaffolder("practice", again, "--end").code == 0
    assert git(project, "branch", "--list", "drill-8") == ""
    stays = scaffolder("practice", project, "--break", "--seed", "7")
    assert (stays.code, "'git branch -D drill-7'" in stays.err) == (2, True)


def test_the_end_names_the_commits_that_have_tests_and_they_can_be_taken_over(project: Path, scaffolder: Run) -> None:
    copy = planted(project, scaffolder)
    (copy / "src/late/model.py").write_text(MODEL)
    git(copy, *ADA, "commit", "-qam", "Mend it")
    (copy / "tests/test_mine.py").write_text("def test_mine() -> None: ...\n")
    git(copy, "add", "tests")
    git(copy, *ADA, "commit", "-qm", "Test it")
    (copy / "src/late/model.py").write_text(f"{MODEL}\n")
    git(copy, *ADA, "commit", "-qam", "Tidy up")
    commit = git(copy, "rev-parse", "--short", "HEAD~1")
    said = scaffolder("practice", copy, "--end").out
    assert f"'git cherry-pick {commit}' takes your tests over." in " ".join(said.split())
    git(project, *ADA, "cherry-pick", commit)
    assert (project / "tests/test_mine.py").is_file()


def test_a_fault_that_does_not_fit_is_passed_over(project: Path, template: Path, scaffolder: Run) -> None:
    write_fault(template, "gone", FAULT.replace("sum(late) / len(late)", "mean(late)"))
    assert {planted(project, scaffolder, seed).name for seed in range(4)} == {f"late-drill-{seed}" for seed in range(4)}
    model = project / "src/late/model.py"
    model.write_text(MODEL.replace("sum(late) / len(late)", "float(sum(late) / max(len(late), 1))"))
    git(project, *ADA, "commit", "-qam", "Mine")
    said = scaffolder("practice", project, "--break")
    assert (said.code, "None of the template's faults fits" in said.err) == (2, True)


def test_one_seed_is_one_fault(project: Path, template: Path, scaffolder: Run) -> None:
    for name in ("first", "second", "third"):
        write_fault(template, name, FAULT.replace("Since Monday", f"Since the {name} week"))
    said = {}
    for seed in range(4):
        copy = planted(project, scaffolder, seed)
        told = json.loads(scaffolder("practice", copy, "--end", "--json").out)
        again = planted(project, scaffolder, seed)
        assert json.loads(scaffolder("practice", again, "--end", "--json").out) == told
        said[seed] = told["fault"]
    assert len(set(said.values())) > 1


def test_refusals_are_sentences_and_leave_nothing(project: Path, template: Path, scaffolder: Run) -> None:
    assert "is no drill" in scaffolder("practice", project, "--check").err
    assert "Give one of" in scaffolder("practice", project, "--check", "--hint").err
    assert "Give one of" in scaffolder("practice", project, "--seed", "3").err
    copy = planted(project, scaffolder)
    twice = scaffolder("practice", project, "--break", "--seed", "7")
    assert (twice.code, "is there already" in twice.err, copy.is_dir()) == (2, True, True)
    assert "has a fault already" in scaffolder("practice", copy, "--break").err
    git(copy, "switch", "-q", "--detach")
    git(copy, *ADA, "commit", "-q", "--allow-empty", "-m", "On no branch")
    lost = scaffolder("practice", copy, "--end")
    assert (lost.code, "'git switch -c NAME'" in lost.err, copy.is_dir()) == (2, True, True)
    (project / ".venv/bin/python").unlink()
    alone = scaffolder("practice", copy, "--check")
    assert (alone.code, "'make setup'" in alone.err) == (2, True)
    (template / "faults/share/fault.toml").unlink()
    lost = scaffolder("practice", copy, "--hint")
    assert (lost.code, "Traceback" in lost.err) == (2, False)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('symptom = "Since', 'symptom = ""\nmore = "', "more is no part of a fault"),
        ('"Look at a small day.", ', "", "hints must be 3 texts"),
        ("[[change]]", "[[chance]]", "chance is no part of a fault"),
        ('file = "src/late/model.py"\nbefore = "sum', 'file = "../model.py"\nbefore = "sum', "file inside the project"),
        ("postmortem", "postmortem.x", "postmortem must be a text"),
    ],
)
def test_a_declaration_that_cannot_be_used_is_named(template: Path, before: str, after: str, problem: str) -> None:
    write_fault(template, text=FAULT.replace(before, after, 1))
    with pytest.raises(TemplateError, match=problem):
        read(template)


BUNDLED = [(name, fault) for name in catalog.names() for fault in read(catalog.bundled(name).folder)]


@pytest.mark.parametrize(("template", "fault"), BUNDLED, ids=[f"{name}-{fault.id}" for name, fault in BUNDLED])
def test_a_fault_of_ours_fits_its_template_and_its_texts_do_not_name_it(template: str, fault: Fault) -> None:
    """That its trial notices it, and nothing else does, is proven in `tests/slow/test_faults.py`."""
    kind = catalog.bundled(template)
    tree = render(kind, complete(kind, chosen({})))

    def text_of(path: str) -> str | None:
        return tree[path].data.decode() if path in tree else None

    planted = fault.planted(text_of)
    assert planted
    assert all(changed((wrong,), planted.get) for wrong in fault.wrong)
    assert fault.wrong, "a mend that does not help"
    for path, name in (place.split("::") for place in fault.without):
        assert f"def {name}(" in (text_of(path) or ""), "a test that would give it away"
    for change in fault.changes:
        assert Path(change.file).name not in fault.symptom
        ast.parse(planted[change.file])


@pytest.mark.parametrize("template", catalog.names())
def test_a_template_has_at_least_four_faults(template: str) -> None:
    assert len(read(catalog.bundled(template).folder)) >= 4
