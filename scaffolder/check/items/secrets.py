"""Keys and passwords that lie in the repository: formats that issuers publish, addresses, and committed `.env` files.

Values without a known format are for gitleaks, which the generated pre-commit configuration runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import DATA_SUFFIXES
from scaffolder.check.readers.gitignore import ignored

SHOWN = 5  # pieces of evidence
SMALL = 20_000  # characters of a file of which many are kept
MAX_SUSPECTS = 2_000  # files
LEAST_VARIED = 9  # different characters in a real key

# What each begins with -> what it is, and the expression: formats as their issuers publish them.
_FORMATS = {
    literal: (name, re.compile(pattern))
    for literal, name, pattern in (
        ("AKIA", "an AWS access key", r"AKIA[A-Z2-7]{16}\b"),
        ("ASIA", "an AWS temporary key", r"ASIA[A-Z2-7]{16}\b"),
        *((f"gh{kind}_", "a GitHub token", r"gh._[A-Za-z0-9]{36,255}\b") for kind in "pos"),
        ("github_pat_", "a GitHub token", r"github_pat_[A-Za-z0-9_]{60,255}\b"),
        ("glpat-", "a GitLab token", r"glpat-[\w-]{20,64}"),
        ("sk-ant-", "an Anthropic key", r"sk-ant-[\w-]{24,200}"),
        ("sk-", "an OpenAI key", r"sk-(?:proj-|svcacct-|admin-)?(?!ant-)[A-Za-z0-9_-]{32,200}"),
        ("hf_", "a Hugging Face token", r"hf_[A-Za-z]{34}\b"),
        ("xox", "a Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{10,200}"),
        ("hooks.slack.com", "a Slack webhook", r"hooks\.slack\.com/services/T\w{6,20}/B\w{6,20}/\w{16,40}"),
        ("AIza", "a Google API key", r"AIza[\w-]{35}"),
        ("sk_live_", "a Stripe key", r"sk_live_[A-Za-z0-9]{20,200}\b"),
        ("rk_live_", "a Stripe key", r"rk_live_[A-Za-z0-9]{20,200}\b"),
        ("pypi-AgEI", "a PyPI token", r"pypi-AgEI[\w-]{50,300}"),
        ("npm_", "an npm token", r"npm_[A-Za-z0-9]{36}\b"),
        (
            "-----BEGIN ",
            "a private key",
            r"-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY(?: BLOCK)?-----[\w+/=:,\s-]{40,4000}",
        ),
    )
}
_URL = re.compile(r"://[\w.%-]{1,64}:([^\s:/@'\"<>{}$]{6,128})@[\w.-]+")
_EXAMPLE = re.compile(
    r"example|sample|change_?-?me|your|dummy|fake|placeholder|redacted|xxxx|0000|\*\*\*|\.\.\.|1234567|abcdef",
    re.IGNORECASE,
)
_WORD = re.compile(r"pass|secret|test|demo|none|null", re.IGNORECASE)
_EXAMPLES = frozenset("example sample template dist defaults".split())  # in the name of a `.env`
_BINARY = DATA_SUFFIXES | frozenset(
    ".ico .woff .woff2 .ttf .eot .pdf .pkl .pickle .joblib .pt .pth .bin .db .db-shm .db-wal .sqlite .sqlite3 .so .pyc"
    " .exe .mp4 .mov .mp3 .tar".split()
)


class NoSecrets(Item):
    """Secrets: no key, password or `.env` lies in the repository."""

    id = "secrets"
    level = Level.DEPLOYER
    source = "AWS Machine Learning Lens: security pillar (MLSEC); OWASP Secrets Management"

    def check(self, repo: Repository) -> Verdict:
        """Take the value out, revoke it where it was issued, and read it from the environment.

        Add `.env` to `.gitignore`. Whatever was pushed once must be taken as known to everybody.
        """
        texts = {
            path: text for path in repo.snapshot.paths if _may_hold_text(path) and (text := repo.snapshot.text(path))
        }
        suspects = (path for path, text in texts.items() if is_environment_file(path) or find_secrets(text))
        found = [each for path in islice(suspects, MAX_SUSPECTS) for each in _in_file(repo, path, texts[path])]
        if found:
            return missing(*found[:SHOWN])
        if not texts:
            return missing(Evidence("no file was found that could be read as text"))
        return done(Evidence(f"no key of a known format, password in an address or .env in {len(texts):,} text files"))


class Secret(NamedTuple):
    """A value that should not be there; it is not kept here either."""

    line: int
    kind: str


def _in_file(repo: Repository, path: str, text: str) -> Iterator[Evidence]:
    if not ignored(repo)(path):
        if is_environment_file(path):
            yield Evidence("an environment file that Git does not ignore", path, 1)
        yield from (Evidence(f"has the form of {secret.kind}", path, secret.line) for secret in find_secrets(text))


def find_secrets(text: str) -> tuple[Secret, ...]:
    """What in `text` has the form of a real key or password; examples are let pass."""
    return _small(text) if len(text) < SMALL else _large(text)


def _searched(text: str) -> tuple[Secret, ...]:
    found = sorted((*_formatted(text), *_addressed(text)))[:SHOWN]
    return tuple(Secret(text.count("\n", 0, start) + 1, kind) for start, kind in found)


_small = lru_cache(maxsize=1024)(_searched)  # the repositories of a cohort share most of their files
_large = lru_cache(maxsize=16)(_searched)


def _formatted(text: str) -> Iterator[tuple[int, str]]:
    for literal, (kind, pattern) in _FORMATS.items():
        start = text.find(literal)
        while start >= 0:
            begins = start == 0 or not (text[start - 1].isalnum() or text[start - 1] == "_")
            match = pattern.match(text, start) if begins else None
            if match and not _EXAMPLE.search(match[0]) and len(set(match[0])) >= LEAST_VARIED:
                yield start, kind
            start = text.find(literal, match.end() if match else start + len(literal))


def _addressed(text: str) -> Iterator[tuple[int, str]]:
    for match in _URL.finditer(text) if "://" in text and "@" in text else ():
        value = match[1]
        mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
        if mixed and not _EXAMPLE.search(value) and not _WORD.search(value):
            yield match.start(), "a password in an address"


def _may_hold_text(path: str) -> bool:
    """Whether a file's name does not say that it is a picture, a table, a model, an archive or a program."""
    name = path.rpartition("/")[2]
    return "." not in name or f".{name.rpartition('.')[2].lower()}" not in _BINARY


def is_environment_file(path: str) -> bool:
    """Whether it is a `.env` that holds values, not an example of one."""
    name = path.rpartition("/")[2].lower()
    return (name == ".env" or name.startswith(".env.")) and _EXAMPLES.isdisjoint(name.split("."))
