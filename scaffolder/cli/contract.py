"""`scaffolder contract`: drafts scaffolder.toml for a repository that was made otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffolder.check.contract import PATH
from scaffolder.check.draft import draft
from scaffolder.check.examine import opened
from scaffolder.cli.printing import print_lines, short
from scaffolder.errors import unwritable


def contract(
    path: Annotated[
        Path, typer.Argument(metavar="[PATH]", help="Folder of the repository [default: this one].", show_default=False)
    ] = Path(),
    write: Annotated[
        bool, typer.Option("--write", help="Write the draft to scaffolder.toml, which must not exist.")
    ] = False,
) -> None:
    """Draft scaffolder.toml for a repository.

    That file tells the checklist what the repository has. What a file shows is declared, with its place; the rest is
    commented out. Read every line before you rely on it. Nothing in the repository is run.
    """
    text = draft(opened(path))
    if not write:
        print_lines(text.splitlines())
        return
    file = path / PATH
    try:
        with file.open("x", encoding="utf-8", newline="\n") as made:
            made.write(text)
    except OSError as error:
        raise unwritable(file, error) from error
    print_lines([f"Wrote {short(file)}. Read every line and correct it, then run scaffolder check."])
