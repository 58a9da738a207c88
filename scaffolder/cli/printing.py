"""Prints the JSON, lines and notes of commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from scaffolder.errors import one_line


def print_json(value: Any) -> None:
    """Print the one JSON document of a command."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_lines(lines: Iterable[str]) -> None:
    """Print each line."""
    for line in lines:
        print(line)


def print_notes(notes: Iterable[str]) -> None:
    """Print each note on one line of standard error."""
    for note in notes:
        print(f"Note: {one_line(note)}", file=sys.stderr)
