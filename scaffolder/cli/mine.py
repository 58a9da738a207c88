"""`scaffolder mine`: the owner's part of a project, and the template's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from scaffolder.cli import options
from scaffolder.cli.output import wrapped
from scaffolder.cli.printing import Result, short
from scaffolder.cli.writing import write as write_page
from scaffolder.errors import TargetError, shown
from scaffolder.pages import mine as pages
from scaffolder.pages.mine import LIMITS, Total, totals, worked
from scaffolder.project import checkout
from scaffolder.project.mine import comparison, readme
from scaffolder.project.mine.comparison import Mine, Share
from scaffolder.project.mine.file_kinds import READ, Kind
from scaffolder.tree import File

MOST_FILES = 10  # that are listed
_MOST_README = 1_000_000  # bytes


def mine(
    path: options.ProjectFolder = Path(),
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page with your lines marked."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the facts into README.md, between <!-- mine --> and <!-- /mine -->.")
    ] = False,
) -> Result:
    """Show which part of a project is yours.

    The last commit is compared with every version of the template that the project has had. Lines that were only
    moved, copied, renamed or formatted anew are the template's; measured blocks, reports and lock files are nobody's.
    This shows difference, not authorship. Nothing in the repository is run.
    """
    found = comparison.examine(path)
    done = [_write(path, found)] if write else []
    if html:
        write_page(html, pages.page(found))
        done.append(f"Wrote {short(html)}.")
    return Result(_json(path, found, done), _lines(found, done), done=" ".join(done).rstrip("."))


def _write(folder: Path, found: Mine) -> str:
    """Write the facts into README.md; returns a sentence that says so."""
    facts = pages.facts(found)
    if not facts:
        raise TargetError("Nothing here differs from the template yet, so there is nothing to write.")
    name = "README.md"
    file = checkout.read(folder, name)
    if file is None or len(file.data) > _MOST_README:
        raise TargetError(f"{shown(folder / name, 200)} is no file of at most 1 MB: --write needs one.")
    try:
        text = file.data.decode()
    except UnicodeDecodeError:
        raise TargetError(f"{shown(folder / name, 200)} is not UTF-8 text: save it as that first.") from None
    ending = "\r\n" if "\r\n" in text else "\n"
    new = readme.filled(text.replace("\r\n", "\n"), facts).replace("\n", ending)
    checkout.write(folder, {name: File(new.encode(), file.mode)})
    return f"Wrote the facts into {short(folder / name)}; the why is for you to write."


def _lines(found: Mine, done: list[str]) -> Iterator[str]:
    yield from _head(found)
    if first := found.first:
        yield ""
        yield "Read these first:"
        yield from (_file(share) for share in first[:MOST_FILES])
        if len(first) > MOST_FILES:
            yield f"  and {len(first) - MOST_FILES} more: --json lists them, --html FILE shows the lines"
    yield ""
    for sentence in (*_asides(found), LIMITS, *done):
        yield from wrapped(sentence)


def _head(found: Mine) -> Iterator[str]:
    numbers = totals(found)
    own = sum(total.owner for total in numbers)
    every = own + sum(total.template for total in numbers)
    said = f"{own:,} of {every:,} lines are yours as of commit {found.commit[:7]}"
    yield from wrapped(f"{found.name}, made from {found.template}: {said}; {worked(found)}.")
    yield ""
    yield f"{'lines':<12}{'yours':>8}{'template':>12}"
    for total in numbers:
        words = f"   {total.words:,} words of yours" if total.words else ""
        yield f"{total.kind:<12}{total.owner:>8,}{total.template:>12,}{words}"
    data, rest = found.of(Kind.DATA), found.of(Kind.PROGRAMS)
    if data:
        own = sum(share.own for share in data)
        yield f"{'data files':<12}{own:>8,}{len(data) - own:>12,}"
    written = sum(share.programs for share in found.files)
    yield from wrapped(f"Not counted, since programs wrote them: {len(rest)} files, {written:,} lines in other files.")


def _file(share: Share) -> str:
    places = ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in share.marked[:3])
    return f"  {share.path}  {share.owner:,} of yours: {places}{', …' if len(share.marked) > 3 else ''}"


def _asides(found: Mine) -> Iterator[str]:
    if found.waiting:
        more = f" and {len(found.waiting) - 1} more" if len(found.waiting) > 1 else ""
        yield f"Not committed, so not counted: {found.waiting[0]}{more}."
    yield from found.notes


def _json(folder: Path, found: Mine, done: list[str]) -> dict[str, Any]:
    work = found.work
    return {
        "schema": 1,
        "path": str(folder),
        "template": found.template,
        "commit": found.commit,
        "date": found.date,
        "totals": {str(total.kind): _total(total) for total in totals(found)},
        "commits": {"count": work.commits, "days": work.days, "first": work.first or None, "last": work.last or None},
        "read_first": [share.path for share in found.first],
        "files": [_share(share) for share in found.of(*READ)],
        "data": [{"path": share.path, "own": share.own, "was": share.was or None} for share in found.of(Kind.DATA)],
        "written_by_programs": [share.path for share in found.of(Kind.PROGRAMS)],
        "not_text": [{"path": share.path, "own": share.own} for share in found.of(Kind.BINARY)],
        "not_committed": list(found.waiting),
        "notes": [*found.notes, LIMITS],
        "written": done,
    }


def _total(total: Total) -> dict[str, int]:
    return {"owner": total.owner, "template": total.template, "words": total.words, "files": total.files}


def _share(share: Share) -> dict[str, Any]:
    return {
        "path": share.path,
        "kind": str(share.kind),
        "owner": share.owner,
        "template": share.template,
        "programs": share.programs,
        "words": share.words,
        "lines": [list(each) for each in share.marked],
        "was": share.was or None,
    }
