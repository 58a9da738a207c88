"""Which paths the `.gitignore` files of a repository ignore, by Git's own rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from scaffolder.check.engine.globs import expression
from scaffolder.check.engine.repository import Repository, fact

NAME = ".gitignore"
MAX_LINES = 500  # of all files that are read
MAX_LINE, MAX_PATH = 200, 400  # characters
MAX_FOLDERS = 2  # `**/` in one line: each more multiplies the time that a line can take


class Rule(NamedTuple):
    """A line of a `.gitignore`, which ignores paths or includes them again."""

    ignores: bool
    only_folders: bool
    pattern: re.Pattern[str]

    def means(self, path: str, *, folder: bool) -> bool:
        """Whether the line matches `path` itself, not only a folder above it."""
        return bool((folder or not self.only_folders) and self.pattern.match(path))


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
    text = line.rstrip()
    if len(line) > MAX_LINE or text.startswith("#") or text.endswith("\\") or text.count("**/") > MAX_FOLDERS:
        return None
    path = text.removeprefix("!")
    parts = path.removesuffix("/").split("/")
    name = "/".join(re.sub(r"\*+", "*", part) if part.strip("*") else part[:2] for part in parts)
    glob = name.removeprefix("/") if "/" in name else f"**/{name}"
    try:
        return Rule(path == text, path.endswith("/"), re.compile(expression(glob), re.DOTALL)) if name else None
    except re.error:  # such as a set from z to a
        return None
