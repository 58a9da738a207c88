"""The first commit: on two branches, whatever the user's Git settings are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Outcome, git, refused

from scaffolder import __version__
from scaffolder import git as git_of_ours
from scaffolder.errors import OutsideError

Run = Callable[..., Outcome]
NEW = ("new", "classical-ml", "credit-radar", "--yes")


def test_one_commit_on_two_branches(scaffolder: Run, tmp_path: Path) -> None:
    assert scaffolder(*NEW).code == 0
    made = tmp_path / "credit-radar"
    assert git(made, "log", "--all", "--format=%s") == f"Start from classical-ml (scaffolder {__version__})"
    assert git(made, "branch", "--format=%(refname:short)").split() == ["main", "scaffold"]
    assert git(made, "status", "--porcelain", "--ignored") == ""
    assert ".scaffolder.json" in git(made, "ls-tree", "-r", "--name-only", "scaffold").splitlines()


def test_the_author_is_who_git_says(scaffolder: Run, tmp_path: Path, git_settings: Callable[[str], None]) -> None:
    git_settings("[user]\nname = Ada Lovelace\nemail = ada@example.org\n[github]\nuser = ada\n")
    code, out, err = scaffolder(*NEW, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["answers"]["author_name"] == "Ada Lovelace"
    assert json.loads(out)["answers"]["github_owner"] == "ada"
    assert git(tmp_path / "credit-radar", "log", "--format=%an %ae %cn %ce") == " ".join(
        ["Ada Lovelace ada@example.org"] * 2
    )


def test_without_an_identity_the_commit_has_a_stand_in(scaffolder: Run, tmp_path: Path) -> None:
    code, _, err = scaffolder(*NEW, "--set", "author_name=Grace Hopper")
    assert code == 0
    assert "Note: The first commit has a placeholder address" in err
    assert git(tmp_path / "credit-radar", "log", "--format=%an %ae") == "Grace Hopper noreply@scaffolder.invalid"


def test_a_name_in_git_that_no_template_takes_is_passed_over(
    scaffolder: Run, git_settings: Callable[[str], None]
) -> None:
    git_settings("[user]\nname = <b>Ada</b> 2\nemail = ada@example.org\n[github]\nuser = -x-\n")
    answers = json.loads(scaffolder(*NEW, "--json").out)["answers"]
    assert (answers["author_name"], answers["github_owner"]) == ("Your Name", "your-github-name")


def test_answers_go_before_git(scaffolder: Run, tmp_path: Path, git_settings: Callable[[str], None]) -> None:
    git_settings("[user]\nname = Ada\nemail = ada@example.org\n[github]\nuser = ada\n")
    (tmp_path / "a.json").write_text('{"author_name": "Grace", "github_owner": "grace", "project_slug": "from-file"}')
    out = scaffolder(*NEW, "--answers", "a.json", "--set", "author_name=Edith", "--json").out
    answers = json.loads(out)["answers"]
    assert [answers[name] for name in ("author_name", "github_owner", "project_slug")] == [
        "Edith",
        "grace",
        "credit-radar",
    ]


def test_nothing_of_the_users_runs_or_breaks_it(
    scaffolder: Run, tmp_path: Path, git_settings: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hooks, templates, signing, line endings, ignore lists and monitors of the user, and a call from inside a hook."""
    trap = tmp_path / "trap"
    for name in ("pre-commit", "commit-msg", "post-commit", "reference-transaction"):
        hook = tmp_path / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {trap}\nexit 1\n")
        hook.chmod(0o755)
    (tmp_path / "ignore").write_text("*.csv.gz\n.env*\nreports\n")
    git_settings(
        f"[core]\nhooksPath = {tmp_path}/hooks\nautocrlf = true\nexcludesFile = {tmp_path}/ignore\nfsmonitor = {tmp_path}/hooks/pre-commit\n"
        f"[init]\ntemplateDir = {tmp_path}\ndefaultBranch = trunk\n[commit]\ngpgSign = true\ntemplate = {tmp_path}/ignore\n"
        "[user]\nname = Ada\nemail = ada@example.org\nsigningKey = nobody\n[gpg]\nprogram = false\n"
    )
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert scaffolder(*NEW).code == 0
    for name in ("GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    made = tmp_path / "credit-radar"
    assert not trap.exists()
    assert not (made / ".git" / "hooks").exists()
    tracked = git(made, "ls-tree", "-r", "--name-only", "main").splitlines()
    assert {"data/risk.csv.gz", ".env.example"} <= set(tracked)
    assert git(made, "show", "main:README.md") == (made / "README.md").read_text().strip()


def test_no_git(scaffolder: Run, tmp_path: Path) -> None:
    code, out, _ = scaffolder(*NEW, "--no-git", "--json")
    assert code == 0
    assert json.loads(out)["git"] is None
    assert not (tmp_path / "credit-radar" / ".git").exists()


@pytest.mark.parametrize(
    ("arguments", "ignored", "made"),
    [
        (("-o", "sub/folder"), "", None),
        (("--git",), "", "credit-radar"),
        (("-o", "demo"), "demo/\n", "demo/credit-radar"),
    ],
)
def test_inside_another_repository_there_is_one_if_it_is_wanted_or_ignored(
    scaffolder: Run, tmp_path: Path, arguments: tuple[str, ...], ignored: str, made: str | None
) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text(ignored)
    code, _, err = scaffolder(*NEW, *arguments)
    assert code == 0
    assert ("is a Git repository, so none was created inside it" in err) is (made is None)
    assert {place.parent for place in tmp_path.rglob(".git")} == {tmp_path, *([tmp_path / made] if made else [])}


@pytest.mark.parametrize("demanded", [False, True])
def test_without_git_the_project_is_made_unless_git_is_demanded(
    scaffolder: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demanded: bool
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, err = scaffolder(*NEW, *(["--git"] if demanded else []))
    assert (code, "Git is not installed" in err) == (3 if demanded else 0, True)
    assert (tmp_path / "credit-radar" / "README.md").exists() is not demanded


def replace_git(folder: Path, script: str) -> None:
    """Put a shell script in the place of Git, in `bin`."""
    program = folder / "bin/git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_git_that_fails_leaves_nothing(scaffolder: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_git(tmp_path, "case \"$*\" in *'commit --quiet'*) echo 'fatal: disk is full' >&2; exit 128;; esac")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    refused(scaffolder(*NEW, "-o", "o"), "git commit failed: disk is full.", code=3)
    assert not (tmp_path / "o").exists()


@pytest.mark.slow
def test_git_that_hangs_is_not_waited_for(scaffolder: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = tmp_path / "calls"
    replace_git(tmp_path, f'echo "$*" >> {calls}\nexec sleep 600')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    limit = git_of_ours._QUICK
    monkeypatch.setattr(git_of_ours, "_QUICK", 0.3)
    refused(
        scaffolder(*NEW, "-o", "o"),
        "git init took longer than 0.3 seconds. With --no-git the project is made without a repository.",
        code=3,
    )
    assert not (tmp_path / "o").exists()
    assert len(calls.read_text().splitlines()) * limit <= 15, "seconds that a person waits"
    assert scaffolder(*NEW, "--no-git").code == 0


@pytest.mark.parametrize(
    "arguments", [["update", "mine"], ["track", "mini", "mine", "--yes"], ["describe", "file:///nowhere/x.git"]]
)
def test_without_git_no_option_is_named_that_there_is_not(
    scaffolder: Run, tmp_path: Path, mini: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    assert scaffolder("new", mini, "--yes", "--set", "project_slug=mine", "--git").code == 0
    monkeypatch.setenv("PATH", str(tmp_path))
    said = "scaffolder: Git is not installed, and nothing can be done here without it.\n"
    assert scaffolder(*(str(mini) if each == "mini" else each for each in arguments)) == (3, "", said)


def test_a_folder_in_which_git_cannot_be_started_is_not_a_lack_of_git(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"Git cannot be started in '.*gone': No such file or directory"):
        git_of_ours.checked("status", folder=tmp_path / "gone")
