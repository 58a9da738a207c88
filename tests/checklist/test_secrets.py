"""Keys are found; examples, references and hashes are let pass."""

from __future__ import annotations

import pytest

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.shipping.secrets import find_secrets, is_environment_file, is_ignored, secrets

# Put together here so that no scanner takes this file for a leak.
KEYS = {
    "an AWS access key": "AKIA" + "QX3W7VZ2NTBD6RKP",
    "a GitHub token": "ghp_" + "a8Kd03jfLq29xZmP4vRt7uWyB1cNe5Gh6Sjk",
    "an Anthropic key": "sk-ant-" + "api03-Zk29xQmP4vRt7uWyB1cNe5Gh6SjkLd03",
    "an OpenAI key": "sk-proj-" + "Zk29xQmP4vRt7uWyB1cNe5Gh6SjkLd03fA",
    "a Slack token": "xoxb-" + "2817364950-9182736450-Zk29xQmP4vRt",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq98Zk29xQmP4vRt7uWyB1cNe5Gh6SjkLd03fAq8Kx\n",
    "a password in an address": "postgresql://app:" + "h7Kq2mZx9" + "@db.internal/app",
}


@pytest.mark.parametrize(("kind", "value"), KEYS.items())
def test_a_key_of_a_known_format_is_found_with_its_line(kind: str, value: str) -> None:
    assert [(found.line, found.kind) for found in find_secrets("notes.txt", f"one\ntwo {value}\n")] == [(2, kind)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", 'API_KEY = "{}"'),
        ("a.yaml", "api_key: {}"),
        (".env", "SECRET_TOKEN={}"),
        ("a.json", '{{"password": "{}"}}'),
    ],
)
def test_a_random_value_given_to_a_telling_name_is_found(path: str, text: str) -> None:
    assert [found.kind for found in find_secrets(path, text.format("q8Zk29xQmP4vRt7uWyB1cNe5"))] == [
        "a value that looks like a key"
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "AWS = 'AKIAIOSFODNN7EXAMPLE'"),
        ("a.md", "export OPENAI_API_KEY=sk-your-key-goes-here-000000000000000000"),
        ("a.py", "API_KEY = os.environ['API_KEY_FOR_THE_SERVICE']"),
        ("a.yml", "token: ${{ secrets.GITHUB_TOKEN_2 }}"),
        ("a.py", 'TOKEN_URL = "https://auth.internal/v2/oauth/token"'),
        ("a.py", 'token_file = "artifacts/tokenizer-v2.json"'),
        ("requirements.lock", 'secret = "sha256:q8Zk29xQmP4vRt7uWyB1cNe5"'),
        ("compose.yaml", "url: postgresql://app:changeme@db/app"),
        (".env.example", "SECRET_TOKEN=change-me-before-you-deploy-1"),
        ("a.py", 'max_tokens = "one_two_three_four_five_six"'),
        ("a.md", "sk-" + "learn is a name, and so is task-" + "a" * 40),
    ],
)
def test_what_is_no_secret_is_let_pass(path: str, text: str) -> None:
    assert list(find_secrets(path, text)) == []


@pytest.mark.parametrize(
    ("gitignore", "count"),
    [("", 1), (".env\n", 0), (".env*\n!.env\n", 1), ("*.env\n", 0), ("# .env\n", 1), ("/.env\n", 0)],
)
def test_a_committed_environment_file_is_a_secret(gitignore: str, count: int) -> None:
    snapshot = Snapshot.of_files(
        {".env": b"PORT=8000\n", ".gitignore": gitignore.encode(), ".env.example": b"PORT=1\n"}
    )
    assert len(secrets(snapshot)) == count


@pytest.mark.parametrize(
    ("path", "expected"),
    [(".env", True), ("a/.env.local", True), (".env.example", False), (".env.sample.txt", False), ("env", False)],
)
def test_what_an_environment_file_is(path: str, expected: bool) -> None:
    assert is_environment_file(path) is expected


def test_a_folder_may_be_ignored_too() -> None:
    assert is_ignored("deploy/.env", "deploy/.env\n")
    assert not is_ignored("other/.env", "deploy/.env\n")


@pytest.mark.parametrize(
    "text",
    [
        "password = '" * 20_000,
        "a" * 900_000,
        "key=" * 200_000,
        "://a:" * 100_000,
        "-----BEGIN PRIVATE KEY-----" * 20_000,
    ],
)
def test_a_hostile_text_ends_soon(text: str) -> None:
    assert len(list(find_secrets("a.env", text))) < 100_000
