"""`scaffolder cohort check`: collects and checks what students have pushed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from scaffolder.cli.cohort.common import Folder, Machines, Selection, finished
from scaffolder.cli.cohort.steps import opened, report
from scaffolder.cli.printing import Result
from scaffolder.cohort import ledger
from scaffolder.cohort.ledger import Key
from scaffolder.cohort.report import summary
from scaffolder.cohort.work import collect
from scaffolder.cohort.work.steps import Outcome, Work
from scaffolder.errors import listed
from scaffolder.results.class_standing import Delivery, Standing

At = Annotated[
    str,
    typer.Option(
        metavar="TIME",
        help="Collect nothing; check what had last been collected by TIME, e.g. 2026-12-01T00:00Z. "
        "With 'due', check the collection that counts for each due date.",
        show_default=False,
    ),
]
_MOST_NAMED = 5  # students in a line
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
    *,
    selection: Selection,
    machines: Machines,
) -> Result:
    """Collect and check what students have pushed.

    Each project is checked as by 'scaffolder check', and nothing in it is run. The time of a collection says when work
    was handed in, because dates of commits can be forged: run this soon after each due date. The first collection after
    it counts. Collected work stays, even if a student rewrites it.
    """
    when = collect.moment(at) if at else ""
    with opened(folder, selection.choice, machines.executor) as found:
        wanted = collect.due(found.wanted) if when == collect.DUE else found.wanted
        work = Work(machines.executor, machines.workers)
        run = collect.check(found.cohort, found.book, wanted, found.where, work, at=when, again=again)
        outcomes = finished(run, len(wanted), "Checking")
        standing = summary.of(found.book, wanted, title=folder.name, at=ledger.now())
    look = dict(_look(standing, outcomes))
    advice = "Not all could be checked: the same command tries those again."
    result = report(folder, outcomes, "Checked", advice, look={reason: len(keys) for reason, keys in look.items()})
    if not outcomes:
        return result
    many = len(standing.projects) > 1
    lines = [f"  {len(keys):,} {_REASONS[reason]}: {_named(keys, many)}" for reason, keys in look.items()]
    return replace(result, lines=[*result.lines, *lines, f"Next: scaffolder cohort report {shlex.quote(str(folder))}"])


def _named(keys: Sequence[Key], with_projects: bool) -> str:
    """The first students or projects, and how many more there are."""
    return listed(["/".join(key) if with_projects else key[0] for key in keys], _MOST_NAMED)


def _look(standing: Standing, outcomes: Sequence[Outcome]) -> Iterator[tuple[str, list[Key]]]:
    """The reasons for a teacher to look at projects, each with these projects."""
    works = standing.works
    found = {
        "no_readme": [work for work in works if not work.readme],
        "elsewhere": [work for work in works if work.elsewhere],
        "not_moved": [work for work in works if work.delivery is Delivery.NOT_MOVED],
        "after_due": [work for work in works if work.delivery is Delivery.AFTER],
        "slipped_back": [work for work in works if work.lost and not work.updated],
        "reopened": [work for work in works if work.lost and work.updated],
        "to_judge": [work for work in works if work.waiting or work.stale],
    }
    if rewritten := sorted(each.last.key for each in outcomes if any(entry.facts.rewritten for entry in each.entries)):
        yield "rewritten", rewritten
    for reason, those in found.items():
        if those:
            yield reason, [(work.student, work.project) for work in those]
