"""`scaffolder cohort feedback`: a Markdown file for each student."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from scaffolder.cli.cohort import collected
from scaffolder.cli.cohort.common import Folder, Students
from scaffolder.cli.printing import Result
from scaffolder.cohort import ledger
from scaffolder.cohort.course import home
from scaffolder.cohort.report import feedback as files
from scaffolder.cohort.report.feedback import Kept
from scaffolder.errors import shown
from scaffolder.pages import feedback as markdown
from scaffolder.results.report import ProjectFeedback

_OUTDATED = "main was rewritten after an update was offered: 'scaffolder cohort update' offers it once more"


def feedback(
    folder: Folder = Path(),
    students: Students = None,
) -> Result:
    """Write a Markdown file with feedback for each student.

    It says what you judged, what waits to be merged, and what to do next, as the projects stood when they were last
    checked; after a check with --at, at that time. What you add to a file, above or below the part that this command
    wrote, stays.
    """
    with ledger.opened(folder) as book:
        snapshots = collected.snapshots(book, folder, students or ())
        collected.say_older(book, snapshots)
        dues = collected.dues(folder)
        projects = files.of_projects(folder, book, snapshots, dues)
    order = {key: number for number, key in enumerate(dues)}
    of_student: dict[str, list[ProjectFeedback]] = defaultdict(list)
    for key in sorted(projects, key=lambda key: (key[0], order.get(key, len(order)))):
        of_student[key[0]].append(projects[key])
    kept = [files.keep(folder, student, markdown.page(student, theirs)) for student, theirs in of_student.items()]
    problems = [("/".join(key), each.problem) for key, each in projects.items() if each.problem]
    outdated = ["/".join(key) for key, each in projects.items() if each.outdated]
    refused = [(each.student, each.detail) for each in kept if each.state is ledger.State.FAILED]
    written = [{"student": each.student, "file": str(each.path), "state": each.state} for each in kept]
    reasons = [{"who": who, "problem": why} for who, why in (*problems, *refused)]
    again = [f"  {who}: {_OUTDATED}" for who in sorted(outdated)]
    return Result(
        collected.document(folder, files=sorted(written, key=lambda each: each["student"]), problems=reasons),
        [f"Files in {folder / home.FEEDBACK}: {_counts(kept)}."],
        [*again, *collected.problem_lines([*problems, *sorted(refused)])],
        f"The files are in {shown(folder / home.FEEDBACK, 200)}",
        3 if problems else 1 if refused else 0,
    )


def _counts(kept: Sequence[Kept]) -> str:
    states = Counter(str(each.state) for each in kept)
    return f"{states['done']} written, {states['unchanged']} unchanged, {states['failed']} left as they are"
