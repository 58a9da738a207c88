"""Names of Git tags, from loose and packed references."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scaffolder.check.engine import tags as bounds
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.engine.tags import git_tags


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git/refs/tags").mkdir(parents=True)
    (tmp_path / ".git/refs/tags/v1.1").write_text("0a\n")
    (tmp_path / ".git/packed-refs").write_text("# pack-refs\n0b refs/tags/v1.0\n^0c\n0d refs/heads/main\n")
    return tmp_path


def test_the_tags_of_real_git(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.ch"]
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "x"], ["tag", "v1"], ["pack-refs", "--all"]):
        subprocess.run([*git, *words], check=True)
    subprocess.run([*git, "tag", "-a", "-m", "x", "v2"], check=True)
    snapshot = Snapshot.of_folder(tmp_path)
    assert (snapshot.tags, snapshot.paths) == (("v1", "v2"), ())


@pytest.mark.parametrize("link", [".git", ".git/refs", ".git/refs/tags", ".git/refs/tags/v1.1", ".git/packed-refs"])
def test_links_are_refused(repository: Path, tmp_path_factory: pytest.TempPathFactory, link: str) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "moved"
    (repository / link).rename(elsewhere)
    (repository / link).symlink_to(elsewhere)
    expected = {".git": (), ".git/packed-refs": ("v1.1",)}
    assert git_tags(str(repository)) == expected.get(link, ("v1.0",))


def test_no_repository_a_worktree_and_a_hostile_one_have_none(tmp_path: Path) -> None:
    assert git_tags(str(tmp_path)) == ()
    (tmp_path / ".git").write_text("gitdir: /somewhere\n")
    assert git_tags(str(tmp_path)) == ()
    (tmp_path / ".git").unlink()
    (tmp_path / ".git/packed-refs").mkdir(parents=True)
    assert git_tags(str(tmp_path)) == ()


def test_at_most_so_many(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_TAGS", 3)
    lines = [f"0b refs/tags/v{number}\n" for number in range(50)] + ["0b refs/tags/\x1b[31m\n"]
    (repository / ".git/packed-refs").write_text("".join(lines))
    assert len(git_tags(str(repository))) == 3
