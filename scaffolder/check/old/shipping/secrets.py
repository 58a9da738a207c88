"""Keys and passwords that lie in a repository."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from scaffolder.check.engine.snapshot import DATA_SUFFIXES, Snapshot

MAX_FOUND = 20
_MAX_KEPT = 20_000  # characters of a file whose result is kept
MAX_LINE = 1_000

# What each begins with -> what it is, and the expression: formats as their issuers publish them.
_FORMATS = {
    literal: (name, re.compile(pattern))
    for literal, name, pattern in (
        ("AKIA", "an AWS access key", r"AKIA[A-Z2-7]{16}\b"),
        ("ASIA", "an AWS temporary key", r"ASIA[A-Z2-7]{16}\b"),
        *((f"gh{kind}_", "a GitHub token", r"gh._[A-Za-z0-9]{36,255}\b") for kind in "pos"),
        ("github_pat_", "a GitHub token", r"github_pat_[A-Za-z0-9_]{60,255}\b"),
        ("glpat-", "a GitLab token", r"glpat-[\w-]{20,64}"),
        ("sk-", "an OpenAI key", r"sk-(?:proj-|svcacct-|admin-)?(?!ant-)[A-Za-z0-9_-]{32,200}"),
        ("sk-ant-", "an Anthropic key", r"sk-ant-[\w-]{24,200}"),
        ("hf_", "a Hugging Face token", r"hf_[A-Za-z]{34}\b"),
        ("xox", "a Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{10,200}"),
        ("hooks.slack.com", "a Slack webhook", r"hooks\.slack\.com/services/T\w{6,20}/B\w{6,20}/\w{16,40}"),
        ("AIza", "a Google API key", r"AIza[\w-]{35}"),
        ("k_live_", "a Stripe key", r"k_live_[A-Za-z0-9]{20,200}\b"),
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
_ASSIGNED = re.compile(
    r"(?:api_?key|access_?key|auth_?token|secret|token|passw(?:or)?d|credential)s?\w{0,20}[\"']?\s{0,4}[:=]\s{0,4}([\"']?)"
    r"([A-Za-z0-9_+/=.~!@#%^&*-]{16,256})\1[ \t]*",
    re.IGNORECASE,
)
_DIGEST = re.compile(r"sha\d|hash|digest|checksum|fingerprint", re.IGNORECASE)
_HINTS = ("key", "secret", "token", "passw", "credential")
_EXAMPLES = frozenset(("example", "sample", "template", "dist", "defaults"))  # in the name of a `.env`
_EXAMPLE = re.compile(
    r"example|sample|change_?me|change-me|your|dummy|fake|placeholder|redacted|insert|replace|todo|xxxx|\*\*\*|\.\.\.|1234567|abcdef|"
    r"test|demo|none|null|secrets\.|environ|getenv|vault",
    re.IGNORECASE,
)
_SKIPPED = frozenset(DATA_SUFFIXES) | frozenset(
    [".ico", ".woff", ".woff2", ".ttf", ".eot", ".pdf", ".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin",
     ".db", ".db-shm", ".db-wal", ".sqlite", ".sqlite3", ".so", ".pyc", ".exe", ".mp4", ".mov", ".mp3", ".tar"]
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
        if (text := snapshot.text(path)) and (here := find_secrets(path, text)) and not is_ignored(path, gitignore):
            found += here
    return tuple(found[:MAX_FOUND])


def find_secrets(path: str, text: str) -> tuple[Secret, ...]:
    """What in `text` looks like a real key; examples and references to variables are let pass."""
    return _kept(path, text) if len(text) < _MAX_KEPT else _searched(path, text)


def _searched(path: str, text: str) -> tuple[Secret, ...]:
    return tuple(Secret(path, text.count("\n", 0, start) + 1, kind) for start, kind in sorted(_found(path, text)))


@lru_cache(maxsize=512)  # the repositories of a cohort share most of their files
def _kept(path: str, text: str) -> tuple[Secret, ...]:
    return _searched(path, text)


def may_hold_text(path: str) -> bool:
    """Whether a file's name does not say that it is a picture, a model, an archive or a program."""
    return _suffix(path) not in _SKIPPED


def is_environment_file(path: str) -> bool:
    """Whether it is a `.env` that holds values, not an example of one."""
    name = path.rpartition("/")[2].lower()
    return (name == ".env" or name.startswith(".env.")) and _EXAMPLES.isdisjoint(name.split("."))


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
    lock = bool(_LOCKS.search(path))
    known = dict(_formatted(text)) if not lock else {}
    yield from known.items()
    if "://" in text and "@" in text:
        for match in _URL.finditer(text):
            if not _EXAMPLE.search(match[1]) and not re.search("secret|passw", match[1], re.I) and _mixed(match[1]):
                yield match.start(), "a password in an address"
    plain = is_environment_file(path) or path.rpartition("/")[2].lower().startswith("dockerfile")
    if not lock and (_suffix(path) in _CODE or plain):
        bare = plain or _suffix(path) in (".yml", ".yaml", ".ini", ".cfg")
        yield from ((start, "a value that looks like a key") for start in _assigned(text, bare) if start not in known)


def _formatted(text: str) -> Iterator[tuple[int, str]]:
    """Keys of a known format."""
    for literal, (kind, pattern) in _FORMATS.items():
        start = text.find(literal)
        while start >= 0:
            begins = start == 0 or literal == "k_live_" or not (text[start - 1].isalnum() or text[start - 1] == "_")
            match = pattern.match(text, start) if begins else None
            if match and not _tame(match[0]):
                yield start, kind
            start = text.find(literal, match.end() if match else start + len(literal))


def _assigned(text: str, bare: bool) -> Iterator[int]:
    """Where long random-looking values are given to a name such as `api_key`; `bare` ones need no quotes."""
    for begin, end in _telling_lines(text):
        for match in _ASSIGNED.finditer(text, begin, end):
            closed = match[1] or (bare and match.end() == end)
            name = text[match.start() : match.start(2)]
            if closed and _random(match[2]) and not _DIGEST.search(name):
                yield match.start(2)


def _telling_lines(text: str) -> set[tuple[int, int]]:
    """The lines, neither empty nor very long, that hold a word such as `token`: where each begins and ends."""
    lower = text.lower()
    found = set()
    for hint in _HINTS if len(lower) == len(text) else ():
        at = lower.find(hint)
        while at >= 0:
            begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            end = len(text) if end < 0 else end
            if end - begin < MAX_LINE:
                found.add((begin, end))
            at = lower.find(hint, end)
    return found


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
    """Whether the file or, with a slash at the end of the pattern, one of its folders is meant."""
    from fnmatch import fnmatchcase

    if not pattern.endswith("/"):
        return fnmatchcase(path if "/" in pattern else name, pattern)
    folders = path.split("/")[:-1]
    named = ["/".join(folders[: end + 1]) for end in range(len(folders))] if "/" in pattern[:-1] else folders
    return any(fnmatchcase(folder, pattern[:-1]) for folder in named)


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    return "." + name.rpartition(".")[2].lower() if "." in name else ""
