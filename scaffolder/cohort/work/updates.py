"""`cohort update`: brings later versions of the templates into the repositories of a class, one job for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from threading import Lock

from scaffolder.cohort import ledger
from scaffolder.cohort.course import home
from scaffolder.cohort.course.assignments import Assignment
from scaffolder.cohort.course.home import Cohort
from scaffolder.cohort.ledger import Ledger
from scaffolder.cohort.remote import remotes
from scaffolder.cohort.work import rendering, steps
from scaffolder.cohort.work.steps import Outcome, Work
from scaffolder.cohort.work.update import STEP, Job, RunSettings, updated
from scaffolder.project.update import UpdateError
from scaffolder.template.questions import Answer

_BEGAN = "update began"  # the key in the ledger for when an update began that has not ended yet
_LONGEST_REASON = 200  # characters


def run(
    cohort: Cohort,
    book: Ledger,
    wanted: Sequence[Assignment],
    where: str,
    work: Work,
    *,
    given: Mapping[str, Answer],
    dry_run: bool = False,
    reason: str = "",
) -> Iterator[list[Outcome]]:
    """Update the repositories of the assignments `wanted`; with `dry_run`, only say what would happen.

    The messages of the commits begin with the `reason`. Yields outcomes once the ledger has them. Raises `AnswerError`
    if no template asks for one of the answers `given`, `UpdateError` if the reason cannot be the line of a message.
    """
    reason = reason.strip()
    if len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise UpdateError(f"The message must be one line of at most {_LONGEST_REASON} characters.")
    home.refuse_unknown(given, cohort.templates)
    began = ledger.now() if dry_run else book.meta(_BEGAN, "") or ledger.now()
    if not dry_run:
        book.set_meta(_BEGAN, began)  # a run that is killed, and the next one, make the same commits
    when = int(datetime.fromisoformat(began).timestamp())
    with rendering.workspace(cohort.folder) as folder:
        jobs = list(_jobs(cohort, wanted, where))
        settings = RunSettings(folder, rendering.copied(cohort.templates, folder), given, when, dry_run, reason)
        yield from steps.run(partial(task, settings), jobs, STEP, None if dry_run else book, work)
    if not dry_run:
        book.set_meta(_BEGAN, "")


def _jobs(cohort: Cohort, wanted: Sequence[Assignment], where: str) -> Iterator[Job]:
    found = remotes.of(where, cohort.assignments)
    for each in wanted:
        key, place = each.key, str(cohort.repository(*each.key))
        yield Job(*key, place, found[key], dict(each.answers))


def task(settings: RunSettings, jobs: Sequence[Job]) -> list[Outcome]:
    """Update some repositories, in a worker."""
    rendering.refuse_unseen(settings.work)
    render_lock = Lock()  # a template's own process serves one caller at a time
    with rendering.opened(settings.templates) as templates:
        return steps.done(
            lambda job: updated(settings, templates[job.project], job, render_lock),
            jobs,
            STEP,
            waiting=any(job.remote.url for job in jobs),
        )
