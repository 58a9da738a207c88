"""What a row of a plan refers to, and whether the repository has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.commands import absent
from scaffolder.check.readers.make import Makefile
from scaffolder.check.readers.shell import commands
from scaffolder.check.shipping.endpoints import Route
from scaffolder.check.watching.signals import Signals

_SPAN = re.compile(r"`([^`]{2,200})`")
_PATH = re.compile(r"(?:[A-Z]{3,7} )?(/[\w{}./-]*)")
_IDENTIFIER = re.compile(r"[A-Za-z][\w:.]*\w")
_BARE = re.compile(r"(?<![\w`/.])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w`/])")
_COMMAND = re.compile(r"(?:make|python3?|docker|\./\S+) \S")


def names(cells: tuple[str, ...]) -> Iterator[str]:
    """The code in a row's cells; where there is none, the words that can only be names of code."""
    text = " | ".join(cells)
    found = [match[1].strip() for match in _SPAN.finditer(text)]
    yield from found or (match[0] for match in _BARE.finditer(text))


def is_known(
    name: str, signals: Signals, routes: tuple[Route, ...], makefile: Makefile | None, snapshot: Snapshot
) -> bool:
    """Whether a command can run, a route or file exists, or a measurement is in the code or configuration."""
    if _COMMAND.match(name):
        return all(absent(command, snapshot, makefile) is None for command in commands(name))
    if path := _PATH.fullmatch(name):
        return any(route.path == path[1] for route in routes) or signals.place(path[1]) is not None
    if snapshot.has(name):
        return True
    words = _IDENTIFIER.findall(name)
    return bool(words) and all(signals.place(word) is not None for word in words)
