"""Keys and passwords that lie in a repository."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from scaffolder.checklist.snapshot import DATA_SUFFIXES, Snapshot

MAX_FOUND = 20

# (what it is, a literal that each one holds, the expression): formats as their issuers publish them.
_FORMATS = tuple(
    (name, literal, re.compile(pattern))
    for name, literal, pattern in (
        ("an AWS access key", "AKIA", r"\b(AKIA[A-Z2-7]{16})\b"),
        ("an AWS temporary key", "ASIA", r"\b(ASIA[A-Z2-7]{16})\b"),
        ("a GitHub token", "gh", r"\b(gh[pousr]_[A-Za-z0-9]{36,255})\b"),
        ("a GitHub token", "github_pat_", r"\b(github_pat_[A-Za-z0-9_]{60,255})\b"),
        ("a GitLab token", "glpat-", r"\b(glpat-[\w-]{20,64})"),
        ("an Anthropic key", "sk-ant-", r"\b(sk-ant-[\w-]{24,200})"),
        ("an OpenAI key", "sk-", r"\b(sk-(?:proj-|svcacct-|admin-)?(?!ant-)[A-Za-z0-9_-]{32,200})"),
        ("a Hugging Face token", "hf_", r"\b(hf_[A-Za-z]{34})\b"),
        ("a Slack token", "xox", r"\b(xox[abeoprs]-[A-Za-z0-9-]{10,200})"),
        ("a Slack webhook", "hooks.slack.com", r"(hooks\.slack\.com/services/T\w{6,20}/B\w{6,20}/\w{16,40})"),
        ("a Google API key", "AIza", r"\b(AIza[\w-]{35})"),
        ("a Stripe key", "k_live_", r"\b([rs]k_live_[A-Za-z0-9]{20,200})\b"),
        ("a PyPI token", "pypi-", r"\b(pypi-AgEI[\w-]{50,300})"),
        ("an npm token", "npm_", r"\b(npm_[A-Za-z0-9]{36})\b"),
        ("a private key", "PRIVATE KEY",
         r"(-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY(?: BLOCK)?-----[\w+/=:,\s-]{40,4000})"),
    )
)  # fmt: skip
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{2,20}://[\w.%-]{1,64}:([^\s:/@'\"<>{}$]{6,128})@[\w.-]+")
_ASSIGNED = re.compile(
    r"(?:api_?key|access_?key|auth_?token|secret|token|passw(?:or)?d|credential)s?\w{0,20}[\"']?\s{0,4}[:=]\s{0,4}([\"']?)"
    r"([A-Za-z0-9_+/=.~!@#%^&*-]{16,256})(?:\1|$)",
    re.IGNORECASE,
)
_HINTS = ("key", "secret", "token", "passw", "credential")
_EXAMPLE = re.compile(
    r"example|sample|change_?me|change-me|your|dummy|fake|placeholder|redacted|insert|replace|todo|xxxx|\*\*\*|\.\.\.|1234567|abcdef|"
    r"test|demo|none|null|secrets\.|environ|getenv|vault",
    re.IGNORECASE,
)
_SKIPPED = frozenset(DATA_SUFFIXES) | frozenset(
    [".ico", ".woff", ".woff2", ".ttf", ".eot", ".pdf", ".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin",
     ".db", ".sqlite", ".sqlite3", ".so", ".pyc", ".exe", ".mp4", ".mov", ".mp3", ".tar"]
)  # fmt: skip
_CODE = frozenset(
    [
        ".py",
        ".ipynb",
        ".js",
        ".ts",
        ".sh",
        ".toml",
        ".yml",
        ".yaml",
        ".json",
        ".cfg",
        ".ini",
        ".conf",
        ".env",
        ".txt",
        ".properties",
        ".tf",
        ".tfvars",
        ".md",
        ".xml",
    ]
)
_LOCKS = re.compile(r"(?:\.lock|-lock\.json|-lock\.yaml|requirements[\w.-]*\.txt)$")


@dataclass(frozen=True)
class Secret:
    """A value that should not be there; it is not kept here either."""

    path: str
    line: int
    kind: str


def secrets(snapshot: Snapshot) -> tuple[Secret, ...]:
    """The first secrets that lie in the repository; files that `.gitignore` leaves out do not count."""
    gitignore = snapshot.text(".gitignore") or ""
    found: list[Secret] = []
    for path in snapshot.paths:
        if len(found) >= MAX_FOUND:
            break
        if not may_hold_text(path) or (is_environment_file(path) and is_ignored(path, gitignore)):
            continue
        if is_environment_file(path):
            found.append(Secret(path, 1, "a committed environment file"))
        if text := snapshot.text(path):
            found += find_secrets(path, text)
    return tuple(found[:MAX_FOUND])


def find_secrets(path: str, text: str) -> Iterator[Secret]:
    """What in `text` looks like a real key; examples and references to variables are let pass."""
    for start, kind in sorted(_found(path, text)):
        yield Secret(path, text.count("\n", 0, start) + 1, kind)


def may_hold_text(path: str) -> bool:
    """Whether a file's name does not say that it is a picture, a model, an archive or a program."""
    return _suffix(path) not in _SKIPPED


def is_environment_file(path: str) -> bool:
    """Whether it is a `.env` that holds values, not an example of one."""
    name = path.rpartition("/")[2].lower()
    parts = set(name.split(".")[1:])
    return (name == ".env" or name.startswith(".env.")) and not parts & {
        "example",
        "sample",
        "template",
        "dist",
        "defaults",
    }


def is_ignored(path: str, gitignore: str) -> bool:
    """Whether plain patterns of the top `.gitignore` leave a file at `path` out; a later `!` takes it back."""
    name = path.rpartition("/")[2]
    ignored = False
    for line in gitignore.splitlines():
        pattern = line.strip()
        negated = pattern.startswith("!")
        pattern = pattern.lstrip("!").lstrip("/").removeprefix("**/")
        if pattern and not pattern.startswith("#") and _matches(pattern, name, path):
            ignored = not negated
    return ignored


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())


def _found(path: str, text: str) -> Iterator[tuple[int, str]]:
    seen: set[int] = set()
    for kind, literal, pattern in _FORMATS:
        if literal in text:
            for match in pattern.finditer(text):
                if not _tame(match[1]) and match.start() not in seen:
                    seen.add(match.start())
                    yield match.start(), kind
    if "://" in text:
        for match in _URL.finditer(text):
            if not _EXAMPLE.search(match[1]) and _mixed(match[1]):
                yield match.start(), "a password in an address"
    if (_suffix(path) in _CODE or is_environment_file(path)) and not _LOCKS.search(path):
        yield from _assigned(
            text, seen, bare=is_environment_file(path) or _suffix(path) in (".yml", ".yaml", ".ini", ".cfg")
        )


def _assigned(text: str, seen: set[int], bare: bool) -> Iterator[tuple[int, str]]:
    """Long random-looking values that are given to a name such as `api_key`."""
    position = 0
    for line in text.splitlines(keepends=True):
        lower = line.lower() if len(line) < 1000 else ""
        if any(hint in lower for hint in _HINTS):
            for match in _ASSIGNED.finditer(line.rstrip()):
                start = position + match.start(2)
                if (match[1] or bare) and start not in seen and _random(match[2]):
                    yield start, "a value that looks like a key"
        position += len(line)


def _random(value: str) -> bool:
    return not _EXAMPLE.search(value) and _mixed(value) and entropy(value) >= 3.5 and not _is_name(value)


def _is_name(value: str) -> bool:
    """Words, paths, versions and calls: runs of letters, each with at most a short number at its end."""
    words = re.split(r"[\W_]+", value)
    return all(re.fullmatch(r"[A-Za-z]*\d{0,4}", word) for word in words)


def _mixed(value: str) -> bool:
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _tame(value: str) -> bool:
    """An example: says so, or repeats too few characters to be a key."""
    return (
        bool(re.search(r"example|your|fake|dummy|xxxx|0000|1234567890", value, re.IGNORECASE)) or entropy(value) < 2.8
    )


def _matches(pattern: str, name: str, path: str) -> bool:
    from fnmatch import fnmatchcase

    return fnmatchcase(path if "/" in pattern.rstrip("/") else name, pattern)


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    return "." + name.rpartition(".")[2].lower() if "." in name else ""
