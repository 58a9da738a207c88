"""The code that the commands on a cohort's collected snapshots share."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from scaffolder.cohort.course import home
from scaffolder.cohort.ledger import Collected, Key, Ledger
from scaffolder.cohort.work.collect import CHECK, as_of
from scaffolder.errors import TargetError, first_lines, one_line, shown, suggestion

_MOST_PROBLEMS = 20  # lines


def snapshots(book: Ledger, folder: Path, students: Iterable[str] = (), project: str = "") -> dict[Key, Collected]:
    """The last snapshot of each project of these students, or of all on the roster, in the order of their ids.

    If a project's last check was made with `--at`, it is the last snapshot by that time. If the `folder` has no course,
    there is no roster, and all count.
    """
    enrolled = dues(folder)
    found = {key: each for key, each in _as_checked(book).items() if key in enrolled or not enrolled}
    if not found:
        raise TargetError("Nothing was collected yet: 'scaffolder cohort check' does that.")
    known = dict.fromkeys(student for student, _ in found)
    for student in students:
        if student not in known:
            near = suggestion(student, known) if len(known) < 50 else "see roster.csv."
            raise TargetError(f"Nothing was collected of a student {shown(student)}: {near}")
    projects = dict.fromkeys(name for _, name in found)
    if project and project not in projects:
        raise TargetError(f"Nothing was collected of a project {shown(project)}: {suggestion(project, projects)}")
    wanted = set(students) or set(known)
    return {key: each for key, each in found.items() if key[0] in wanted and project in ("", key[1])}


def dues(folder: Path) -> dict[Key, str]:
    """The due date of each student's project, in the order of the course; empty if the folder has no course."""
    if not (folder / home.COURSE).exists():
        return {}
    with home.opened(folder) as cohort:
        return {each.key: each.due for each in cohort.assignments}


def _as_checked(book: Ledger) -> dict[Key, Collected]:
    checks, known = book.latest(CHECK), cache(book.snapshots)
    last = sorted(book.snapshots().items())
    return {key: known(as_of(checks.get(key))).get(key) or snapshot for key, snapshot in last}


def say_older(book: Ledger, read: Mapping[Key, Collected]) -> None:
    """Say on standard error how many of the snapshots in `read` are not the last ones, and as of which time."""
    last, checks = book.snapshots(), book.latest(CHECK)
    older = [as_of(checks.get(key)) for key, each in read.items() if each != last[key]]
    for when, number in sorted(Counter(older).items()):
        who = "1 project is" if number == 1 else f"{number:,} projects are"
        time = when.replace("T", " ").removesuffix("Z")
        said = f"{who} read as of {time} UTC, the time of the last check with --at. What came later is left out."
        print(one_line(said), file=sys.stderr)


def problem_lines(problems: Sequence[tuple[str, str]]) -> list[str]:
    """A line on each of the first problems: for whom, and why."""
    return [f"  {line}" for line in first_lines([f"{who}: {why}" for who, why in problems], _MOST_PROBLEMS)]


def document(folder: Path, **content: Any) -> dict[str, Any]:
    """The JSON document of a command on collected work."""
    return {"schema": 1, "cohort": str(folder), **content}
