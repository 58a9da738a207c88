"""Use a benchmark of your own: `make adopt BENCHMARK=file` shows what it will do, asks, and writes all or nothing.

read -> propose -> show and ask -> write
"""

from contextlib import suppress
from pathlib import Path

from ..settings import FILE
from . import documents as texts
from . import writing
from .corpus import CORPUS
from .proposal import propose
from .reading import Problems, read
from .replacing import AdoptionError, agreed, leftovers, refuse_uncommitted, replace


def adopt(source: Path, *, documents: Path | None, yes: bool) -> int:
    """Replace the benchmark by the cases in `source`. Returns 0, or 1 if the owner says no.

    Args:
        source: CSV or JSON lines: texts with labels, or questions with the evidence that answers them.
        documents: the folder with the Markdown and text files that the evidence is quoted from.
        yes: do not ask.

    Raises:
        AdoptionError: the file cannot be used, nobody can be asked, or work that Git does not have would be lost.
        BenchError: settings.toml cannot be read: its title, statistics and models are kept.
        BlockError: the marks of a document are wrong.
    """
    if not FILE.exists():
        raise AdoptionError(f"there is no {FILE} here; run from the repository's root")
    if not source.name.isprintable():
        raise AdoptionError(f"the name {source.name!r} holds characters that cannot be printed; rename the file")
    problems = Problems()
    rows, form = read(source, problems)
    proposal = propose(rows, documents, problems)
    problems.refuse(source)
    files, description = writing.contents(proposal, source, form)
    files |= texts.rewritten(description, FILE, files[FILE])
    removed = leftovers(writing.former(), [*writing.FORMER, *writing.MADE], source, files)
    refuse_uncommitted([*files, *removed], writing.MADE)
    facts = {"proposal": proposal, "source": source, "form": form, "written": files, "removed": removed}
    if not agreed(writing.text("preview.txt", **facts), yes):
        return 1
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
    replace(files, removed, FILE)
    for folder in sorted(CORPUS.glob("**/"), reverse=True):
        with suppress(OSError):  # it is not empty
            folder.rmdir()
    print("Done. Next: make evaluate, then commit; answer what is left as TODO in the documents.")
    return 0
