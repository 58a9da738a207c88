"""The owner's part of a repository: as one HTML page with the lines marked, and as a paragraph for the README."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from jinja2 import Template
from markupsafe import Markup

from scaffolder.errors import one_line
from scaffolder.pages.environment import source, template
from scaffolder.project.mine.comparison import Mine, Share
from scaffolder.project.mine.file_kinds import READ, Kind

CONTEXT = 2  # lines around those of the owner
MOST_LINES = 10_000  # of the page
MOST_NAMED = 3  # files in the paragraph
LONGEST = 400  # characters of a line
LIMITS = "This shows what differs from the template, not who wrote it: an AI may have."


class Row(NamedTuple):
    """A line as the page shows it."""

    number: int
    text: str
    own: bool


class Part(NamedTuple):
    """A file with the rows of each passage."""

    share: Share
    passages: list[list[Row]]


class Total(NamedTuple):
    """The lines of all files of a kind."""

    kind: Kind
    owner: int
    template: int
    files: int
    words: int


def totals(mine: Mine) -> list[Total]:
    """The lines by kind of file; `files` counts those with lines of the owner's."""
    found = []
    for kind in READ:
        shares = mine.of(kind)
        numbers = [(share.owner, share.template, share.owner > 0, share.words) for share in shares]
        found.append(Total(kind, *(sum(column) for column in zip(*numbers, strict=True)) if numbers else (0, 0, 0, 0)))
    return found


def page(mine: Mine) -> str:
    """The files with lines of the owner's, the most telling first, with some lines of the template around them."""
    parts, room = [], MOST_LINES
    for share in mine.first:
        passages = list(_passages(share, mine.texts[share.path]))
        room -= sum(map(len, passages))
        if room < 0:
            break
        parts.append(Part(share, passages))
    left_out = [share.path for share in mine.first[len(parts) :]]
    data = [share for share in mine.of(Kind.DATA) if share.own]
    return _template().render(mine=mine, parts=parts, left_out=left_out, totals=totals(mine), data=data)


def _passages(share: Share, text: str) -> Iterator[list[Row]]:
    lines = text.removesuffix("\n").split("\n")
    own = {number for first, last in share.marked for number in range(first, last + 1)}
    near = sorted({number + step for number in own for step in range(-CONTEXT, CONTEXT + 1)})
    passage: list[Row] = []
    for number in (each for each in near if 1 <= each <= len(lines)):
        if passage and number > passage[-1].number + 1:
            yield passage
            passage = []
        line = lines[number - 1].expandtabs(4)
        shown = line if len(line) <= LONGEST else f"{line[:LONGEST]} …"
        passage.append(Row(number, shown, number in own))
    if passage:
        yield passage


def facts(mine: Mine) -> str:
    """One line of HTML that tells what is the owner's; "" if nothing is."""
    by_kind = {total.kind: total for total in totals(mine)}
    data = [share for share in mine.of(Kind.DATA) if share.own]
    said = [
        f"{by_kind[kind].owner:,} lines of {kind} in {_files(by_kind[kind].files)}"
        for kind in (Kind.CODE, Kind.TESTS, Kind.OTHER)
        if by_kind[kind].owner
    ]
    said += [f"{by_kind[Kind.PROSE].words:,} words of documents"] if by_kind[Kind.PROSE].words else []
    said += [f"own data in {_files(len(data))}"] if data else []
    if not said:
        return ""
    paragraph = Markup("<p>Beyond the template {name}, as of {date}: ")
    links = Markup(", ").join(_link(share.path) for share in mine.first[:MOST_NAMED])
    most = Markup(" Most of it: {links}.").format(links=links) if links else ""
    return (
        paragraph.format(date=mine.date, name=one_line(mine.template))
        + "; ".join(said)
        + Markup("; {work}.").format(work=worked(mine))
        + most
        + Markup(" Counted by <code>scaffolder mine</code>: it shows what differs, not who wrote it.</p>")
    )


def worked(mine: Mine) -> str:
    """'23 commits on 9 days, 2026-11-03 to 2026-11-29'."""
    work = mine.work
    if not work.commits:
        return "no commit of yours"
    commits = f"{work.commits:,} commit{'' if work.commits == 1 else 's'}"
    if work.days < 2:
        return f"{commits} on {work.first}" if work.days else commits
    return f"{commits} on {work.days} days, {work.first} to {work.last}"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _link(path: str) -> Markup:
    address = quote(path, errors="surrogateescape")
    return Markup('<a href="{address}">{path}</a>').format(address=address, path=one_line(path))


@cache
def _template() -> Template:
    shared = source("report.css").partition("\n.sprite {")[0]
    style = f"\n{shared}\n{source('mine.css')}"
    return template("mine.html", {"style": style}, limits=LIMITS, worked=worked)
