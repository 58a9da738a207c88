"""Use the owner's data: `make adopt DATA=file TARGET=column` shows what it will do, asks, and writes all or nothing.

read -> propose -> show and ask -> write
"""

import sys
from pathlib import Path

from ..settings import FILE
from . import documents, writing
from .proposal import propose
from .reading import AdoptionError, read

__all__ = ["AdoptionError", "adopt"]


def adopt(
    source: Path, target: str, *, positive: str | None, time: str | None, id: str | None, dates: str | None, yes: bool
) -> int:
    """Replace the project's data by the table in `source`. Returns 0, or 1 if the owner says no.

    Raises:
        AdoptionError: the file cannot be used, nobody can be asked, or work that Git does not have would be lost.
        BlockError: the marks of a document are wrong.
    """
    if not Path("pyproject.toml").exists():
        raise AdoptionError("there is no pyproject.toml here; run from the repository's root")
    if dates not in {None, "day-first", "month-first"}:
        raise AdoptionError("DATES must be day-first or month-first")
    if not source.name.isprintable():
        raise AdoptionError(f"the name {source.name!r} holds characters that cannot be printed; rename the file")
    table, form = read(source)
    proposal = propose(table, target, positive=positive, time=time, id=id, dates=dates, semicolons="semicolons" in form)
    files, description = writing.contents(proposal, source, form)
    files |= documents.rewritten(description, files[FILE])
    removed = writing.leftovers(source, files)
    writing.refuse_uncommitted([*files, *removed])
    shown = writing.text("preview.txt", proposal=proposal, source=source, form=form, written=files, removed=removed)
    print("".join(one if one.isprintable() or one == "\n" else "?" for one in shown), end="")  # no escape codes
    if not yes and not sys.stdin.isatty():
        raise AdoptionError("nobody is here to say yes, so nothing was written; say it with YES=1")
    print("" if yes else "Write this? [y/N] ", end="", flush=True)
    if not yes and sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        print("Nothing was written.")
        return 1
    writing.replace(files, removed)
    print(writing.text("done.txt", proposal=proposal), end="")
    return 0
