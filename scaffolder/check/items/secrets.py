"""Keys and passwords that lie in the repository: formats that issuers publish, addresses, and committed `.env` files.

Values without a known format are for gitleaks, which the generated pre-commit configuration runs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.snapshot import DATA_SUFFIXES
from scaffolder.check.engine.verdict import SHOWN, Verdict, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.gitignore import ignored
from scaffolder.errors import ScaffolderError
from scaffolder.results.finding import Evidence, Level

MAX_SUSPECTS = 2_000  # files
LEAST_VARIED = 9  # different characters in a real key

# How each format begins, its kind and the expression of the rest, as its issuer publishes it.
_FORMATS = tuple(
    # The lookbehind stands after the beginning, because `re` is fast where an expression begins with plain text.
    (start, kind, re.compile(rb"%b(?<!\w%b)%b" % (re.escape(start), re.escape(start), rest)))
    for start, kind, rest in (
        (b"AKIA", "an AWS access key", rb"[A-Z2-7]{16}\b"),
        (b"ASIA", "an AWS temporary key", rb"[A-Z2-7]{16}\b"),
        (b"ghp_", "a GitHub token", rb"[A-Za-z0-9]{36,255}\b"),
        (b"gho_", "a GitHub token", rb"[A-Za-z0-9]{36,255}\b"),
        (b"ghs_", "a GitHub token", rb"[A-Za-z0-9]{36,255}\b"),
        (b"github_pat_", "a GitHub token", rb"[A-Za-z0-9_]{60,255}\b"),
        (b"glpat-", "a GitLab token", rb"[\w-]{20,64}"),
        (b"sk-ant-", "an Anthropic key", rb"[\w-]{24,200}"),
        (b"sk-", "an OpenAI key", rb"(?:proj-|svcacct-|admin-)?(?!ant-)[A-Za-z0-9_-]{32,200}"),
        (b"hf_", "a Hugging Face token", rb"[A-Za-z]{34}\b"),
        (b"xox", "a Slack token", rb"[abeoprs]-[A-Za-z0-9-]{10,200}"),
        (b"hooks.slack.com", "a Slack webhook", rb"/services/T\w{6,20}/B\w{6,20}/\w{16,40}"),
        (b"AIza", "a Google API key", rb"[\w-]{35}"),
        (b"sk_live_", "a Stripe key", rb"[A-Za-z0-9]{20,200}\b"),
        (b"rk_live_", "a Stripe key", rb"[A-Za-z0-9]{20,200}\b"),
        (b"pypi-AgEI", "a PyPI token", rb"[\w-]{50,300}"),
        (b'"key"', "a Kaggle API key", rb'\s{0,4}:\s{0,4}"[0-9a-f]{32}"'),
        (b"npm_", "an npm token", rb"[A-Za-z0-9]{36}\b"),
        (
            b"-----BEGIN ",
            "a private key",
            rb"(?:[A-Z]{2,10} )?PRIVATE KEY(?: BLOCK)?-----[\w+/=:,\s-]{40,4000}",
        ),
    )
)
_URL = re.compile(rb"://[\w.%-]{1,64}:([^\s:/@'\"<>{}$]{6,128})@[\w.-]+")
_EXAMPLE = re.compile(
    rb"example|sample|change_?-?me|your|dummy|fake|placeholder|redacted|xxxx|0000|\*\*\*|\.\.\.|1234567|abcdef",
    re.IGNORECASE,
)
_WORD = re.compile(rb"pass|secret|test|demo|none|null", re.IGNORECASE)
_MIXED = re.compile(rb"(?=.*\d).*[A-Za-z]", re.DOTALL)
_EXAMPLES = frozenset("example sample template dist defaults".split())  # in the name of a `.env`
_BINARY = DATA_SUFFIXES | frozenset(
    ".ico .woff .woff2 .ttf .eot .pdf .pkl .pickle .joblib .pt .pth .bin .db .db-shm .db-wal .sqlite .sqlite3 .so .pyc"
    " .exe .mp4 .mov .mp3 .tar".split()
)


class NoSecrets(Item):
    """Secrets: no key, password or `.env` is in the repository."""

    id = "secrets"
    level = Level.DEPLOYER
    source = "AWS Machine Learning Lens: security pillar (MLSEC); OWASP Secrets Management"

    def check(self, repo: Repository) -> Verdict:
        """Take the value out, revoke it where it was issued, and read it from the environment.

        Add `.env` to `.gitignore`. Whatever was pushed once must be taken as known to everybody.
        """
        snapshot = repo.snapshot
        texts = [path for path in snapshot.paths if f".{path.rpartition('.')[2].lower()}" not in _BINARY]
        files = {path: data for path in texts if (data := snapshot.data(path))}
        suspects = (path for path, data in files.items() if is_environment_file(path) or find_secrets(data))
        found = [each for path in islice(suspects, MAX_SUSPECTS) for each in _in_file(repo, path, files[path])]
        if found:
            return flawed(*found)
        if not files:
            return missing(Evidence("no file was found that could be read as text"))
        return done(Evidence(f"no key of a known format, password in an address or .env in {len(files):,} text files"))


def _in_file(repo: Repository, path: str, data: bytes) -> Iterator[Evidence]:
    is_ignored = ignored(repo)(path)
    if not is_ignored or path in _committed(repo):
        if is_environment_file(path):
            how = "is committed, although .gitignore names it" if is_ignored else "Git does not ignore"
            yield Evidence(f"an environment file that {how}", path, 1)
        for start, kind in find_secrets(data):
            yield Evidence(f"has the form of {kind}", path, data.count(b"\n", 0, start) + 1)


@fact
def _committed(repo: Repository) -> Collection[str]:
    """The paths of the commit that is checked or checked out; none if there is no Git repository to ask.

    Whatever `.gitignore` says, it keeps nothing out that was added with force.
    """
    if repo.commit is None:
        return ()
    if repo.folder is None:
        return frozenset(repo.snapshot.paths)
    git = repo.folder / ".git"
    if git.is_symlink() or not git.is_dir():  # a folder that Git has elsewhere
        return ()
    from scaffolder.project import store

    try:
        opened = store.opened(repo.folder)
        commit = store.commit_of(opened, "HEAD")
        with store.failures("The commit cannot be read"):
            return store.entries(opened, store.tree_of(opened, commit)).keys() if commit else ()
    except ScaffolderError:
        return ()


def find_secrets(data: bytes) -> tuple[tuple[int, str], ...]:
    """The offset and kind of each text in the form of a real key or password, at most `SHOWN`; no examples."""
    return tuple(sorted((*_formatted(data), *_addressed(data)))[:SHOWN])


def _formatted(data: bytes) -> Iterator[tuple[int, str]]:
    for start, kind, key in _FORMATS:
        for match in key.finditer(data) if start in data else ():
            if not _EXAMPLE.search(match[0]) and len(set(match[0])) >= LEAST_VARIED:
                yield match.start(), kind


def _addressed(data: bytes) -> Iterator[tuple[int, str]]:
    for match in _URL.finditer(data) if b"://" in data and b"@" in data else ():
        if _MIXED.match(match[1]) and not _EXAMPLE.search(match[1]) and not _WORD.search(match[1]):
            yield match.start(), "a password in an address"


def is_environment_file(path: str) -> bool:
    """Whether `path` is a `.env` with values, not an example of one."""
    name = path.rpartition("/")[2].lower()
    return (name == ".env" or name.startswith(".env.")) and _EXAMPLES.isdisjoint(name.split("."))
