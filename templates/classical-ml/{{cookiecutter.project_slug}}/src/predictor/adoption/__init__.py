"""Use the owner's data: `make adopt DATA=file TARGET=column` shows what it will do, asks, and writes all or nothing.

read -> propose -> show and ask -> write
"""

import sys
from pathlib import Path

from ..reporting.blocks import BlockError
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
    """
    if not Path("pyproject.toml").exists():
        raise AdoptionError("there is no pyproject.toml here; run from the repository's root")
    table, form = read(source)
    proposal = propose(table, target, positive=positive, time=time, id=id, dates=dates, semicolons=form.endswith(";"))
    try:
        texts = {path: text.encode() for path, text in documents.rewritten().items()}
    except BlockError as error:
        raise AdoptionError(str(error)) from None
    files = {**writing.contents(proposal, source, form), **texts}
    removed = writing.leftovers(source, files)
    writing.refuse_uncommitted([*files, *removed])
    print(
        writing.text("preview.txt", proposal=proposal, source=source, form=form, written=files, removed=removed), end=""
    )
    if not yes and not sys.stdin.isatty():
        raise AdoptionError("nobody is here to say yes, so nothing was written; say it with YES=1")
    if not yes and _answer("Write this? [y/N] ") not in {"y", "yes"}:
        print("Nothing was written.")
        return 1
    writing.replace(files, removed)
    print("Done. Next: make demo, then answer what is left as TODO in the documents.")
    return 0


def _answer(question: str) -> str:
    print(question, end="", flush=True)
    return sys.stdin.readline().strip().lower()
