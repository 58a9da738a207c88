"""Which paths the `.gitignore` files of a repository ignore, by Git's own rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact

NAME = ".gitignore"
MAX_LINES = 500  # of all files that are read
MAX_LINE, MAX_PATH = 200, 400  # characters
MAX_FOLDERS = 1  # `/**/` in one line: each more multiplies the time that a line can take

_STAR, _FOLDERS = "[^/]*", "(?:/.+)?"  # what pathspec makes of `*` and of `/**`
_UNCLEAR = re.compile(r"\[.*(?:\[|--|&&|\|\||~~)")  # sets that Python may read differently from Git


class Rule(NamedTuple):
    """A line of a `.gitignore`, which ignores paths or includes them again."""

    ignores: bool
    only_folders: bool
    pattern: re.Pattern[str]

    def means(self, path: str, *, folder: bool) -> bool:
        """Whether the line matches `path` itself, not only a folder above it."""
        found = self.pattern.search(path) if folder or not self.only_folders else None
        return found is not None and found.lastgroup is None


@fact
def ignored(repo: Repository) -> Callable[[str], bool]:
    """A function that tells whether Git ignores a path: the last matching line of the nearest file decides."""
    left = MAX_LINES

    @cache
    def rules(folder: str) -> tuple[Rule, ...]:
        """The rules of the file in `folder`, the last one first."""
        nonlocal left
        lines = (repo.snapshot.text(f"{folder}{NAME}") or "").splitlines()
        if len(lines) > left:
            repo.snapshot.note(f"{folder}{NAME}: only {left} lines were read.")
        read = lines[:left]
        left -= len(read)
        return tuple(rule for line in reversed(read) if (rule := _rule(line)))

    @cache
    def is_ignored(path: str, *, folder: bool = False) -> bool:
        above = path.rpartition("/")[0]
        if above and is_ignored(above, folder=True):
            return True  # nothing in an ignored folder can be included again
        found = (
            rule.ignores
            for place in _places(path)
            for rule in rules(place)
            if rule.means(path.removeprefix(place), folder=folder)
        )
        return next(found, False)

    return lambda path: len(path) <= MAX_PATH and is_ignored(path.strip("/"))


def _places(path: str) -> Iterator[str]:
    """The folders that `path` lies in, the nearest first, each with a slash at its end; the top is ""."""
    while path:
        path = path.rpartition("/")[0]
        yield f"{path}/" if path else ""


def _rule(line: str) -> Rule | None:
    """The rule in a line; None if it is a comment, invalid, or too complicated to match in bounded time."""
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # a slow import, which few repositories need

    if len(line) > MAX_LINE or _UNCLEAR.search(line):
        return None
    only_folders = line.rstrip().endswith("/")
    try:
        expression, ignores = GitIgnoreSpecPattern.pattern_to_regex(line.rstrip()[:-1] if only_folders else line)
        if not expression or expression.count(_FOLDERS) > MAX_FOLDERS:
            return None
        return Rule(bool(ignores), only_folders, re.compile(_steady(expression)))
    except (ValueError, re.error):
        return None


def _steady(expression: str) -> str:
    """The same expression without backtracking: each `*` takes as little as reaches the text after it."""
    parts = []
    for names in expression.split(_FOLDERS):
        first, *rest = names.split(_STAR)
        last = f"{_STAR}{rest.pop()}" if rest else ""
        parts.append(first + "".join(f"(?>[^/]*?{part})" for part in rest) + last)
    return _FOLDERS.join(parts)
