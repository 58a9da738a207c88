"""`scaffolder update`: the template's changes arrive with the owner's answers, and the owner's work stays."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support import commit, git, make_template, refused
from update_kit import CONFIG, FILES, Run, change, clean, edit

from scaffolder.template import catalog

pytestmark = pytest.mark.usefixtures("no_child")


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
    refused(scaffolder("update", project, "--set", "color=red"), "did you mean 'colour'?")
    assert clean(project)


def test_a_new_question_needs_an_answer(template: Path, project: Path, scaffolder: Run) -> None:
    config = {**CONFIG, "owner": "nobody"}
    (template / "cookiecutter.json").write_text(json.dumps(config))
    change(template, "code.py", "a = 1", "a = '{{ cookiecutter.owner }}'")
    refused(scaffolder("update", project), "--yes")
    assert scaffolder("update", project, "--set", "owner=Ada").code == 0
    assert (project / "code.py").read_text().startswith("a = 'Ada'")


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


def test_hooks_of_a_trusted_template_are_part_of_its_files(scaffolder: Run, tmp_path: Path) -> None:
    hook = b"from pathlib import Path\nPath('made.txt').write_text('made by the hook of {{ cookiecutter.project_name }}\\n')\n"
    template = make_template(tmp_path / "kit", CONFIG, {**FILES, "hooks:post_gen_project.py": hook})
    assert scaffolder("new", template, "--yes", "--git", "--trust").code == 0
    project = tmp_path / "night-shift"
    refused(scaffolder("update", project), "--trust")
    assert "Nothing to do" in scaffolder("update", project, "--trust").out
    assert scaffolder("update", project, "--trust", "--set", "project_name=Other").code == 0
    assert (project / "made.txt").read_text() == "made by the hook of Other\n"
    assert clean(project)


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


def test_another_template_is_refused(project: Path, scaffolder: Run, tmp_path: Path) -> None:
    other = make_template(tmp_path / "other", {"project_slug": "x"}, {"a.txt": b"a\n"})
    refused(scaffolder("update", project, "--template", other, "--yes"), "another template")
    moved = (tmp_path / "kit").rename(tmp_path / "elsewhere")
    assert scaffolder("update", project).code == 2
    assert scaffolder("update", project, "--template", moved, "--yes").code == 0


def test_an_answer_that_is_no_longer_offered_is_named(template: Path, project: Path, scaffolder: Run) -> None:
    (template / "cookiecutter.json").write_text(json.dumps({**CONFIG, "colour": ["green", "blue"]}))
    refused(scaffolder("update", project, "--yes"), "--set colour=")
    assert scaffolder("update", project, "--set", "colour=green").code == 0


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


def test_names_that_git_would_strip(
    template: Path, project: Path, scaffolder: Run, git_settings: Callable[[str], None]
) -> None:
    git_settings('[user]\nname = "Ann <ann@x>"\nemail = "<ann@x>"\n')
    change(template, "code.py", "a = 1", "a = 0")
    assert scaffolder("update", project).code == 0
    assert "Ann" in git(project, "log", "-1", "--format=%an")
