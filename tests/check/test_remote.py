"""`scaffolder check` on Git addresses: one commit is fetched, nothing is checked out, and nothing stays behind."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Outcome, git

from scaffolder.check.remote import Address, address

Run = Callable[..., Outcome]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two commits, a branch and a tag; programs that it names would leave a file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "--initial-branch=main")
    (folder / "README.md").write_text("# One\n\n## Problem\n\nTODO(problem): who loses what?\n")
    (folder / ".gitattributes").write_text("*.md filter=trap\n")
    commit(folder, "first")
    git(folder, "tag", "v1")
    git(folder, "branch", "feature/x")
    (folder / "README.md").write_text("# Two\n\n" + "## Data\n\nFrom the sea, every day at noon, by hand.\n" * 2)
    commit(folder, "second")
    trap = tmp_path / "trap"
    settings = tmp_path / "gitconfig"
    settings.write_text(f'[filter "trap"]\n\tsmudge = "touch {trap}; cat"\n\trequired = true\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    return folder


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-q", "-m", message)


def findings(out: str) -> list[object]:
    found: list[object] = json.loads(out)["reports"][0]["findings"]
    return found


def test_the_findings_are_those_of_a_clone(repository: Path, scaffolder: Run, tmp_path: Path) -> None:
    there = scaffolder("check", repository.as_uri(), "--format", "json")
    assert there.code == 0
    assert findings(there.out) == findings(scaffolder("check", repository, "--format", "json").out)
    assert json.loads(there.out)["reports"][0]["path"] == repository.as_uri()
    assert not list((tmp_path / "temporary").iterdir()), "nothing stays behind"
    assert not (tmp_path / "trap").exists(), "no program of the repository's is run"


@pytest.mark.parametrize("ref", ["v1", "feature/x"])
def test_a_branch_tag_or_commit_can_be_named(repository: Path, scaffolder: Run, ref: str) -> None:
    newest = findings(scaffolder("check", repository.as_uri(), "--format", "json").out)
    older = findings(scaffolder("check", f"{repository.as_uri()}@{ref}", "--format", "json").out)
    by_hash = f"{repository.as_uri()}@{git(repository, 'rev-parse', ref)}"
    git(repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    assert older != newest
    assert older == findings(scaffolder("check", by_hash, "--format", "json").out)


def test_a_list_is_one_table_and_one_that_fails_stops_no_other(
    repository: Path, scaffolder: Run, tmp_path: Path
) -> None:
    (tmp_path / "class.txt").write_text(f"# ours\n{repository.as_uri()}\n\n{repository}\nfile:///not/there\nnowhere\n")
    found = scaffolder("check", "--from", tmp_path / "class.txt")
    assert found.code == 3
    assert found.out.count("not rated") == 2
    assert "2 of 4 repositories could not be checked:" in found.err
    assert "\n  file:///not/there: git fetch failed" in found.err
    assert "\n  nowhere: There is no folder 'nowhere' to check." in found.err
    none = scaffolder("check", "nowhere", "neither")
    assert (none.code, none.out) == (2, "")
    assert "2 of 2 repositories could not be checked:" in none.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["file:///not/there"], 3, "does not appear to be a git repository"),
        (["ext::sh -c id"], 2, "is not a supported Git address"),
        (["gh:nobody"], 2, "is not of the form gh:owner/repository"),
        *(
            ([f"https://example.org/a/b@{ref}"], 2, "is not a valid branch, tag or commit")
            for ref in ("-x", "a..b", "a b", "x" * 201)
        ),
        (["--from", "absent.txt"], 2, "There is no file"),
        (["--from", "empty.txt"], 2, "has to name 1 to 500 repositories"),
        (["--from", "binary.txt"], 2, "is not UTF-8 text"),
    ],
)
def test_each_refusal_is_one_sentence(
    scaffolder: Run, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    (tmp_path / "empty.txt").write_text("# nothing\n")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    found = scaffolder("check", *arguments)
    assert found.code == code
    assert said in found.err
    assert found.out == ""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("https://github.com/ada/sea", Address("https://github.com/ada/sea", "")),
        ("https://github.com/ada/sea/tree/feature/x", Address("https://github.com/ada/sea", "feature/x")),
        ("https://gitlab.com/ada/sea/-/tree/main", Address("https://gitlab.com/ada/sea", "main")),
        ("https://ada@host.org/ada/sea.git@v1.0", Address("https://ada@host.org/ada/sea.git", "v1.0")),
        ("ssh://git@host.org/ada/sea", Address("ssh://git@host.org/ada/sea", "")),
        ("git@host.org:ada/sea@v2", Address("git@host.org:ada/sea", "v2")),
        ("git@host.org:ada/sea", Address("git@host.org:ada/sea", "")),
        ("gh:ada/sea@v2", Address("https://github.com/ada/sea.git", "v2")),
        ("some/folder@home", None),
        ("C:\\work\\sea", None),
    ],
)
def test_an_address_and_its_branch_are_told_apart(place: str, expected: Address | None) -> None:
    found = address(place)
    assert found == expected
    assert found is None or found.name == "sea"


def test_a_password_in_an_address_is_not_shown() -> None:
    assert str(address("https://ada:secret@host.org/ada/sea@v1")) == "https://host.org/ada/sea@v1"
