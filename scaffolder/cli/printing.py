"""Prints the JSON, lines and notes of commands."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scaffolder.errors import one_line


def print_json(value: Any) -> None:
    """Print the one JSON document of a command."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_lines(lines: Iterable[str]) -> None:
    """Print each line, with escapes in place of what could control a terminal; tabs stay."""
    for line in lines:
        print("\t".join(map(one_line, line.split("\t"))))


def short(path: Path) -> str:
    """The path as a person reads it: relative to this folder if it lies below it, and safe for a terminal."""
    relative = os.path.relpath(path)
    return one_line(str(path) if relative.startswith("..") else relative)


def print_notes(notes: Iterable[str]) -> None:
    """Print each note on one line of standard error."""
    for note in notes:
        print(f"Note: {one_line(note)}", file=sys.stderr)
