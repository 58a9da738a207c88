"""`scaffolder update` and `track` in repositories of all kinds: clones, branches, and what is no project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support import commit, git, refused
from update_kit import Run, change, clean, edit, own_repository

pytestmark = pytest.mark.usefixtures("no_child")


def test_a_clone_without_the_branch_is_updated(template: Path, project: Path, scaffolder: Run, tmp_path: Path) -> None:
    edit(project, "README.md", "second", "mine")
    commit(project)
    for number, options in enumerate([("--single-branch", "--branch=main"), ("--depth=1", "--single-branch")]):
        clone = tmp_path / f"clone-{number}"
        git(tmp_path, "clone", "--quiet", *options, project.as_uri(), str(clone))
        assert git(clone, "branch", "--list", "scaffold") == ""
        assert scaffolder("update", clone, "--set", "project_name=Other").code == 0
        text = (clone / "README.md").read_text()
        assert text.startswith("# Other")
        assert "mine" in text


def test_a_squashed_update_is_the_base_of_the_next(template: Path, project: Path, scaffolder: Run) -> None:
    edit(project, "README.md", "second", "mine")
    before = commit(project)
    change(template, "code.py", "a = 1", "a = 0")
    assert scaffolder("update", project).code == 0
    git(project, "reset", "--quiet", "--soft", before)
    commit(project, "Squashed")
    change(template, "code.py", "a = 0", "a = -1")
    assert scaffolder("update", project).code == 0
    assert (project / "code.py").read_text().startswith("a = -1")
    assert clean(project)


def test_what_is_needed_is_said_if_the_old_files_are_nowhere(
    template: Path, project: Path, scaffolder: Run, tmp_path: Path
) -> None:
    edit(project, "README.md", "second", "mine")
    commit(project)
    git(tmp_path, "clone", "--quiet", "--depth=1", "--single-branch", project.as_uri(), "clone")
    change(template, "code.py", "a = 1", "a = 0")
    refused(scaffolder("update", tmp_path / "clone"), "git fetch origin scaffold:scaffold", "git fetch --unshallow")


def test_a_project_follows_the_branch_that_it_was_made_from(template: Path, scaffolder: Run, tmp_path: Path) -> None:
    git(template, "init", "--quiet", "--initial-branch=main")
    commit(template)
    git(template, "branch", "stable")
    assert scaffolder("new", template.as_uri(), "--checkout", "stable", "--yes", "--git").code == 0
    code = tmp_path / "night-shift/code.py"
    change(template, "code.py", "a = 1", "a = 'main'")
    commit(template)
    assert "Nothing to do" in scaffolder("update", "night-shift").out
    git(template, "switch", "--quiet", "stable")
    change(template, "code.py", "a = 1", "a = 'stable'")
    commit(template)
    git(template, "switch", "--quiet", "main")
    assert scaffolder("update", "night-shift").code == 0
    assert code.read_text().startswith("a = 'stable'\n")
    assert "Nothing to do" in scaffolder("update", "night-shift").out  # the new record has the branch, too
    assert scaffolder("update", "night-shift", "--template", template.as_uri()).code == 0
    assert code.read_text().startswith("a = 'main'\n")  # a branch that is recorded for one address is not of another
    assert scaffolder("update", "night-shift", "--checkout", "stable").code == 0
    assert code.read_text().startswith("a = 'stable'\n")
    assert clean(code.parent)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: None, "There is no folder"),
        (lambda folder: folder.mkdir(), "is not a Git repository"),
        (lambda folder: (folder.mkdir(), git(folder.parent, "init", "--quiet")), "is part of the repository"),
        (
            lambda folder: (
                own_repository(folder.parent / "p", {".scaffolder.json": "{}"}),
                (folder.parent / "p/it").mkdir(),
                folder.symlink_to("p/it"),
            ),
            "is a folder of the project in",
        ),
        (lambda folder: (folder.mkdir(), git(folder, "init", "--quiet")), "no commit yet"),
        (
            lambda folder: (folder.mkdir(), git(folder, "init", "--quiet", "--bare"), (folder / ".git").mkdir()),
            "is a bare repository",
        ),
        (lambda folder: own_repository(folder, {"a.txt": "a"}), "'scaffolder track' adds one"),
        (lambda folder: own_repository(folder, {".scaffolder.json": "{"}), "it is not JSON"),
        (lambda folder: own_repository(folder, {".scaffolder.json": "[]"}), "not a JSON object"),
        (
            lambda folder: own_repository(folder, {".scaffolder.json": '{"template": "no-such", "answers": {}}'}),
            "There is no template 'no-such'",
        ),
        (
            lambda folder: own_repository(
                folder,
                {
                    ".scaffolder.json": '{"template": "x", "answers": {}, "source": {"kind": "git", "url": "ext::sh -c x"}}'
                },
            ),
            "not a supported Git address",
        ),
    ],
)
def test_what_is_no_project_is_refused(
    make: Callable[[Path], object], says: str, scaffolder: Run, tmp_path: Path
) -> None:
    make(tmp_path / "it")
    refused(scaffolder("update", tmp_path / "it", "--yes"), says)


def test_track_brings_a_repository_under_update(template: Path, scaffolder: Run, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    own_repository(
        folder, {"README.md": "# Night Shift\n\nintro\n\n## One\n\nfirst\n\n## Two\n\nmine\n", "own.txt": "own\n"}
    )
    code, out, _ = scaffolder("track", template, folder, "--yes")
    assert code == 0
    assert "scaffolder.toml" in out
    assert (folder / "own.txt").exists()
    assert not (folder / "code.py").exists()
    assert clean(folder)
    assert "Nothing to do" in scaffolder("update", folder).out
    change(template, "README.md", "first", "better")
    assert scaffolder("update", folder).code == 0
    assert (folder / "README.md").read_text() == "# Night Shift\n\nintro\n\n## One\n\nbetter\n\n## Two\n\nmine\n"
    refused(scaffolder("track", template, folder, "--yes"), "already")


def test_a_clone_gets_the_branch_when_there_is_nothing_to_do(project: Path, scaffolder: Run, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--single-branch", project.as_uri(), "clone")
    assert "Nothing to do" in scaffolder("update", tmp_path / "clone").out
    assert git(tmp_path / "clone", "rev-parse", "scaffold") == git(project, "rev-parse", "scaffold")


def test_the_templates_own_branch_is_not_updated(template: Path, project: Path, scaffolder: Run) -> None:
    change(template, "code.py", "a = 1", "a = 0")
    git(project, "switch", "--quiet", "scaffold")
    assert scaffolder("update", project).code == 2
    git(project, "switch", "--quiet", "--detach", "main")
    code, out, _ = scaffolder("update", project)
    assert (code, "you are on no branch" in out) == (0, True)


def test_an_unrelated_repository_is_not_tracked(template: Path, scaffolder: Run, tmp_path: Path) -> None:
    own_repository(tmp_path / "c", {"a.c": "int main;"})
    refused(scaffolder("track", template, tmp_path / "c", "--yes"), "no file of")


def test_two_clones_push_the_same_branch(template: Path, project: Path, scaffolder: Run, tmp_path: Path) -> None:
    hub = tmp_path / "hub.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(project), str(hub))
    for name in ("one", "two"):
        git(tmp_path, "clone", "--quiet", str(hub), name)
        git(tmp_path / name, "branch", "scaffold", "origin/scaffold")
    for name, value in (("one", "0"), ("two", "-1")):
        git(tmp_path / name, "pull", "--quiet", "origin", "main")
        change(template, "code.py", "a = 1" if name == "one" else "a = 0", f"a = {value}")
        assert scaffolder("update", tmp_path / name).code == 0
        git(tmp_path / name, "push", "--quiet", "origin", "main", "scaffold")


def test_a_sparse_partial_clone_in_which_the_owner_deleted_a_file(
    template: Path, project: Path, scaffolder: Run, tmp_path: Path
) -> None:
    (project / "code.py").unlink()
    (project / "notes").mkdir()
    (project / "notes/mine.txt").write_text("mine\n")
    commit(project)
    git(project, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", "--sparse", project.as_uri(), "sparse")
    sparse = tmp_path / "sparse"
    change(template, "code.py", "a = 1", "a = 0")
    change(template, "bin/run.sh", "echo", "echo Hello")
    refused(scaffolder("update", sparse), "(git fetch --refetch --no-filter brings it)", code=3)
    git(sparse, "fetch", "--quiet", "--refetch", "--no-filter")
    code, out, err = scaffolder("update", sparse)
    assert (code, err) == (0, "")
    assert "code.py: you deleted it" in out
    assert not (sparse / "notes").exists()
    assert git(sparse, "show", "HEAD:bin/run.sh").endswith("echo Hello night-shift")
    assert git(sparse, "ls-tree", "--name-only", "-r", "HEAD").split().count("notes/mine.txt") == 1
    assert git(sparse, "status", "--porcelain") == ""
