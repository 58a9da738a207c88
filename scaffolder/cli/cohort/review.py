"""`scaffolder cohort review` and `scaffolder cohort feedback`: a teacher judges the texts of a class, and answers.

Exit codes: 0 done, also if nothing was judged; 1 a file of feedback that somebody has changed was left as it is; 2
wrong usage, or reviews that cannot be used; 3 collected work cannot be read, or the disk refuses; 130 Ctrl-C. Every
judgement is in the ledger before the next question is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from scaffolder.check.reviews import MOST_CHARACTERS
from scaffolder.cli import interview
from scaffolder.cli.cohort import collected
from scaffolder.cli.cohort.common import IN_THE_LEDGER, Folder, ProjectName, Students
from scaffolder.cli.cohort.feedback import feedback
from scaffolder.cli.judging import NO_TERMINAL, Conversation, from_git, total
from scaffolder.cli.printing import Result, conversation
from scaffolder.cli.progress import tracked
from scaffolder.cli.review import Items, Source
from scaffolder.cli.streams import read_text
from scaffolder.cohort import ledger
from scaffolder.cohort.course import home
from scaffolder.cohort.ledger import Judged, Ledger
from scaffolder.cohort.report import reviewing
from scaffolder.cohort.report.reviewing import CohortReviews, Waiting
from scaffolder.errors import one_line
from scaffolder.results.finding import TO_JUDGE

__all__ = ["feedback", "review"]


_STORE = "the ledger"


class By(StrEnum):
    """The order in which texts are shown."""

    ITEM = "item"
    STUDENT = "student"


Order = Annotated[By, typer.Option("--by", help="Item by item across the class, or student by student.")]
ReviewerOption = Annotated[
    str,
    typer.Option("--reviewer", metavar="NAME", help="Who judges [default: as Git knows you].", show_default=False),
]
Again = Annotated[bool, typer.Option("--again", help="Also show texts that were judged and have not changed.")]
JustList = Annotated[bool, typer.Option("--list", help="Show what waits for you, and ask nothing.")]


def review(
    folder: Folder = Path(),
    students: Students = None,
    project: ProjectName = "",
    items: Items = None,
    by: Order = By.ITEM,
    again: Again = False,
    reviewer: ReviewerOption = "",
    source: Source = None,
    just_list: JustList = False,
) -> Result:
    """Judge what the students of a cohort wrote.

    You see the texts that are new or have changed since you last judged them, as they were last checked; after a check
    with --at, as they were at that time. With --item, unfinished texts come last, and can be judged with 0. Judgements
    are kept in the cohort's ledger; reviews in a student's repository do not count here.
    """
    if source and (just_list or items or again):
        raise typer.BadParameter("say either --list or --from; --from says itself what is judged.")
    if not (source or just_list):
        interview.require_terminal(NO_TERMINAL)
    given = read_text(source, 4 * MOST_CHARACTERS) if source else ""
    with ledger.opened(folder) as book:
        desk = _desk(book, students or (), project, given, folder)
        problems = _problems(desk)
        if source:
            result = _recorded(book, desk, given, reviewer, folder)
        elif just_list:
            result = _listed(desk, desk.waiting(items or (), by.value, again=again), by, folder)
        else:
            recorded = _walk(book, folder, desk, reviewer, desk.waiting(items or (), by.value, again=again))
            result = Result(collected.document(folder, recorded=[_judged_json(each) for each in recorded]))
    return replace(result, notes=collected.problem_lines(problems), code=3 if problems else 0)


def _walk(book: Ledger, folder: Path, desk: CohortReviews, reviewer: str, texts: Sequence[Waiting]) -> list[Judged]:
    """Ask for each text, until the teacher stops; returns the judgements that were kept."""
    recorded: list[Judged] = []

    def keep(waiting: Waiting, who: str, score: int, comment: str) -> None:
        judged = desk.judged(waiting.place, who, score, comment)
        book.judge(judged)
        recorded.append(judged)

    talk = Conversation(conversation())
    if not texts:
        talk.say("There is nothing to review: nothing new was collected that is written.")
        return recorded
    with talk.sitting(partial(total, _STORE, recorded)):
        who = talk.reviewer(reviewer, reviewing.reviewer)
        for number, waiting in enumerate(texts, 1):
            student, project, item = waiting.place
            repository = home.repository(folder, student, project)
            where = f"{number} of {len(texts)}, {item}, {student}, {project}"
            talk.show(waiting.text, where, desk.template(waiting, repository))
            if waiting.state not in TO_JUDGE:
                talk.say(f"\nIts state is {waiting.state}: only 0 can be given, and Enter skips it.")
            changes = desk.changes(waiting, repository)
            if changes:
                talk.say("\nWhat has changed since:")
            for line in changes:
                talk.say(f"  {one_line(line)}")
            talk.judge(_STORE, partial(keep, waiting, who))
    return recorded


def _desk(book: Ledger, students: Sequence[str], project: str, given: str, folder: Path) -> CohortReviews:
    """The texts of the chosen students; for a file of reviews, only of the students that it names."""
    snapshots = collected.snapshots(book, folder, students, project)
    if given:
        named = reviewing.students_of(given)
        snapshots = {key: each for key, each in snapshots.items() if key[0] in named}
    collected.say_older(book, snapshots)
    read = ([texts] for texts in reviewing.read(folder, book, snapshots))
    return CohortReviews(book, chain.from_iterable(tracked(read, len(snapshots), "Reading")))


def _recorded(book: Ledger, desk: CohortReviews, given: str, reviewer: str, folder: Path) -> Result:
    """Keep the reviews of a file."""
    judged = desk.given(given, reviewer or from_git())
    book.judge(*judged)
    return Result(
        collected.document(folder, recorded=[_judged_json(each) for each in judged]),
        [f"{each.student}, {each.project}, {each.item}: {each.score} of 3 by {each.reviewer}" for each in judged],
        done=IN_THE_LEDGER,
    )


def _listed(desk: CohortReviews, waiting: Sequence[Waiting], by: By, folder: Path) -> Result:
    problems = [{"project": who, "problem": why} for who, why in _problems(desk)]
    lines = [] if waiting else ["There is nothing to review."]
    for head, group in groupby(
        waiting, key=lambda text: text.snapshot.student if by is By.STUDENT else text.text.title
    ):
        texts = list(group)
        lines.append(f"{head} {len(texts)} {'text' if len(texts) == 1 else 'texts'}")
        lines += [f"  {'  '.join(text.place)}  {text.text.place}  {_news(text)}" for text in texts]
    return Result(collected.document(folder, waiting=[_as_json(text) for text in waiting], problems=problems), lines)


def _news(waiting: Waiting) -> str:
    if waiting.earlier is None:
        return "new" if waiting.state == "written" else waiting.state
    kind = "judged" if waiting.earlier.text == waiting.text.sha256 else "changed since it was judged"
    return f"{kind}: {waiting.earlier.score} of 3 on {waiting.earlier.at[:10]}"


def _as_json(waiting: Waiting) -> dict[str, Any]:
    snapshot, earlier = waiting.snapshot, waiting.earlier
    text = waiting.text.to_json()
    del text["reviews"]
    return {
        "student": snapshot.student,
        "project": snapshot.project,
        "commit": snapshot.commit,
        "collected": snapshot.at,
        **text,
        "state": waiting.state,
        "earlier": earlier and _judged_json(earlier) | {"at": earlier.at},
    }


def _judged_json(judged: Judged) -> dict[str, Any]:
    fields = asdict(judged)
    del fields["at"]
    return fields


def _problems(desk: CohortReviews) -> list[tuple[str, str]]:
    return [("/".join(key), each.problem) for key, each in desk.handed_in.items() if each.problem]
