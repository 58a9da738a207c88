"""`scaffolder practice --break`: a fault of a small template, planted in a project of it."""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Outcome, make_template, refused

from scaffolder.errors import TemplateError
from scaffolder.practice.drill import Fault, faults
from scaffolder.project import plan
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
FAULT = '''Since Monday, the share of late parcels is above 1 on some days.

The share was divided by one parcel too few: a count was mended that was right.

diff --git a/src/late/model.py b/src/late/model.py
--- a/src/late/model.py
+++ b/src/late/model.py
@@ -6,3 +6,3 @@
     """The share of the parcels that are late."""
-    return sum(late) / len(late)
+    return sum(late) / (len(late) - 1)

diff --git a/tests/test_model.py b/tests/test_model.py
--- a/tests/test_model.py
+++ b/tests/test_model.py
@@ -1,8 +1,4 @@
-from late.model import share, worst
+from late.model import worst


-def test_share() -> None:
-    assert share([True, False]) == 0.5
-
-
 def test_worst() -> None:
'''
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
    return tmp_path / "late"


def write_fault(template: Path, name: str = "share", text: str = FAULT) -> None:
    (template / "faults").mkdir(exist_ok=True)
    (template / f"faults/{name}.patch").write_text(text)


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


def test_at_the_end_nothing_is_left_but_what_was_committed(
    project: Path, scaffolder: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = planted(project, scaffolder)
    (copy / "notes.md").write_text("Mine.\n")
    outcome = scaffolder("practice", copy, "--end")
    assert (outcome.code, "'notes.md'" in outcome.err, copy.is_dir()) == (2, True, True)
    git(copy, "add", "notes.md")
    git(copy, *ADA, "commit", "-qm", "My notes")
    git(copy, "switch", "-q", "--detach", "HEAD~1")
    monkeypatch.chdir(copy / "src")
    done = scaffolder("practice", "--end")
    assert (done.code, copy.exists()) == (0, False)
    assert "It was planted in src/late/model.py." in done.out
    assert "Your commits are on the branch drill-7." in done.out
    monkeypatch.chdir(project)
    assert "notes.md" in git(project, "ls-tree", "--name-only", "drill-7")
    again = planted(project, scaffolder, seed=8)
    assert scaffolder("practice", again, "--end").code == 0
    assert git(project, "branch", "--list", "drill-8") == ""
    refused(scaffolder("practice", project, "--break", "--seed", "7"), "'git branch -D drill-7'")


def test_a_fault_that_does_not_fit_is_passed_over(project: Path, template: Path, scaffolder: Run) -> None:
    write_fault(template, "gone", FAULT.replace("sum(late) / len(late)", "mean(late)"))
    assert {planted(project, scaffolder, seed).name for seed in range(4)} == {f"late-drill-{seed}" for seed in range(4)}


def test_where_the_owner_has_rewritten_the_code_nothing_is_changed(project: Path, scaffolder: Run) -> None:
    model = project / "src/late/model.py"
    model.write_text(MODEL.replace("sum(late) / len(late)", "float(sum(late) / max(len(late), 1))"))
    git(project, *ADA, "commit", "-qam", "Mine")
    refused(scaffolder("practice", project, "--break"), "None of the template's faults fits")
    assert (git(project, "branch", "--list", "drill-*"), list(project.parent.glob("late-drill-*"))) == ("", [])


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
    assert "is no drill" in scaffolder("practice", project, "--end").err
    assert "Give one of" in scaffolder("practice", project, "--end", "--list").err
    assert "Give one of" in scaffolder("practice", project, "--seed", "3").err
    copy = planted(project, scaffolder)
    twice = scaffolder("practice", project, "--break", "--seed", "7")
    assert (twice.code, "is there already" in twice.err, copy.is_dir()) == (2, True, True)
    assert "has a fault already" in scaffolder("practice", copy, "--break").err
    git(copy, "switch", "-q", "--detach")
    git(copy, *ADA, "commit", "-q", "--allow-empty", "-m", "On no branch")
    lost = scaffolder("practice", copy, "--end")
    assert (lost.code, "'git switch -c NAME'" in lost.err, copy.is_dir()) == (2, True, True)


@pytest.mark.parametrize("text", ["", FAULT.partition("diff")[0], FAULT[FAULT.index("diff") :]])
def test_a_patch_without_its_texts_or_changes_is_named(template: Path, text: str) -> None:
    write_fault(template, text=text)
    with pytest.raises(TemplateError, match=r"share.patch. needs what people notice"):
        faults(template)


BUNDLED = [(name, fault) for name in catalog.names() for fault in faults(catalog.bundled(name).folder)]


@pytest.mark.parametrize(("template", "fault"), BUNDLED, ids=[f"{name}-{fault.id}" for name, fault in BUNDLED])
def test_a_fault_of_ours_fits_its_template_and_its_symptom_does_not_name_it(
    template: str, fault: Fault, tmp_path: Path
) -> None:
    """That its trial notices it, and nothing else does, is proven in `tests/slow/test_faults.py`."""
    kind = catalog.bundled(template)
    tree = render(kind, complete(kind, chosen({})))
    plan.write(tree, tmp_path / "project")
    git(tmp_path / "project", "apply", str(fault.patch))
    changed = [path for path, file in tree.items() if (tmp_path / "project" / path).read_bytes() != file.data]
    assert any(path.startswith("src/") for path in changed)
    for path in changed:
        assert Path(path).name not in fault.symptom
        ast.parse((tmp_path / "project" / path).read_bytes())


@pytest.mark.parametrize("template", catalog.names())
def test_a_template_has_at_least_four_faults_each_with_its_trial(template: str) -> None:
    folder = catalog.bundled(template).folder
    known = [fault.id for fault in faults(folder)]
    assert len(known) >= 4
    assert sorted(trial.stem for trial in (folder / "faults").glob("*.py")) == [f"test_{name}" for name in known]
