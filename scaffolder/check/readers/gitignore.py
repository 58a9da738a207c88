"""Which paths the `.gitignore` at the top leaves out."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache

from scaffolder.check.engine.repository import Repository, fact

MAX_LINES = 500


@fact
def ignored(repo: Repository) -> Callable[[str], bool]:
    """A function that says whether plain patterns of `.gitignore` leave a path out; a later `!` takes it back."""
    lines = (repo.snapshot.text(".gitignore") or "").splitlines()[:MAX_LINES]
    rules = [rule for line in lines if (rule := _rule(line.strip()))[1]]

    @cache
    def is_ignored(path: str) -> bool:
        matching = (kept for kept, pattern in reversed(rules) if _matches(pattern, path))
        return not next(matching, True)

    return is_ignored


def _rule(line: str) -> tuple[bool, str]:
    """Whether the line takes a path back, and its pattern, "" of a comment."""
    pattern = "" if line.startswith("#") else line.removeprefix("!").removeprefix("/").removeprefix("**/")
    return line.startswith("!"), pattern[:200] if pattern.count("*") < 6 else ""


def _matches(pattern: str, path: str) -> bool:
    """Whether the file, or one of its folders, is meant."""
    parts = path.split("/")
    whole = "/" in pattern.rstrip("/")
    named = ["/".join(parts[: end + 1]) for end in range(len(parts))] if whole else parts
    candidates = named[:-1] if pattern.endswith("/") else named
    return any(fnmatchcase(name, pattern.rstrip("/")) for name in candidates)
