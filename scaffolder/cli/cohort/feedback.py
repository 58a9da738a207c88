"""`scaffolder cohort feedback`: a Markdown file for each student."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from scaffolder.cli.cohort import collected
from scaffolder.cli.cohort.collected import Where
from scaffolder.cli.cohort.common import Folder, Machines, Students
from scaffolder.cli.printing import Result
from scaffolder.cohort import ledger
from scaffolder.cohort.course import home
from scaffolder.cohort.ledger import Ledger
from scaffolder.cohort.report import feedback as files
from scaffolder.cohort.report import reviewing
from scaffolder.cohort.report.feedback import Kept, ProjectJob
from scaffolder.errors import shown
from scaffolder.pages import feedback as markdown

_OUTDATED = "main was rewritten after an update was offered: 'scaffolder cohort update' offers it once more"


class StudentJob(NamedTuple):
    """All projects of a student, in the order of the course."""

    student: str
    projects: tuple[ProjectJob, ...]


@dataclass(frozen=True)
class Page:
    """The feedback for a student, "" if there is none, and the projects that could not be read, with the reasons.

    `outdated` are the projects with an update that does not fit any more.
    """

    student: str
    text: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    outdated: tuple[str, ...] = ()


def feedback(
    folder: Folder = Path(),
    students: Students = None,
    *,
    machines: Machines,
) -> Result:
    """Write a Markdown file with feedback for each student.

    It says what you judged, what waits to be merged, and what to do next, as the projects stood when they were last
    checked; after a check with --at, at that time. What you add to a file, above or below the part that this command
    wrote, stays.
    """
    where = Where(folder, machines)
    with ledger.opened(folder) as book:
        jobs = _jobs(book, students or (), folder)
        problems: list[tuple[str, str]] = []
        outdated: list[str] = []
        kept = []
        for page in collected.read(pages, jobs, _failed, where, "Writing feedback"):
            problems += page.problems
            outdated += page.outdated
            if page.text:
                kept.append(files.keep(folder, page.student, page.text))
    refused = [(each.student, each.detail) for each in kept if each.state is ledger.State.FAILED]
    written = [{"student": each.student, "file": str(each.path), "state": each.state} for each in kept]
    reasons = [{"who": who, "problem": why} for who, why in (*problems, *refused)]
    again = [f"  {who}: {_OUTDATED}" for who in sorted(outdated)]
    return Result(
        collected.document(where.folder, files=sorted(written, key=lambda each: each["student"]), problems=reasons),
        [f"Files in {folder / home.FEEDBACK}: {_counts(kept)}."],
        [*again, *collected.problem_lines([*problems, *sorted(refused)])],
        f"The files are in {shown(folder / home.FEEDBACK, 200)}",
        3 if problems else 1 if refused else 0,
    )


def _counts(kept: Sequence[Kept]) -> str:
    states = Counter(str(each.state) for each in kept)
    return f"{states['done']} written, {states['unchanged']} unchanged, {states['failed']} left as they are"


def _jobs(book: Ledger, students: Sequence[str], folder: Path) -> list[StudentJob]:
    dues = collected.dues(folder)
    order = {key: number for number, key in enumerate(dues)}
    snapshots = collected.snapshots(book, folder, students)
    collected.say_older(book, snapshots)
    jobs = dict(zip(snapshots, reviewing.jobs(folder, book, snapshots), strict=True))
    of_student: dict[str, list[ProjectJob]] = defaultdict(list)
    projects = files.project_jobs(book, jobs, dues)
    for key in sorted(projects, key=lambda key: (key[0], order.get(key, len(order)))):
        of_student[key[0]].append(projects[key])
    return [StudentJob(student, tuple(projects)) for student, projects in of_student.items()]


def pages(jobs: Sequence[StudentJob]) -> list[Page]:
    """Make the feedback for some students, as a task for `executor.run`."""
    return [_page(job) for job in jobs]


def _page(job: StudentJob) -> Page:
    projects = [files.assess(project) for project in job.projects]
    problems = [(f"{job.student}/{each.name}", each.problem) for each in projects if each.problem]
    outdated = [f"{job.student}/{each.name}" for each in projects if each.outdated]
    return Page(job.student, markdown.page(job.student, projects), tuple(problems), tuple(outdated))


def _failed(job: StudentJob, error: Exception) -> Page:
    return Page(job.student, problems=((job.student, str(error)),))
