"""Use the owner's data: `make adopt DATA=file TARGET=column` shows what it will do, asks, and writes all or nothing.

read -> propose -> show and ask -> write
"""

from pathlib import Path

from ..data import FEWEST_ROWS
from ..settings import FILE, Training
from . import documents, wording, writing
from .proposal import propose
from .reading import read
from .replacing import AdoptionError, agreed, leftovers, refuse_uncommitted, replace


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
    proposal = propose(
        table,
        target,
        fewest_rows=FEWEST_ROWS,
        seed=Training().seed,
        positive=positive,
        time=time,
        id=id,
        dates=dates,
        semicolons="semicolons" in form,
    )
    files, description = writing.contents(proposal, source, form)
    files |= documents.rewritten(description, FILE, files[FILE])
    removed = leftovers(writing.former(files), [*writing.FORMER, *writing.MADE], source, files)
    refuse_uncommitted(files, removed, writing.MADE)
    if not agreed(
        wording.text("preview.txt", proposal=proposal, source=source, form=form, written=files, removed=removed), yes
    ):
        return 1
    replace(files, removed, FILE)
    print(wording.text("done.txt", proposal=proposal), end="")
    return 0
