"""`scaffolder update` overwrites nothing of the owner's, whatever stands in its way or stops it in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from support import commit, git, refused
from update_kit import Run, change, clean, edit

from scaffolder.project import worktree

pytestmark = pytest.mark.usefixtures("no_child")


def test_what_is_not_committed_is_refused(template: Path, project: Path, scaffolder: Run) -> None:
    change(template, "code.py", "a = 1", "a = 0")
    edit(project, "README.md", "first", "mine")
    refused(scaffolder("update", project), "'README.md'")
    assert scaffolder("update", project, "--dry-run").code == 0
    assert (project / "code.py").read_text().startswith("a = 1")


def test_a_new_file_in_the_way_is_refused(template: Path, project: Path, scaffolder: Run) -> None:
    (template / "{{ cookiecutter.project_slug }}/extra.txt").write_text("theirs\n")
    (project / "extra.txt").write_text("mine\n")
    refused(scaffolder("update", project), "'extra.txt'")
    assert (project / "extra.txt").read_text() == "mine\n"
    (project / "extra.txt").write_text("theirs\n")
    assert scaffolder("update", project).code == 0


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_a_link_in_the_way_leads_nowhere(template: Path, project: Path, scaffolder: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (project / "docs").symlink_to(elsewhere)
    docs = template / "{{ cookiecutter.project_slug }}/docs"
    docs.mkdir()
    (docs / "page.md").write_text("page\n")
    assert scaffolder("update", project).code == 2
    assert not list(elsewhere.iterdir())


KILLABLE = [
    (os, "replace"),
    (worktree.Path, "unlink"),
    (worktree.store, "move"),
    (worktree.checkout, "stage"),
    (worktree, "_finish"),
]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    "number", [pytest.param(number, marks=[pytest.mark.slow] if number % 3 else []) for number in range(12)]
)
def test_a_kill_at_any_moment_leaves_what_a_rerun_finishes(
    number: int, template: Path, project: Path, scaffolder: Run
) -> None:
    edit(project, "README.md", "second", "mine")
    before = commit(project)
    for path in ("README.md", "code.py"):
        change(template, path, {"README.md": "first", "code.py": "a = 1"}[path], "theirs")
    (template / "{{ cookiecutter.project_slug }}/new").mkdir()
    (template / "{{ cookiecutter.project_slug }}/new/file.txt").write_text("new\n")
    (template / "{{ cookiecutter.project_slug }}/bin/run.sh").unlink()
    killed = killed_at(number, lambda: scaffolder("update", project))
    assert git(project, "rev-parse", "HEAD") == before or not killed or clean(project)
    code, _, err = scaffolder("update", project)
    assert code == 0, err
    assert "mine" in (project / "README.md").read_text()
    assert (project / "new/file.txt").read_text() == "new\n"
    assert not (project / "bin").exists()
    assert clean(project)
    assert git(project, "rev-list", "--count", "HEAD") == "4"
    assert "Nothing to do" in scaffolder("update", project).out
    assert not (project / ".git/scaffolder-update").exists()


def killed_at(number: int, work: Callable[[], object]) -> bool:
    """Do `work` in a child that kills itself at the call `number` of a function that changes something."""
    child = os.fork()
    if child == 0:
        calls = iter(range(number))

        def counted(function: Callable[..., object]) -> Callable[..., object]:
            def call(*arguments: object, **options: object) -> object:
                if next(calls, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **options)

            return call

        for owner, name in KILLABLE:
            setattr(owner, name, counted(getattr(owner, name)))
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_an_interrupted_update_does_not_overwrite_what_came_after(
    template: Path, project: Path, scaffolder: Run
) -> None:
    change(template, "code.py", "a = 1", "a = 0")
    change(template, "README.md", "first", "theirs")
    assert killed_at(3, lambda: scaffolder("update", project))
    edit(project, "README.md", "intro", "written after the kill")
    refused(scaffolder("update", project), "'README.md'")
    assert "written after the kill" in (project / "README.md").read_text()


@pytest.mark.parametrize("option", ["--skip-worktree", "--assume-unchanged"])
def test_what_git_does_not_look_at_is_not_overwritten(
    template: Path, project: Path, scaffolder: Run, option: str
) -> None:
    git(project, "update-index", option, "README.md")
    edit(project, "README.md", "first", "local")
    change(template, "README.md", "second", "2")
    refused(scaffolder("update", project), "'README.md'")
    assert "local" in (project / "README.md").read_text()


def test_a_dry_run_after_a_kill_writes_nothing_either(template: Path, project: Path, scaffolder: Run) -> None:
    change(template, "code.py", "a = 1", "a = 0")
    assert killed_at(1, lambda: scaffolder("update", project))
    before = git(project, "rev-parse", "HEAD")
    code, _, err = scaffolder("update", project, "--dry-run")
    assert (code, "finishes it" in err) == (0, True)
    assert git(project, "rev-parse", "HEAD") == before


def test_ctrl_c_in_the_middle_finishes_the_update(
    template: Path, project: Path, scaffolder: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(template, "code.py", "a = 1", "a = 0")
    really, calls = os.replace, iter([True])

    def interrupting(*arguments: object, **options: object) -> None:
        really(*arguments, **options)  # type: ignore[arg-type]
        if next(calls, False):
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupting)
    code, out, _ = scaffolder("update", project)
    assert (code, "Committed as" in out) == (0, True)
    assert clean(project)


def test_files_that_lie_elsewhere_are_left_alone(project: Path, scaffolder: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    git(project, "config", "core.worktree", str(elsewhere))
    refused(scaffolder("update", project, "--set", "project_name=Other"), "core.worktree")
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize("kind", ["untracked", "skip-worktree", "link"])
def test_a_merge_overwrites_nothing_that_git_does_not_know(
    template: Path, project: Path, scaffolder: Run, tmp_path: Path, kind: str
) -> None:
    edit(project, "README.md", "first", "mine")
    commit(project)
    change(template, "README.md", "first", "theirs")
    inner = template / "{{ cookiecutter.project_slug }}/docs"
    inner.mkdir()
    (inner / "page.md").write_text("theirs\n")
    outside = tmp_path / "outside"
    outside.mkdir()
    if kind == "untracked":
        (project / "docs").mkdir()
        (project / "docs/page.md").write_text("local\n")
    elif kind == "link":
        (project / "docs").symlink_to(outside)
    else:
        git(project, "update-index", "--skip-worktree", "README.md")
        edit(project, "README.md", "second", "local")
    refused(scaffolder("update", project, "--allow-conflicts"), "would be overwritten")
    assert not list(outside.iterdir())
    assert "local" in (project / "docs/page.md").read_text() if kind == "untracked" else True
    assert not (project / ".git/MERGE_HEAD").exists()


def test_a_merge_that_cannot_be_written_leaves_all_as_it_was(
    template: Path, project: Path, scaffolder: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(project, "README.md", "first", "mine")
    commit(project)
    change(template, "README.md", "first", "theirs")
    change(template, "code.py", "a = 1", "a = 0")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(worktree.checkout, "stage_conflicts", fail)
        assert scaffolder("update", project, "--allow-conflicts").code == 3
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "fsck", "--strict", "--no-dangling") == ""


@pytest.mark.parametrize("what", ["commit", "edit"])
def test_what_happens_meanwhile_is_not_lost(
    template: Path, project: Path, scaffolder: Run, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    change(template, "code.py", "a = 1", "a = 0")
    real = worktree.update.merged

    def slow(*arguments: object) -> object:
        edit(project, "code.py", "c = 3", "c = 33")
        if what == "commit":
            commit(project)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(worktree.update, "merged", slow)
    assert scaffolder("update", project).code == 2
    assert "c = 33" in (project / "code.py").read_text()
    assert "a = 1" in (project / "code.py").read_text()


def test_an_update_on_another_branch_is_finished_after_a_kill(template: Path, project: Path, scaffolder: Run) -> None:
    git(project, "switch", "--quiet", "-c", "feature")
    change(template, "code.py", "a = 1", "a = 0")
    assert scaffolder("update", project).code == 0
    git(project, "switch", "--quiet", "main")
    change(template, "code.py", "a = 0", "a = -1")
    change(template, "README.md", "first", "1st")
    assert killed_at(2, lambda: scaffolder("update", project))
    code, _, err = scaffolder("update", project)
    assert code == 0, err
    assert (project / "code.py").read_text().startswith("a = -1")
    assert clean(project)
