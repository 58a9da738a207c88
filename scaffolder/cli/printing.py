"""The result of a command, and how it is printed: lines for people, with --json one document for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from scaffolder.cli.streams import after
from scaffolder.errors import one_line

_wants_json: ContextVar[bool] = ContextVar("wants_json", default=False)


@dataclass(frozen=True)
class Result:
    """The answer of a command.

    `done` says what it has changed, as the beginning of a sentence: it stands in the error if the output cannot be
    printed. `notes` are lines for standard error.
    """

    json: Any
    lines: Iterable[str] = ()
    notes: Sequence[str] = ()
    done: str = ""
    code: int = 0


@contextmanager
def json_output(wanted: bool) -> Iterator[None]:
    """Within this block, standard output is for one JSON document, if that is wanted."""
    token = _wants_json.set(wanted)
    try:
        yield
    finally:
        _wants_json.reset(token)


def wants_json() -> bool:
    """Whether standard output is for one JSON document."""
    return _wants_json.get()


def conversation() -> TextIO:
    """The stream on which people are asked and told: not the one that is for JSON."""
    return sys.stderr if wants_json() else sys.stdout


def print_result(result: Result) -> int:
    """Print the result of a command and return its exit code."""
    with after(result.done):
        if wants_json():
            print_json(result.json)
        else:
            print_lines(result.lines)
    for note in result.notes:
        print(one_line(note), file=sys.stderr)
    return result.code


def print_json(value: Any) -> None:
    """Print a JSON document in ASCII, so that no text of a repository can control a terminal."""
    print(json.dumps(value, indent=2))


def print_lines(lines: Iterable[str]) -> None:
    """Print each line, with escapes in place of what could control a terminal; tabs stay."""
    for line in lines:
        print("\t".join(map(one_line, line.split("\t"))))


def short(path: Path) -> str:
    """The path as a person reads it: relative to this folder if it lies below it, and safe for a terminal."""
    relative = os.path.relpath(path)
    return one_line(str(path) if relative.startswith("..") else relative)


def noted(notes: Iterable[str]) -> list[str]:
    """Each note as the line that is printed."""
    return [f"Note: {note}" for note in notes]
