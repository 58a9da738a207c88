"""Shows the progress of a long command: a bar on standard error, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import closing, nullcontext
from typing import TypeVar

import typer

from scaffolder.cli.printing import wants_json

Outcome = TypeVar("Outcome")


def tracked(outcomes: Iterator[list[Outcome]], total: int, title: str) -> Iterator[list[Outcome]]:
    """Pass on the chunks of `outcomes`, and show how many of `total` are done; with `--json`, show nothing."""
    hidden = wants_json() or not total or not sys.stderr.isatty()
    work = closing(outcomes) if isinstance(outcomes, Generator) else nullcontext()
    with work, typer.progressbar(length=total, label=title, file=sys.stderr, show_pos=True, hidden=hidden) as bar:
        for chunk in outcomes:
            bar.update(len(chunk))
            yield chunk
