"""`scaffolder update` and `track`: the template's changes arrive, and no line of the owner's work is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Outcome, commit, git, make_template

from scaffolder.project import worktree
from scaffolder.template import catalog

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
CONFIG = {
    "project_name": "Night Shift",
    "project_slug": "{{ cookiecutter.project_name|slugify }}",
    "colour": ["red", "blue"],
}
FILES = {
    "README.md": b"# {{ cookiecutter.project_name }}\n\nintro\n\n## One\n\nfirst\n\n## Two\n\nsecond\n",
    "code.py": b"a = 1\n\n\nb = 2\n\n\nc = 3\n",
    "bin/run.sh": b"#!/bin/sh\necho {{ cookiecutter.project_slug }}\n",
    "{% if cookiecutter.colour == 'blue' %}blue.txt{% endif %}": b"blue\n",
    "scaffolder.toml": b"contract = 1\n",
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return make_template(tmp_path / "kit", CONFIG, FILES)


@pytest.fixture
def project(template: Path, scaffolder: Run, tmp_path: Path) -> Path:
    assert scaffolder("new", template, "--yes", "--git").code == 0
    return tmp_path / "night-shift"


def edit(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def change(template: Path, path: str, old: str, new: str) -> None:
    edit(template / "{{ cookiecutter.project_slug }}", path, old, new)


def clean(folder: Path) -> bool:
    return git(folder, "status", "--porcelain") == "" and git(folder, "fsck", "--strict") == ""


def test_a_change_of_the_template_arrives_and_the_owners_work_stays(
    template: Path, project: Path, scaffolder: Run
) -> None:
    edit(project, "README.md", "second", "my own words")
    (project / "notes.txt").write_text("mine\n")
    mine = commit(project)
    change(template, "README.md", "first", "first, but better")
    change(template, "code.py", "c = 3", "c = 4")
    code, out, _ = scaffolder("update", project)
    assert code == 0
    assert "changed   README.md" in out
    assert (project / "README.md").read_text() == (
        "# Night Shift\n\nintro\n\n## One\n\nfirst, but better\n\n## Two\n\nmy own words\n"
    )
    assert (project / "code.py").read_text().endswith("c = 4\n")
    assert (project / "notes.txt").read_text() == "mine\n"
    assert git(project, "merge-base", "--is-ancestor", mine, "HEAD") == ""
    assert git(project, "merge-base", "--is-ancestor", "scaffold", "HEAD") == ""
    assert clean(project)


def test_the_same_version_is_no_update_and_twice_is_once(template: Path, project: Path, scaffolder: Run) -> None:
    before = git(project, "rev-parse", "HEAD", "scaffold")
    assert "Nothing to do" in scaffolder("update", project).out
    assert git(project, "rev-parse", "HEAD", "scaffold") == before
    change(template, "code.py", "a = 1", "a = 0")
    assert scaffolder("update", project).code == 0
    after = git(project, "rev-parse", "HEAD", "scaffold")
    assert after != before
    assert "Nothing to do" in scaffolder("update", project).out
    assert git(project, "rev-parse", "HEAD", "scaffold") == after


def test_an_untouched_project_is_forwarded(template: Path, project: Path, scaffolder: Run) -> None:
    change(template, "code.py", "a = 1", "a = 0")
    assert scaffolder("update", project).code == 0
    assert git(project, "rev-parse", "HEAD") == git(project, "rev-parse", "scaffold")
    assert git(project, "rev-list", "--count", "HEAD") == "2"
    assert clean(project)


def test_an_answer_is_changed_everywhere_and_what_derives_from_it_follows(project: Path, scaffolder: Run) -> None:
    edit(project, "README.md", "second", "mine")
    commit(project)
    code, _, err = scaffolder("update", project, "--set", "project_name=Day Shift", "--set", "colour=blue")
    assert (code, err) == (0, "")
    assert (project / "README.md").read_text().startswith("# Day Shift\n")
    assert "mine" in (project / "README.md").read_text()
    assert (project / "bin/run.sh").read_text() == "#!/bin/sh\necho day-shift\n"
    assert os.access(project / "bin/run.sh", os.X_OK)
    assert (project / "blue.txt").read_text() == "blue\n"
    assert json.loads((project / ".scaffolder.json").read_text())["answers"]["project_slug"] == "day-shift"
    assert scaffolder("update", project, "--set", "colour=red").code == 0
    assert not (project / "blue.txt").exists()
    assert clean(project)


def test_an_own_answer_stays_when_another_one_changes(project: Path, scaffolder: Run) -> None:
    assert scaffolder("update", project, "--set", "project_slug=own-slug").code == 0
    assert scaffolder("update", project, "--set", "project_name=Other").code == 0
    assert "own-slug" in (project / "bin/run.sh").read_text()


def test_a_wrong_answer_is_refused(project: Path, scaffolder: Run) -> None:
    assert scaffolder("update", project, "--set", "colour=green").code == 2
    code, _, err = scaffolder("update", project, "--set", "color=red")
    assert code == 2
    assert "did you mean 'colour'?" in err
    assert clean(project)


def test_a_new_question_needs_an_answer(template: Path, project: Path, scaffolder: Run) -> None:
    config = {**CONFIG, "owner": "nobody"}
    (template / "cookiecutter.json").write_text(json.dumps(config))
    change(template, "code.py", "a = 1", "a = '{{ cookiecutter.owner }}'")
    code, _, err = scaffolder("update", project)
    assert (code, "--yes" in err) == (2, True)
    assert scaffolder("update", project, "--set", "owner=Ada").code == 0
    assert (project / "code.py").read_text().startswith("a = 'Ada'")


def test_a_deleted_file_stays_deleted(template: Path, project: Path, scaffolder: Run) -> None:
    (project / "code.py").unlink()
    commit(project)
    change(template, "code.py", "a = 1", "a = 0")
    assert scaffolder("update", project).code == 0
    assert not (project / "code.py").exists()


def test_a_conflict_changes_nothing_and_is_named(template: Path, project: Path, scaffolder: Run) -> None:
    edit(project, "README.md", "first", "mine")
    mine = commit(project)
    change(template, "README.md", "first", "theirs")
    refs = git(project, "for-each-ref")
    code, out, err = scaffolder("update", project)
    assert code == 1
    assert "conflict  README.md" in out
    assert "## One" in out
    assert "nothing was changed" in err
    assert git(project, "rev-parse", "HEAD") == mine
    assert git(project, "for-each-ref") == refs
    assert clean(project)
    code, out, _ = scaffolder("update", project, "--json")
    found = json.loads(out)
    assert code == 1
    assert [each["path"] for each in found["conflicts"]] == ["README.md"]
    assert not list(project.rglob("*.rej"))


def test_a_conflict_may_be_settled_as_a_merge(template: Path, project: Path, scaffolder: Run) -> None:
    edit(project, "README.md", "first", "mine")
    mine = commit(project)
    change(template, "README.md", "first", "theirs")
    change(template, "code.py", "a = 1", "a = 0")
    assert scaffolder("update", project, "--allow-conflicts").code == 0
    assert "<<<<<<<" in (project / "README.md").read_text()
    assert git(project, "diff", "--name-only", "--diff-filter=U") == "README.md"
    assert scaffolder("update", project).code == 2  # a merge is in progress
    git(project, "merge", "--abort")
    assert clean(project)
    assert git(project, "rev-parse", "HEAD") == mine
    assert scaffolder("update", project, "--allow-conflicts").code == 0
    (project / "README.md").write_text("# settled\n")
    git(project, "commit", "--quiet", "--all", "-m", "Settled")
    assert len(git(project, "log", "-1", "--format=%P").split()) == 2
    assert (project / "code.py").read_text().startswith("a = 0")
    assert "Nothing to do" in scaffolder("update", project).out


def test_a_dry_run_writes_nothing(template: Path, project: Path, scaffolder: Run) -> None:
    change(template, "code.py", "a = 1", "a = 0")
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*") if ".git" not in path.parts}
    refs = git(project, "for-each-ref")
    code, out, _ = scaffolder("update", project, "--diff")
    assert code == 0
    assert "would come" in out
    assert "-a = 1\n+a = 0\n" in out
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*") if ".git" not in path.parts} == before
    assert git(project, "for-each-ref") == refs


def test_what_is_not_committed_is_refused(template: Path, project: Path, scaffolder: Run) -> None:
    change(template, "code.py", "a = 1", "a = 0")
    edit(project, "README.md", "first", "mine")
    code, _, err = scaffolder("update", project)
    assert (code, "'README.md'" in err) == (2, True)
    assert scaffolder("update", project, "--dry-run").code == 0
    assert (project / "code.py").read_text().startswith("a = 1")


def test_a_new_file_in_the_way_is_refused(template: Path, project: Path, scaffolder: Run) -> None:
    (template / "{{ cookiecutter.project_slug }}/extra.txt").write_text("theirs\n")
    (project / "extra.txt").write_text("mine\n")
    code, _, err = scaffolder("update", project)
    assert (code, "'extra.txt'" in err) == (2, True)
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
    code, _, err = scaffolder("update", tmp_path / "clone")
    assert code == 2
    assert "git fetch origin scaffold:scaffold" in err
    assert "git fetch --unshallow" in err


def test_a_repository_of_a_template_in_git_follows_it(template: Path, scaffolder: Run, tmp_path: Path) -> None:
    git(template, "init", "--quiet", "--initial-branch=main")
    commit(template)
    assert scaffolder("new", template.as_uri(), "--yes", "--git").code == 0
    project = tmp_path / "night-shift"
    edit(project, "README.md", "second", "mine")
    commit(project)
    assert "Nothing to do" in scaffolder("update", project).out
    change(template, "code.py", "a = 1", "a = 0")
    commit(template)
    assert scaffolder("update", project).code == 0
    assert (project / "code.py").read_text().startswith("a = 0")
    assert "mine" in (project / "README.md").read_text()


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


def test_hooks_of_a_trusted_template_are_part_of_its_files(scaffolder: Run, tmp_path: Path) -> None:
    hook = b"from pathlib import Path\nPath('made.txt').write_text('made by the hook of {{ cookiecutter.project_name }}\\n')\n"
    template = make_template(tmp_path / "kit", CONFIG, {**FILES, "hooks:post_gen_project.py": hook})
    assert scaffolder("new", template, "--yes", "--git", "--trust").code == 0
    project = tmp_path / "night-shift"
    assert "Nothing to do" in scaffolder("update", project, "--trust").out
    assert scaffolder("update", project, "--trust", "--set", "project_name=Other").code == 0
    assert (project / "made.txt").read_text() == "made by the hook of Other\n"
    assert clean(project)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: None, "There is no folder"),
        (lambda folder: folder.mkdir(), "is not a Git repository"),
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
    code, _, err = scaffolder("update", tmp_path / "it", "--yes")
    assert (code, says in err, "Traceback" in err) == (2, True, False), err


def own_repository(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for path, text in files.items():
        (folder / path).write_text(text)
    commit(folder)


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
    code, _, err = scaffolder("track", template, folder, "--yes")
    assert (code, "already" in err) == (2, True)


def test_a_rename_of_a_bundled_project_reaches_every_file(scaffolder: Run, tmp_path: Path) -> None:
    assert scaffolder("new", "classical-ml", "night-shift", "--yes", "--git").code == 0
    folder = tmp_path / "night-shift"
    with (folder / "docs/tour.md").open("a") as file:
        file.write("\nMy own line.\n")
    commit(folder)
    assert scaffolder("update", folder, "--set", "project_name=Day Watch").code == 0
    every = "\n".join(
        path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts
    )
    assert "Night shift" not in every
    assert "night-shift" not in every
    assert "My own line." in every
    assert set(catalog.bundled("classical-ml").questions) == set(
        json.loads((folder / ".scaffolder.json").read_text())["answers"]
    )


KILLABLE = [
    (os, "replace"),
    (worktree.Path, "unlink"),
    (worktree.store, "move"),
    (worktree.index, "_stage"),
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
    code, _, err = scaffolder("update", project)
    assert (code, "'README.md'" in err) == (2, True), err
    assert "written after the kill" in (project / "README.md").read_text()


def test_update_without_git_is_said(project: Path) -> None:
    done = subprocess.run(
        [os.sys.executable, "-m", "scaffolder", "update", str(project)],
        env={**os.environ, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "Git is not installed" in done.stderr


def test_a_file_that_its_owner_renamed_gets_the_change(template: Path, project: Path, scaffolder: Run) -> None:
    git(project, "mv", "code.py", "own.py")
    edit(project, "own.py", "a = 1", "a = 10")
    commit(project)
    change(template, "code.py", "c = 3", "c = 30")
    assert scaffolder("update", project).code == 0
    assert (project / "own.py").read_text() == "a = 10\n\n\nb = 2\n\n\nc = 30\n"
    assert not (project / "code.py").exists()
    change(template, "code.py", "a = 1", "a = 0")
    assert scaffolder("update", project, "--allow-conflicts").code == 0
    assert "<<<<<<<" in (project / "own.py").read_text()
    git(project, "merge", "--abort")
    assert clean(project)


@pytest.mark.parametrize("option", ["--skip-worktree", "--assume-unchanged"])
def test_what_git_does_not_look_at_is_not_overwritten(
    template: Path, project: Path, scaffolder: Run, option: str
) -> None:
    git(project, "update-index", option, "README.md")
    edit(project, "README.md", "first", "local")
    change(template, "README.md", "second", "2")
    code, _, err = scaffolder("update", project)
    assert (code, "'README.md'" in err) == (2, True)
    assert "local" in (project / "README.md").read_text()


def test_a_dry_run_after_a_kill_writes_nothing_either(template: Path, project: Path, scaffolder: Run) -> None:
    change(template, "code.py", "a = 1", "a = 0")
    assert killed_at(1, lambda: scaffolder("update", project))
    before = git(project, "rev-parse", "HEAD")
    code, _, err = scaffolder("update", project, "--dry-run")
    assert (code, "finishes it" in err) == (0, True)
    assert git(project, "rev-parse", "HEAD") == before


def test_another_template_is_refused(project: Path, scaffolder: Run, tmp_path: Path) -> None:
    other = make_template(tmp_path / "other", {"project_slug": "x"}, {"a.txt": b"a\n"})
    code, _, err = scaffolder("update", project, "--template", other, "--yes")
    assert (code, "another template" in err) == (2, True)
    moved = (tmp_path / "kit").rename(tmp_path / "elsewhere")
    assert scaffolder("update", project).code == 2
    assert scaffolder("update", project, "--template", moved, "--yes").code == 0


def test_hooks_are_not_forgotten(scaffolder: Run, tmp_path: Path) -> None:
    hook = b"from pathlib import Path\nPath('made.txt').write_text('made\\n')\n"
    template = make_template(tmp_path / "kit", CONFIG, {**FILES, "hooks:post_gen_project.py": hook})
    assert scaffolder("new", template, "--yes", "--git", "--trust").code == 0
    code, _, err = scaffolder("update", tmp_path / "night-shift")
    assert (code, "--trust" in err) == (2, True)
    assert (tmp_path / "night-shift/made.txt").exists()


def test_an_answer_that_is_no_longer_offered_is_named(template: Path, project: Path, scaffolder: Run) -> None:
    (template / "cookiecutter.json").write_text(json.dumps({**CONFIG, "colour": ["green", "blue"]}))
    code, _, err = scaffolder("update", project, "--yes")
    assert (code, "--set colour=" in err) == (2, True)
    assert scaffolder("update", project, "--set", "colour=green").code == 0


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
    code, _, err = scaffolder("track", template, tmp_path / "c", "--yes")
    assert (code, "no file of" in err) == (2, True)


def test_files_that_lie_elsewhere_are_left_alone(project: Path, scaffolder: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    git(project, "config", "core.worktree", str(elsewhere))
    code, _, err = scaffolder("update", project, "--set", "project_name=Other")
    assert (code, "core.worktree" in err) == (2, True)
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
    code, _, err = scaffolder("update", project, "--allow-conflicts")
    assert (code, "would be overwritten" in err) == (2, True), err
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
        patch.setattr(worktree.index, "write_conflicts", fail)
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


def test_a_file_becomes_a_folder_and_back(template: Path, project: Path, scaffolder: Run) -> None:
    files = template / "{{ cookiecutter.project_slug }}"
    (files / "code.py").unlink()
    (files / "code.py").mkdir()
    (files / "code.py/x.txt").write_text("x\n")
    code, _, err = scaffolder("update", project)
    assert code == 0, err
    assert (project / "code.py/x.txt").read_text() == "x\n"
    (files / "code.py/x.txt").unlink()
    (files / "code.py").rmdir()
    (files / "code.py").write_text("a = 1\n")
    code, _, err = scaffolder("update", project)
    assert code == 0, err
    assert (project / "code.py").read_text() == "a = 1\n"
    assert clean(project)


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


def test_a_partial_clone_is_told_how_to_fetch_the_rest(
    template: Path, project: Path, scaffolder: Run, tmp_path: Path
) -> None:
    git(project, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", "--no-checkout", project.as_uri(), "partial")
    git(tmp_path / "partial", "reset", "--quiet")
    change(template, "code.py", "a = 1", "a = 0")
    code, out, err = scaffolder("update", tmp_path / "partial", "--dry-run")
    assert (code, out, "(git fetch --refetch --no-filter brings it)" in err) == (3, "", True), err
    git(tmp_path / "partial", "fetch", "--quiet", "--refetch", "--no-filter")
    code, out, _ = scaffolder("update", tmp_path / "partial", "--dry-run")
    assert (code, "changed   code.py" in out) == (0, True)


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
    code, out, err = scaffolder("update", sparse)
    assert (code, out, "(git fetch --refetch --no-filter brings it)" in err) == (3, "", True), err
    git(sparse, "fetch", "--quiet", "--refetch", "--no-filter")
    code, out, err = scaffolder("update", sparse)
    assert (code, err) == (0, "")
    assert "code.py: you deleted it" in out
    assert not (sparse / "notes").exists()
    assert git(sparse, "show", "HEAD:bin/run.sh").endswith("echo Hello night-shift")
    assert git(sparse, "ls-tree", "--name-only", "-r", "HEAD").split().count("notes/mine.txt") == 1
    assert git(sparse, "status", "--porcelain") == ""


def test_names_that_git_would_strip(
    template: Path, project: Path, scaffolder: Run, git_settings: Callable[[str], None]
) -> None:
    git_settings('[user]\nname = "Ann <ann@x>"\nemail = "<ann@x>"\n')
    change(template, "code.py", "a = 1", "a = 0")
    assert scaffolder("update", project).code == 0
    assert "Ann" in git(project, "log", "-1", "--format=%an")
