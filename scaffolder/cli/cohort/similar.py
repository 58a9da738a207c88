"""`scaffolder cohort review --similar`: sections that two students share nearly word for word, side by side."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, replace
from functools import partial
from itertools import zip_longest

from scaffolder.cli.cohort import collected
from scaffolder.cli.cohort.collected import Where
from scaffolder.cli.printing import Result
from scaffolder.cohort import reviewing
from scaffolder.cohort.course import home
from scaffolder.cohort.ledger import Ledger
from scaffolder.cohort.report import similar
from scaffolder.cohort.report.similar import LEAST_SHARE, NOTE, Common, Similar
from scaffolder.cohort.standing import Pair
from scaffolder.errors import one_line

_COLUMN = 46  # characters of each of the two texts
_MOST_NAMES = 10


def show(book: Ledger, students: Collection[str], project: str, where: Where) -> Result:
    """The similar sections of the class, or those of these students."""
    result, problems = found(book, project, where)
    if students:
        collected.snapshots(book, where.folder, students)  # raises an error for a student who is not there
        result = replace(
            result,
            pairs=tuple(pair for pair in result.pairs if set(pair.students) & set(students)),
            common=tuple(each for each in result.common if set(each.students) & set(students)),
        )

    unread = [{"project": who, "problem": why} for who, why in problems]
    return Result(
        collected.document(where, note=NOTE, **asdict(result), problems=unread),
        _lines(result, students, len(problems)),
        collected.problem_lines(problems),
        code=3 if problems else 0,
    )


def found(book: Ledger, project: str, where: Where) -> tuple[Similar, list[tuple[str, str]]]:
    """The similar sections of a project, "" for all, and the projects that cannot be read, each with the reason."""
    snapshots = collected.snapshots(book, where.folder, project=project)
    collected.say_older(book, snapshots)
    jobs = reviewing.jobs(where.folder, book, snapshots)
    code = (where.folder / home.COURSE).is_file() and home.course_in(where.folder).mine
    read = list(collected.read(partial(similar.read, code=code), jobs, similar.unread, where, "Reading"))
    problems = [(each.name, each.problem) for each in read if each.problem]
    sections = (section for each in read for section in each.sections)
    return similar.similar(sections, Counter(name for _, name in snapshots)), problems


def _lines(found: Similar, students: Collection[str], unread: int) -> Iterator[str]:
    if found.pairs or found.common:
        yield from textwrap.wrap(NOTE, 2 * _COLUMN)
    else:
        of = "Of what was compared, no" if unread or found.short else "No"
        whom = f" with {_names(students)}" if students else ""
        who = "student shares" if students else "two students share"
        yield one_line(f"{of} {who} {LEAST_SHARE:.0%} or more of a section{whom}.")
    for pair in found.pairs:
        yield ""
        yield from _side_by_side(pair)
    for each in found.common:
        yield ""
        yield from _source(each)
    if found.left_out:
        yield from ("", f"and {found.left_out:,} pairs that share less")
    if found.short or unread:
        yield from ("", f"Not compared: {_not_compared(found.short, unread)}.")


def _not_compared(short: int, unread: int) -> str:
    """'2 sections of fewer than twelve words, 1 project that cannot be read'."""
    sections = f"{short:,} section{'s' if short > 1 else ''} of fewer than twelve words of their own" if short else ""
    projects = f"{unread:,} project{'s' if unread > 1 else ''} that cannot be read" if unread else ""
    return ", ".join(filter(None, (sections, projects)))


def _side_by_side(pair: Pair) -> Iterator[str]:
    one, other = pair.students
    yield one_line(f"{pair.project}, {pair.item}: {one} and {other} share {pair.share:.0%} of the shorter text")
    yield f"  {one[:_COLUMN]:<{_COLUMN}} | {other[:_COLUMN]}"
    columns = (_wrapped(text, _COLUMN) for text in pair.texts)
    for left, right in zip_longest(*columns, fillvalue=""):
        yield f"  {left:<{_COLUMN}} | {right}".rstrip()


def _source(common: Common) -> Iterator[str]:
    where = f"{common.project}, {common.item}"
    yield one_line(f"{where}: a common source of {len(common.students)} students ({_names(common.students)})")
    yield from (f"  {line}" for line in _wrapped(common.text, 2 * _COLUMN))


def _wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of a text, which code keeps, each broken to a width."""
    for line in text.splitlines():
        yield from textwrap.wrap(one_line(line), width) or [""]


def _names(students: Collection[str]) -> str:
    """The first of the ids, and how many more there are."""
    more = len(students) - _MOST_NAMES
    return ", ".join(list(students)[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
