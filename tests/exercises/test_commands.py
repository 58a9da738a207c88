"""`scaffolder new --starter`, `scaffolder exercise`, and a starter under `update`, as their users see them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mini import SHARES, TEST_ALL, TEST_SHARE, template
from support import Outcome, commit, edit, git, refused

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
STUB = '    raise NotImplementedError("exercise {}: docs/exercises.md has the task")\n'
MINE = "    return round(part / total, 3) if total else 0.0\n"


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The folder of the small template."""
    return template(tmp_path / "kit").folder


@pytest.fixture
def project(kit: Path, scaffolder: Run, tmp_path: Path) -> Path:
    """A starter with both exercises."""
    assert scaffolder("new", kit, "--yes", "--git", "--starter", "all").code == 0
    return tmp_path / "small-thing"


def environment(folder: Path) -> None:
    """Give a project an environment that has what its tests need."""
    python = folder / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTEST_DISABLE_PLUGIN_AUTOLOAD=1 exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (folder / ".git/info").mkdir(exist_ok=True)
    (folder / ".git/info/exclude").write_text(".venv/\n__pycache__/\n")


def passes(folder: Path) -> bool:
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": "src"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False).returncode == 0


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {path: data for path, data in found.items() if not path.startswith((".git/", ".venv/"))}


def test_yes_makes_a_finished_project(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    assert scaffolder("new", kit, "--yes").code == 0
    found = files(tmp_path / "small-thing")
    assert found["src/pkg/shares.py"].decode() == SHARES
    assert not [path for path, data in found.items() if "exercise" in path or b"exercise" in data]


def test_describe_names_the_exercises(kit: Path, scaffolder: Run) -> None:
    assert "Exercises, for new --starter: share, every" in scaffolder("describe", kit).out
    assert json.loads(scaffolder("describe", kit, "--json").out)["exercises"] == ["share", "every"]


def test_a_starter_says_what_to_type_next(kit: Path, scaffolder: Run) -> None:
    code, out, _ = scaffolder("new", kit, "--yes", "--starter", "core")
    assert code == 0
    assert "  scaffolder exercise\n" in out
    code, out, _ = scaffolder("new", kit, "other", "--yes", "--starter", "share,every", "--json", "--dry-run")
    assert json.loads(out)["exercises"] == ["share", "every"]
    assert "tests/exercises/test_every.py" in [one["path"] for one in json.loads(out)["files"]]


def test_an_exercise_that_is_not_there_is_named(kit: Path, scaffolder: Run) -> None:
    assert "no exercise 'shore': did you mean 'share'?" in scaffolder("new", kit, "--yes", "--starter", "shore").err
    (kit / "exercises").rename(kit / "other")
    refused(scaffolder("new", kit, "--yes", "--starter", "core"), "and no starter")


def test_where_one_stands(project: Path, scaffolder: Run) -> None:
    code, out, _ = scaffolder("exercise", project)
    assert code == 0
    assert out.startswith("0 of 2 exercises are written")
    assert "src/pkg/shares.py:15, share" in out
    assert "--hint share" in out
    edit(project / "src/pkg/shares.py", STUB.format("share"), MINE)
    found = json.loads(scaffolder("exercise", project, "--json").out)["exercises"]
    assert [(one["id"], [each["function"] for each in one["left"]]) for one in found] == [
        ("share", []),
        ("every", ["all"]),
    ]


def test_hints_come_one_by_one(project: Path, scaffolder: Run) -> None:
    assert scaffolder("exercise", project, "--hint", "share").out.splitlines() == [
        "Think.",
        "More: scaffolder exercise --hint share:2",
    ]
    assert scaffolder("exercise", project, "--hint", "share:3").out == "part / total\n"
    refused(scaffolder("exercise", project, "--hint", "share:4"), "there are 3")
    assert scaffolder("exercise", project, "--hint", "none").code == 2


def test_a_solution_is_shown_or_written(project: Path, scaffolder: Run) -> None:
    before = files(project)
    out = scaffolder("exercise", project, "--solution", "share").out
    assert "def _rounded" in out
    assert "return _rounded(part / total)" in out
    assert files(project) == before
    assert scaffolder("exercise", project, "--solution", "share", "--apply").code == 0
    assert (project / "src/pkg/shares.py").read_text() == SHARES.replace(
        "        return [share(each, sum(self.numbers)) for each in self.numbers]\n", "    " + STUB.format("every")
    )


@pytest.mark.parametrize("arguments", [("--apply",), ("--hint", "share", "--finish"), ("--solution", "none")])
def test_options_that_do_not_fit_are_refused(project: Path, scaffolder: Run, arguments: tuple[str, ...]) -> None:
    assert scaffolder("exercise", project, *arguments).code == 2


def test_a_starter_can_be_about_own_data_and_its_data_can_be_exchanged(scaffolder: Run, tmp_path: Path) -> None:
    documents = tmp_path / "rules"
    documents.mkdir()
    for number in range(5):
        (documents / f"rule{number}.md").write_text(f"# Rule {number}\n\nA book is lent for {number + 2} weeks.\n")
    project = tmp_path / "document-assistant"
    assert scaffolder("new", "rag-assistant", "--yes", "--git", "--starter", "fusion,gate").code == 0
    scaffolder("exercise", project, "--solution", "fusion", "--apply")
    commit(project)
    written = (project / "src/assistant/retrieval/fusion.py").read_text()
    code, _, err = scaffolder("adopt", project, "--data", documents, "--yes")
    assert code == 0, err
    assert (project / "src/assistant/retrieval/fusion.py").read_text() == written
    assert scaffolder("exercise", project).out.startswith("1 of 2 exercises are written")
    assert scaffolder("new", "rag-assistant", "own", "--yes", "--data", documents, "--starter", "gate").code == 0
    assert (tmp_path / "own/data/corpus/rule1.md").exists()
    assert scaffolder("exercise", tmp_path / "own").out.startswith("0 of 1 exercises are written")


def test_what_is_no_starter_is_told(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    assert "no .scaffolder.json" in scaffolder("exercise", tmp_path).err
    scaffolder("new", kit, "--yes")
    assert "has no exercises" in scaffolder("exercise", tmp_path / "small-thing").err
    (tmp_path / "small-thing/.scaffolder.json").write_text("[]")
    assert "cannot be used" in scaffolder("exercise", tmp_path / "small-thing").err


def test_with_our_solutions_finish_leaves_the_finished_project(
    kit: Path, project: Path, scaffolder: Run, tmp_path: Path
) -> None:
    for name in ("share", "every"):
        scaffolder("exercise", project, "--solution", name, "--apply")
    commit(project)
    environment(project)
    assert scaffolder("exercise", project, "--finish").code == 0
    scaffolder("new", kit, "--yes", "--output", tmp_path / "other")
    tests = {"__init__.py": "", "test_share.py": TEST_SHARE, "test_every.py": TEST_ALL}
    found = files(project)
    assert {path: found.pop(f"tests/behaviour/{path}").decode() for path in tests} == tests
    assert found == files(tmp_path / "other/small-thing")
    assert git(project, "status", "--porcelain") == ""
    assert "Nothing to do" in scaffolder("update", project).out
    assert passes(project)


def test_finish_keeps_the_owners_solution_and_waits_until_nothing_is_left(project: Path, scaffolder: Run) -> None:
    file = project / "src/pkg/shares.py"
    edit(file, STUB.format("share"), MINE)
    commit(project)
    refused(scaffolder("exercise", project, "--finish"), "left to write: every")
    edit(file, "    " + STUB.format("every"), "        return map(share, self.numbers)\n")
    edit(project / "README.md", "# Small Thing", "# My thing")
    commit(project)
    mine = file.read_text()
    done = scaffolder("exercise", project, "--finish")
    assert done.code == 0
    assert "were not run: there is no .venv, which 'make setup' creates. So nobody knows" in done.err
    assert file.read_text() == mine
    found = files(project)
    assert not [path for path, data in found.items() if "exercises" in path or b"exercises" in data]
    assert found["README.md"] == b"# My thing\n"
    assert git(project, "log", "-1", "--format=%s") == "Finish the exercises"


def test_finish_waits_until_the_tests_pass(project: Path, scaffolder: Run) -> None:
    file = project / "src/pkg/shares.py"
    edit(file, STUB.format("share"), "    return part * total\n")
    edit(file, "    " + STUB.format("every"), "        return [part / sum(self.numbers) for part in self.numbers]\n")
    commit(project)
    environment(project)
    before = git(project, "rev-parse", "HEAD")
    refused(scaffolder("exercise", project, "--finish"), "Tests of these exercises fail: share.")
    edit(file, "return part * total", "return part / total]")
    commit(project)
    refused(scaffolder("exercise", project, "--finish"), "Tests of these exercises fail: share, every.")
    (project / ".venv/bin/python").write_text("#!/bin/sh\necho No module named pytest\nexit 1\n")
    refused(scaffolder("exercise", project, "--finish"), "cannot be run: .venv/bin/python says")
    assert git(project, "log", "-1", "--format=%s") == "Work"
    assert before == git(project, "rev-parse", "HEAD~1")


def test_finish_keeps_the_tests_that_the_owner_added(project: Path, scaffolder: Run) -> None:
    for name in ("share", "every"):
        scaffolder("exercise", project, "--solution", name, "--apply")
    mine = TEST_SHARE + "\n\ndef test_of_mine() -> None:\n    assert share(1, 2) == 0.5\n"
    (project / "tests/exercises/test_share.py").write_text(mine)
    (project / "tests/exercises/cases.py").write_text("ONE = 1\n")
    commit(project)
    environment(project)
    assert scaffolder("exercise", project, "--finish").code == 0
    assert (project / "tests/behaviour/test_share.py").read_text() == mine
    assert (project / "tests/behaviour/cases.py").read_text() == "ONE = 1\n"
    assert not (project / "tests/exercises").exists()
    found = json.loads(scaffolder("mine", project, "--json").out)
    tests = {one["path"]: one["owner"] for one in found["files"] if one["owner"]}
    assert tests == {"tests/behaviour/test_share.py": 2, "tests/behaviour/cases.py": 1}


def test_finish_overwrites_no_file_of_the_owner(project: Path, scaffolder: Run) -> None:
    for name in ("share", "every"):
        scaffolder("exercise", project, "--solution", name, "--apply")
    (project / "tests/behaviour").mkdir()
    (project / "tests/behaviour/test_share.py").write_text("")
    commit(project)
    refused(scaffolder("exercise", project, "--finish"), "tests/behaviour/test_share.py is there already")


def test_finish_removes_nothing_that_its_owner_has_changed(project: Path, scaffolder: Run) -> None:
    for name in ("share", "every"):
        scaffolder("exercise", project, "--solution", name, "--apply")
    edit(project / "docs/exercises.md", "# Exercises", "# Exercises and my notes")
    commit(project)
    before = files(project)
    code, _, err = scaffolder("exercise", project, "--finish")
    assert code == 1
    assert "You have changed 'docs/exercises.md'" in err
    assert files(project) == before


def test_finish_comes_after_an_update_that_waits(kit: Path, project: Path, scaffolder: Run) -> None:
    for name in ("share", "every"):
        scaffolder("exercise", project, "--solution", name, "--apply")
    commit(project)
    edit(kit / "{{ cookiecutter.project_slug }}/src/pkg/shares.py", "return os.getcwd()", "return os.curdir")
    refused(scaffolder("exercise", project, "--finish"), "'scaffolder update' first")
    assert scaffolder("update", project).code == scaffolder("exercise", project, "--finish").code == 0
    assert "return os.curdir" in (project / "src/pkg/shares.py").read_text()


def test_a_damaged_record_is_no_reason_for_a_traceback(project: Path, scaffolder: Run) -> None:
    edit(project / ".scaffolder.json", '"exercises": {', '"data": {"kind": 3},\n  "exercises": {"none": 7, ')
    code, out, _ = scaffolder("exercise", project)
    assert code == 0
    assert "0 of 2" in out


def test_an_update_brings_a_mended_test_and_a_hint_and_loses_no_line(kit: Path, project: Path, scaffolder: Run) -> None:
    file = project / "src/pkg/shares.py"
    edit(file, STUB.format("share"), MINE)
    commit(project)
    mine = file.read_text()
    edit(
        kit / "exercises/share/test_share.py",
        TEST_SHARE,
        TEST_SHARE + "\n\ndef test_more() -> None:\n    assert True\n",
    )
    edit(kit / "exercises/share/exercise.toml", '"Think."', '"Think of a cake."')
    edit(kit / "{{ cookiecutter.project_slug }}/src/pkg/shares.py", "return os.getcwd()", "return os.curdir")
    assert scaffolder("update", project).code == 0
    assert "test_more" in (project / "tests/exercises/test_share.py").read_text()
    assert scaffolder("exercise", project, "--hint", "share").out.startswith("Think of a cake.")
    assert file.read_text() == mine.replace("return os.getcwd()", "return os.curdir")
    assert "raise NotImplementedError" in file.read_text(), "what is left to write is still so"
    assert json.loads((project / ".scaffolder.json").read_text())["exercises"].keys() == {"share", "every"}


def test_an_update_takes_no_function_away_that_the_starter_had(kit: Path, scaffolder: Run, tmp_path: Path) -> None:
    assert scaffolder("new", kit, "--yes", "--git", "--starter", "share").code == 0
    project = tmp_path / "small-thing"
    edit(kit / "exercises/share/exercise.toml", '"_rounded", "NEAR"]', '"_rounded", "NEAR", "PLACES"]')
    edit(kit / "exercises/share/exercise.toml", 'functions = ["share"]', 'functions = ["share", "folder"]')
    edit(kit / "{{ cookiecutter.project_slug }}/src/pkg/shares.py", "return os.getcwd()", "return os.curdir")
    assert scaffolder("update", project).code == 0
    text = (project / "src/pkg/shares.py").read_text()
    assert "return os.curdir" in text, "it came with the update, and is no exercise here"
    assert "PLACES = 3" in text
    assert text.count("raise NotImplementedError") == 1
    assert "Nothing to do" in scaffolder("update", project).out
    assert scaffolder("new", kit, "new-one", "--yes", "--starter", "share").code == 0
    assert (tmp_path / "new-one/src/pkg/shares.py").read_text().count("raise NotImplementedError") == 2


def test_an_update_writes_no_exercise_into_a_starter_that_has_not_chosen_it(
    kit: Path, scaffolder: Run, tmp_path: Path
) -> None:
    scaffolder("new", kit, "--yes", "--git", "--starter", "share")
    project = tmp_path / "small-thing"
    assert not (project / "tests/exercises/test_every.py").exists()
    edit(kit / "exercises/every/exercise.toml", 'level = "more"', 'level = "core"')
    edit(kit / "{{ cookiecutter.project_slug }}/README.md", "# ", "## ")
    assert scaffolder("update", project).code == 0
    assert not (project / "tests/exercises/test_every.py").exists()
    assert (project / "README.md").read_text() == "## Small Thing\n"


def test_without_the_branch_scaffold_the_starter_is_rendered_again(kit: Path, project: Path, scaffolder: Run) -> None:
    edit(project / "README.md", "Small", "My small")
    git(project, "checkout", "--quiet", "--orphan", "anew")
    commit(project)
    git(project, "branch", "-D", "main", "scaffold")
    code, out, err = scaffolder("update", project, "--set", "project_name=Small Thing")
    assert code == 0, err
    assert "Nothing to do" in out


OTHER = "        whole = sum(self.numbers)\n        return [share(one, whole) for one in self.numbers]\n"


def owned(scaffolder: Run, project: Path) -> dict[str, list[list[int]]]:
    found = json.loads(scaffolder("mine", project, "--json").out)
    return {one["path"]: one["lines"] for one in found["files"] if one["owner"]}


def test_the_owners_solutions_stay_the_owners_through_update_and_finish(
    kit: Path, project: Path, scaffolder: Run
) -> None:
    file = project / "src/pkg/shares.py"
    edit(file, STUB.format("share"), MINE)
    edit(file, "    " + STUB.format("every"), OTHER)
    commit(project)
    mine = [line.strip() for line in (MINE + OTHER).splitlines()]

    def lines() -> list[str]:
        text = file.read_text().splitlines()
        found = owned(scaffolder, project)
        assert found.keys() == {"src/pkg/shares.py"}
        return [text[at - 1].strip() for first, last in found["src/pkg/shares.py"] for at in range(first, last + 1)]

    assert lines() == mine
    edit(kit / "{{ cookiecutter.project_slug }}/src/pkg/shares.py", "return os.getcwd()", "return os.curdir")
    assert scaffolder("update", project).code == 0
    assert lines() == mine
    assert scaffolder("exercise", project, "--finish").code == 0
    assert lines() == mine
    edit(kit / "{{ cookiecutter.project_slug }}/src/pkg/shares.py", "return os.curdir", "return str(os.curdir)")
    assert scaffolder("update", project).code == 0
    assert lines() == mine


def test_an_exercise_that_other_answers_would_have_is_refused_by_name_and_left_out_of_a_set(
    scaffolder: Run, tmp_path: Path
) -> None:
    demand = ("new", "classical-ml", "rides", "--yes", "--no-git", "--set", "use_case=demand", "--starter")
    refused(scaffolder(*demand, "split,threshold"), "With these answers, there is no exercise 'threshold'")
    assert not (tmp_path / "rides").exists()
    assert scaffolder(*demand, "all").code == 0
    known = json.loads((tmp_path / "rides/.scaffolder.json").read_text())["exercises"]
    assert "split" in known
    assert "threshold" not in known
