"""`scaffolder cohort check`: collects and checks what students have pushed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffolder.cli import options
from scaffolder.cli.cohort_common import IN_THE_LEDGER, Executor, Folder, ProjectName, Students, Workers, finished
from scaffolder.cli.cohort_steps import Failed, Limit, opened, report
from scaffolder.cli.streams import after
from scaffolder.errors import one_line

if TYPE_CHECKING:
    from scaffolder.cohort.standing import Standing
    from scaffolder.cohort.steps import Outcome

At = Annotated[
    str,
    typer.Option(
        metavar="TIME",
        help="Collect nothing; check what had last been collected by TIME, e.g. 2026-12-01T00:00Z. "
        "With 'due', check the collection that counts for each due date.",
        show_default=False,
    ),
]
_REASONS = {
    "rewritten": "with rewritten history: main has lost earlier commits, which are kept here",
    "no_readme": "without a README",
    "elsewhere": "with work on another branch than main, and only main is checked",
    "not_moved": "not moved: there is only what was handed out",
    "after_due": "after due: the first work came after the collection that counts",
    "slipped_back": "slipped back: items that were done or written before are open now",
    "reopened": "with items that are open again since your update",
    "to_judge": "with texts to judge",
}
Again = Annotated[bool, typer.Option("--again", help="Check again commits that were already checked.")]


def check(
    folder: Folder = Path(),
    at: At = "",
    again: Again = False,
    students: Students = None,
    project: ProjectName = "",
    limit: Limit = None,
    failed: Failed = False,
    executor: Executor = "",
    workers: Workers = None,
    as_json: options.AsJson = False,
) -> None:
    """Collect and check what students have pushed.

    Each project is checked as by 'scaffolder check', and nothing in it is run. The time of a collection says when work
    was handed in, because dates of commits can be forged: run this soon after each due date. The first collection after
    it counts. Collected work stays, even if a student rewrites it.
    """
    from scaffolder.cohort import collect, ledger, summary
    from scaffolder.cohort.model import Choice
    from scaffolder.cohort.steps import Work

    when = collect.moment(at) if at else ""
    choice = Choice(tuple(students or ()), project, failed, limit)
    with opened(folder, choice, collect.STEPS, executor, as_json=as_json) as found:
        wanted = collect.due(found.wanted) if when == collect.DUE else found.wanted
        run = collect.check(
            found.cohort, found.book, wanted, found.where, Work(executor, workers), at=when, again=again
        )
        outcomes = finished(run, len(wanted), "Checking", as_json=as_json)
        standing = summary.of(found.book, wanted, title=folder.name, at=ledger.now())
    look = dict(_look(standing, outcomes))
    advice = "Not all could be checked: --failed tries those again."
    with after(IN_THE_LEDGER):
        try:
            report(folder, outcomes, "Checked", advice, as_json=as_json, look=look)
        finally:
            if not as_json and outcomes:
                for reason, count in look.items():
                    print(f"  {count:,} {_REASONS[reason]}")
                print(one_line(f"Next: scaffolder cohort report {shlex.quote(str(folder))}"))


def _look(standing: Standing, outcomes: Sequence[Outcome]) -> Iterator[tuple[str, int]]:
    """The reasons for a teacher to look at projects, each with their number; the page names the projects."""
    from scaffolder.cohort.deliveries import REWRITTEN
    from scaffolder.cohort.standing import Delivery

    works = standing.works
    found = {
        "rewritten": sum(any(e.detail.startswith(REWRITTEN) for e in each.entries) for each in outcomes),
        "no_readme": sum(not work.readme for work in works),
        "elsewhere": sum(bool(work.elsewhere) for work in works),
        "not_moved": sum(work.delivery is Delivery.NOT_MOVED for work in works),
        "after_due": sum(work.delivery is Delivery.AFTER for work in works),
        "slipped_back": sum(bool(work.lost) and not work.updated for work in works),
        "reopened": sum(bool(work.lost) and work.updated for work in works),
        "to_judge": sum(bool(work.waiting or work.stale) for work in works),
    }
    return ((reason, count) for reason, count in found.items() if count)
