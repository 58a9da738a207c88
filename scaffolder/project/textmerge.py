"""Merges three versions of a text by lines, as Git does, and finds the places where two of them do not fit together."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pygit2

from scaffolder.errors import shown
from scaffolder.project import machine
from scaffolder.project.machine import lines

_MAX_BYTES, _MAX_LINES = 5_000_000, 100_000  # comparing larger texts by lines can take minutes
_MAX_SECTIONS = 10  # named for one text
_QUESTION = re.compile(rb"TODO\(([a-z0-9-]{1,40})\):")
_HEADING = re.compile(rb" {0,3}#{1,6}[ \t]+\S")


class Joined(NamedTuple):
    """A merged text. If there are conflicts, `spots` are their lines in the owner's text, from 0.

    In `data`, each conflict is between Git's marks, for a merge that a person finishes. `left_out` names the data
    blocks whose new text by the template is not in `data`; `answered` names the questions (TODO) that the owner has
    answered and the template only words differently, so that there is nothing to merge.
    """

    data: bytes
    spots: tuple[slice, ...] = ()
    left_out: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()


def is_text(data: bytes) -> bool:
    """Whether `data` can be merged by lines."""
    return len(data) <= _MAX_BYTES and b"\0" not in data and data.count(b"\n") <= _MAX_LINES


def join(base: bytes, ours: bytes, theirs: bytes) -> Joined:
    """Merge the changes from `base` to `theirs` into `ours`, with the line endings of `ours`."""
    ends, pairs = ours.count(b"\n"), ours.count(b"\r\n")
    mine = ours
    if ends and pairs in (0, ends):  # all line endings of `ours` are of one kind
        base, mine, theirs = (text.replace(b"\r\n", b"\n") for text in (base, ours, theirs))
    base, theirs, left_out = machine.settle(base, mine, theirs)
    if theirs in (base, mine):
        return Joined(ours, left_out=left_out)
    joined = Joined(theirs) if mine == base else _three_way(base, mine, theirs)
    data = joined.data.replace(b"\n", b"\r\n") if 0 < pairs == ends else joined.data
    return joined._replace(data=data, left_out=left_out)


class _Edit(NamedTuple):
    """Lines of the base, from 0, that one side (0: the owner) has replaced; they have become `growth` lines more."""

    start: int
    end: int
    side: int
    growth: int


def _three_way(base: bytes, ours: bytes, theirs: bytes) -> Joined:
    """Merge two sides; changes without an unchanged line between them are in conflict if they differ."""
    old, sides = lines(base), (lines(ours), lines(theirs))
    result: list[bytes] = []
    spots: list[slice] = []
    answered: list[str] = []
    at, shift = 0, [0, 0]  # the lines of the base that are merged, and how much further down they are on each side
    for edits in _touching(sorted([*_edits(base, ours, 0), *_edits(base, theirs, 1)])):
        start, end = edits[0].start, max(edit.end for edit in edits)
        starts = [start + shift[0], start + shift[1]]
        for edit in edits:
            shift[edit.side] += edit.growth
        mine, new = (side[first : end + down] for side, first, down in zip(sides, starts, shift, strict=True))
        result += old[at:start]
        was = old[start:end]
        if new in (was, mine) or mine == was:  # only one of the two has changed it
            result += new if mine == was else mine
        elif questions := _answered(was, mine, new):
            answered += questions
            result += mine
        else:
            spots.append(slice(starts[0], end + shift[0]))
            result += [b"<<<<<<< yours\n", *_ended(mine), b"=======\n", *_ended(new), b">>>>>>> template\n"]
        at = end
    return Joined(b"".join([*result, *old[at:]]), tuple(spots), answered=tuple(answered))


def _answered(old: list[bytes], mine: list[bytes], new: list[bytes]) -> list[str]:
    """The questions in `old` that the template words differently, if the owner has answered all in `old`."""
    asked = [[_QUESTION.search(line) for line in side if line.strip()] for side in (old, new)]
    if not all(side and all(side) for side in asked) or any(_QUESTION.search(line) for line in mine):
        return []
    before, after = ({found[1].decode(): found.string for found in side if found} for side in asked)
    return [name for name in before if before[name] != after.get(name)] if after.keys() <= before.keys() else []


def _edits(base: bytes, side: bytes, number: int) -> Iterator[_Edit]:
    patch = pygit2.Patch.create_from(base, side, flag=pygit2.enums.DiffOption.FORCE_TEXT, context_lines=0)
    for hunk in patch.hunks:
        start = hunk.old_start - (1 if hunk.old_lines else 0)  # of an insertion, it is the line before
        yield _Edit(start, start + hunk.old_lines, number, hunk.new_lines - hunk.old_lines)


def _ended(text: list[bytes]) -> list[bytes]:
    """The lines of `text`, of which the last may lack its line ending, each with one."""
    return [line if line.endswith(b"\n") else line + b"\n" for line in text]


def _touching(edits: Iterable[_Edit]) -> Iterator[list[_Edit]]:
    """Groups of sorted `edits` that have no unchanged line of the base between them."""
    group: list[_Edit] = []
    end = 0
    for edit in edits:
        if group and edit.start > end:
            yield group
            group = []
        group.append(edit)
        end = max(end, edit.end)
    if group:
        yield group


def sections(path: str, text: bytes, spots: Iterable[slice]) -> tuple[str, ...]:
    """Names of `spots` in the `text` at `path`: their lines and, in Markdown, the heading above them."""
    content = lines(text)
    headings = list(_headings(content)) if path.lower().endswith((".md", ".markdown")) else []
    named = []
    for spot in spots:
        first, last = min(spot.start + 1, max(len(content), 1)), spot.stop
        where = f"lines {first}-{last}" if last > first else f"line {first}"
        above = bisect_right(headings, first - 1, key=lambda heading: heading[0])
        named.append(f"{shown(headings[above - 1][1])}, {where}" if above else where)
    more = [f"{len(named) - _MAX_SECTIONS} more"] if len(named) > _MAX_SECTIONS else []
    return (*named[:_MAX_SECTIONS], *more)


def _headings(content: list[bytes]) -> Iterator[tuple[int, str]]:
    """The number and the text of each heading outside code and front matter."""
    fence = b"---" if content and content[0].strip() == b"---" else b""
    for number, line in enumerate(content):
        mark = line.strip()[:3]
        if number and (mark == fence or (not fence and mark in (b"```", b"~~~"))):
            fence = b"" if fence else mark
        elif not fence and _HEADING.match(line):
            yield number, line.decode("utf-8", "replace").strip()
