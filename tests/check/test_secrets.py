"""Keys of known formats are found; examples, references and what Git ignores are let pass."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support import git
from synthetic import facts, repository, state

from scaffolder.check.commit_snapshot import repository_at
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items.secrets import NoSecrets, find_secrets, is_environment_file
from scaffolder.check.readers.gitignore import ignored
from scaffolder.results.finding import State

# Put together here so that no scanner takes this file for a leak.
KEYS = {
    "an AWS access key": "AKIA" + "QX3W7VZ2NTBD6RKP",
    "a GitHub token": "ghp_" + "a8Kd03jfLq29xZmP4vRt7uWyB1cNe5Gh6Sjk",
    "an Anthropic key": "sk-ant-" + "api03-Zk29xQmP4vRt7uWyB1cNe5Gh6SjkLd03",
    "an OpenAI key": "sk-proj-" + "Zk29xQmP4vRt7uWyB1cNe5Gh6SjkLd03fA",
    "a Slack token": "xoxb-" + "2817364950-9182736450-Zk29xQmP4vRt",
    "a Stripe key": "sk_live_" + "Zk29xQmP4vRt7uWyB1cNe5Gh",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq98Zk29xQmP4vRt7uWyB1cNe5Gh6SjkLd03fAq8Kx\n",
    "a password in an address": "postgresql://app:" + "h7Kq2mZx9" + "@db.internal/app",
}


@pytest.mark.parametrize(("kind", "value"), KEYS.items())
def test_a_key_of_a_known_format_is_found_with_its_line_and_not_repeated(kind: str, value: str) -> None:
    said = facts(NoSecrets, {"notes.txt": f"one\ntwo {value}\n"})
    assert said == f"notes.txt:2: has the form of {kind}"


@pytest.mark.parametrize(
    "text",
    [
        "AWS = 'AKIAIOSFODNN7EXAMPLE'",
        "export OPENAI_API_KEY=sk-your-key-goes-here-000000000000000000",
        "API_KEY = os.environ['API_KEY_FOR_THE_SERVICE']",
        "token: ${{ secrets.GITHUB_TOKEN_2 }}",
        "url: postgresql://app:changeme@db/app",
        "url: postgresql://app:${PASSWORD1}@db/app",
        "sk-" + "learn is a name, and so is task-" + "a" * 40,
    ],
)
def test_what_is_no_secret_is_let_pass(text: str) -> None:
    assert find_secrets(text.encode()) == ()


IGNORED = [
    ({}, ".env", False),
    ({"": ".env"}, ".env", True),
    ({"": ".env*\n!.env"}, ".env", False),
    ({"": "*.env"}, "deploy/.env", True),
    ({"": "# .env"}, ".env", False),
    ({"": "/.env"}, ".env", True),
    ({"": "/.env"}, "deploy/.env", False),
    ({"": "deploy/*.env"}, "deploy/a/.env", False),
    ({"": "deploy/**/.env"}, "deploy/a/.env", True),
    ({"": "a*/**/b*/.e*"}, "a1/b1/b2/.env", True),
    ({"": "deploy/"}, "deploy/a/.env", True),
    ({"": "deploy/"}, "a/deploy", False),
    ({"": "deploy/\n!deploy/.env"}, "deploy/.env", True),
    ({"": "deploy/*\n!deploy/.env"}, "deploy/.env", False),
    ({"": "deploy/.env"}, "other/.env", False),
    ({"": "[.]env \n"}, ".env", True),
    ({"": "[z-a\n.env\\\n[[:alpha:]]env"}, ".env", False),
    ({"": ".env", "deploy/": "!.env"}, "deploy/.env", False),
    ({"": "[!x]e[l-n]?"}, ".env", True),
    ({"": "[!.]env"}, ".env", False),
    ({"": "\\.env"}, ".env", True),
    ({"deploy/": "/.env"}, "deploy/.env", True),
    ({"deploy/": ".env"}, ".env", False),
    ({"": "*\n!*/\n!*.py"}, "deploy/.env", True),
]


@pytest.mark.parametrize(("patterns", "path", "expected"), IGNORED)
def test_what_git_ignores_does_not_count(patterns: dict[str, str], path: str, expected: bool, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for folder, lines in patterns.items():
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / ".gitignore").write_text(lines)
    done = subprocess.run(["git", "check-ignore", "-q", path], cwd=tmp_path, check=False)
    assert (done.returncode == 0) is expected
    files = {f"{folder}.gitignore": lines for folder, lines in patterns.items()}
    assert ignored(repository({path: "", **files}))(path) is expected


def test_an_environment_file_that_only_the_top_ignores_is_found_in_a_folder() -> None:
    files = {".gitignore": "/.env\n", ".env": "PORT=1", "deploy/.env": "PORT=1"}
    assert facts(NoSecrets, files) == "deploy/.env:1: an environment file that Git does not ignore"


def test_an_environment_file_that_was_added_with_force_is_found(tmp_path: Path) -> None:
    """In a folder and in a commit; one that is only ignored is not."""
    (tmp_path / ".gitignore").write_text(".env\n")
    for place in ("deploy", "private"):
        (tmp_path / place).mkdir()
        (tmp_path / place / ".env").write_text("PORT=1\n")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-f", ".gitignore", "deploy/.env")
    git(tmp_path, "commit", "-q", "-m", "Mine")
    said = "deploy/.env:1: an environment file that is committed, although .gitignore names it"
    commit = git(tmp_path, "rev-parse", "HEAD")
    for repo in (Repository(Snapshot.of_folder(tmp_path), folder=tmp_path), repository_at(tmp_path, commit)):
        assert "; ".join(map(str, NoSecrets().check(repo).evidence)) == said
    for damaged in ("HEAD", "refs/heads/main"):
        (tmp_path / ".git" / damaged).write_text("nonsense\n")
        assert NoSecrets().check(Repository(Snapshot.of_folder(tmp_path), folder=tmp_path)).state is State.DONE


@pytest.mark.parametrize(
    ("path", "expected"),
    [(".env", True), ("a/.env.local", True), (".env.example", False), (".env.sample.txt", False), ("env", False)],
)
def test_what_an_environment_file_is(path: str, expected: bool) -> None:
    assert is_environment_file(path) is expected


def test_only_what_was_read_is_called_clean() -> None:
    assert facts(NoSecrets, {"a.py": "1", "b.md": "2", "c.png": "3"}).endswith("in 2 text files")


def test_a_kaggle_key_is_known_by_its_form() -> None:
    key = "0f8a3c6e9b2d5174" * 2
    assert state(NoSecrets, {"kaggle.json": f'{{"username":"ada","key":"{key}"}}'}) is State.FLAWED
    assert state(NoSecrets, {"lock.json": f'{{"key": "sha1-{key}"}}'}) is State.DONE
