"""The code that `cohort push`, `update` and `check` share: choosing projects, and reporting how they ended."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from scaffolder.cli.cohort.common import IN_THE_LEDGER, what_failed
from scaffolder.cli.printing import Result
from scaffolder.cohort import ledger
from scaffolder.cohort.course import home
from scaffolder.cohort.course.assignments import Assignment, Choice
from scaffolder.cohort.course.home import Cohort
from scaffolder.cohort.ledger import Entry, Ledger
from scaffolder.cohort.remote import fetching, remotes
from scaffolder.cohort.work import steps
from scaffolder.cohort.work.executor import check
from scaffolder.cohort.work.steps import Outcome
from scaffolder.errors import ScaffolderError
from scaffolder.project import store

_WORDS = {
    "done": "done",
    "unchanged": "unchanged",
    "branch": "waiting on a branch",
    "conflict": "in conflict",
    "failed": "failed",
}


class Opened(NamedTuple):
    """An open cohort and its ledger, the projects that were chosen, and the pattern of the remotes."""

    cohort: Cohort
    book: Ledger
    wanted: Sequence[Assignment]
    where: str


@contextmanager
def opened(
    folder: Path,
    choice: Choice,
    executor: str,
    *,
    to: str | None = None,
    with_templates: bool = False,
) -> Iterator[Opened]:
    """The cohort in `folder`, locked against other commands; `to` is the pattern of a push."""
    check(executor)
    folder = Path(os.path.abspath(folder))  # workers may be in another one
    with (
        ledger.opened(folder) as book,
        home.opened(folder, with_templates=with_templates) as cohort,
    ):
        where = remotes.settled(book, cohort.course, to or "", needed=to is not None)
        yield Opened(cohort, book, steps.chosen(choice, cohort, book), where)


def report(folder: Path, outcomes: Sequence[Outcome], title: str, advice: str, **more: Any) -> Result:
    """The result of a step; `advice` is a sentence on those that failed, `more` is for programs."""
    entries = sorted((outcome.last for outcome in outcomes), key=lambda entry: entry.key)
    states = Counter(str(entry.state) for entry in entries)
    projects = [
        {"student": e.student, "project": e.project, "state": e.state, "detail": e.detail, "commit": e.commit}
        for e in entries
    ]
    counts = [f"{states[state]:,} {words}" for state, words in _WORDS.items() if states[state]]
    failed = [entry for entry in entries if entry.state in ("failed", "conflict")]
    return Result(
        {"schema": 1, "cohort": str(folder), "states": states, "projects": projects, **more},
        [f"{title}: {', '.join(counts) or 'nothing to do'}."],
        [*what_failed(failed, _addresses(folder, failed)), f"scaffolder: {advice}"] if failed else [],
        IN_THE_LEDGER,
        max((outcome.code for outcome in outcomes), default=0) if failed else 0,
    )


def _addresses(folder: Path, failed: Sequence[Entry]) -> dict[tuple[str, str], str]:
    """The addresses of the remotes of `failed` projects, for a person to read: the ledger does not keep them."""
    said: dict[tuple[str, str], str] = {}
    folder = Path(os.path.abspath(folder))
    with suppress(ScaffolderError), ledger.opened(folder) as book, home.opened(folder) as cohort:
        known = remotes.of(remotes.settled(book, cohort.course), cohort.assignments)
        for key in (entry.key for entry in failed if entry.key in known):
            before = ""
            with suppress(ScaffolderError), store.failures("The repository cannot be read"):
                before = fetching.pushed_to(store.opened(cohort.repository(*key)))
            said[key] = ", now ".join(dict.fromkeys(filter(None, (before, known[key].url))))
    return said
