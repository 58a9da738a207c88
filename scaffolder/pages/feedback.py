"""Feedback for one student as Markdown: the judgements, the texts that wait for one, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from scaffolder.pages.markdown import escaped
from scaffolder.pages.words import SCORES, progress
from scaffolder.results.finding import Finding, Reviewed, Standing
from scaffolder.results.project_feedback import ProjectFeedback
from scaffolder.results.report import Report

_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_PLACE = re.compile(r"(?:^|[\s'\"(])(?:[A-Za-z]:)?[/\\]|://")  # begins a path, or is in an address
_FENCE = re.compile(r"```(\w+)")
_MOST_NOTES = 5


def page(student: str, projects: Sequence[ProjectFeedback]) -> str:
    """All projects of a student, untouched ones last. Markup in a report or a comment is escaped."""
    ordered = sorted(projects, key=lambda each: each.untouched)
    return "\n".join([f"# Feedback for {escaped(student)}\n", *(line for each in ordered for line in _project(each))])


def _project(project: ProjectFeedback) -> Iterator[str]:
    yield f"## {escaped(project.name)}\n"
    due = f"Due on {_when(project.due)}. " if project.due else ""
    if project.untouched and not project.problem:
        yield f"{due}When it was last collected, `main` had only what was handed out, and no work of yours.\n"
        yield from _first(project)
        return
    yield f"{due}This is about the commit collected on {_when(project.collected)}: `{escaped(project.commit[:10])}`.\n"
    if project.report is None:
        yield f"It could not be read: {escaped(_readable(project.problem))}\n"
    else:
        yield f"{escaped(_standing(project.report))}\n"
    yield from _first(project)
    if project.report:
        yield from _judged(project, project.report)
        yield from _waiting(project.report, project.texts)
        yield from _todo(project.report)


def _readable(problem: str) -> str:
    """Why a project cannot be read, for its student: without the teacher's folders."""
    return "ask your teacher." if _PLACE.search(problem) else problem


def _when(moment: str) -> str:
    """'2026-11-26 08:00:00 UTC'."""
    return f"{escaped(moment.replace('T', ' ').removesuffix('Z'))} UTC"


def _standing(report: Report) -> str:
    """The level, and how many items are verified, written and judged; only current judgements count."""
    counts = report.counts
    judged = sum(map(_has_current, report.findings))
    good = sum(finding.reviewed for finding in report.findings)
    said = f"{judged} judged, {good} of them good or excellent" if judged else "none judged yet"
    verified = f"{counts.verified} of {counts.to_verify} verified by machine"
    return f"{progress(report)} {verified}; {counts.written} of {counts.to_write} written; {said}."


def _first(project: ProjectFeedback) -> Iterator[str]:
    """The things to do first: failures, notes, and an update that the student must merge."""
    notes = project.report.notes[:_MOST_NOTES] if project.report else ()
    waits = project.branches or project.conflict
    if not (notes or project.failed or project.rewritten or project.elsewhere or waits):
        return
    yield "### First\n"
    yield from (f"- {escaped(sentence)}" for sentence in project.failed)
    yield from (f"- Noticed: {escaped(note)}" for note in notes)
    if project.elsewhere:
        yield f"- {escaped(project.elsewhere)} Only `main` is read: merge your work into it, and push."
    if project.rewritten:
        when = _when(project.rewritten)
        yield f"- The branch `main` was rewritten: on {when}, it no longer had all earlier commits."
    if waits:
        yield from _update(project)
    yield ""


def _update(project: ProjectFeedback) -> Iterator[str]:
    """An update that waits, and the commands that bring it."""
    if project.outdated:
        yield "- A new version of the template was offered before you rewrote `main`, so Git cannot merge it any more:"
        yield "  ask your teacher to offer it once more."
        return
    merges = ["git fetch", *(f"git merge origin/{branch}" for branch in project.branches)]
    if not project.conflict:
        yield "- A new version of the template waits for you to merge it:\n"
        yield from _commands(*merges, "git push")
        return
    yield f"- A new version of the template and your work disagree: both have changed {escaped(project.conflict)}.\n"
    yield from _commands(*(merges if project.branches else ["scaffolder update --allow-conflicts"]))
    yield "  Git marks the places in these files. Write there what is right, and then:\n"
    yield from _commands("git commit --all --no-edit", "git push")


def _commands(*commands: str) -> Iterator[str]:
    """A block of code in a list; commands with characters that no branch of ours has are left out."""
    yield "  ```sh"
    yield from (f"  {command}" for command in commands if re.fullmatch(r"[A-Za-z0-9 /_-]{1,200}", command))
    yield "  ```\n"


def _ours(text: str) -> str:
    """A sentence of ours as Markdown, with its code marked up and all else escaped."""
    parts = _CODE.split(_FENCE.sub(r"`\1`", text))
    return "".join(f"`{part}`" if number % 2 else _spaced(part) for number, part in enumerate(parts))


def _spaced(part: str) -> str:
    """`part` escaped, with the spaces around it."""
    before, after = " " * part.startswith(" "), " " * part.endswith(" ")
    return f"{before}{escaped(part)}{after}" if part.strip() else part


def _judged(project: ProjectFeedback, report: Report) -> Iterator[str]:
    judged = [(finding, review) for finding in report.findings for review in finding.reviews]
    if judged:
        yield "### What was judged\n"
    for finding, review in judged:
        yield f"#### {_ours(finding.title)}\n"
        yield f"{_score(review)}\n"
        if review.comment:
            yield f"> {_quoted(review.comment)}\n"
        questions = project.questions.get(finding.item, ())
        if questions:
            yield "A good text answers:\n"
            yield from (f"{number}. {_ours(question)}" for number, question in enumerate(questions, 1))
            yield ""


def _score(review: Reviewed) -> str:
    """'**Good** (2 of 3), by Grace Hopper on 2026-11-26.', without an address."""
    who = review.reviewer.partition("<")[0].strip()
    by = f", by {escaped(who)}" if who else ""
    said = f"**{SCORES[review.score].capitalize()}** ({review.score} of 3){by} on {escaped(review.date)}."
    return said if review.standing is Standing.CURRENT else f"{said} The text has changed since."


def _quoted(comment: str) -> str:
    """The lines of a comment, in which addresses can still be copied."""
    lines = (escaped(line).replace(":\u200b//", "://") for line in comment.splitlines())
    return "<br>".join(lines)


def _waiting(report: Report, texts: Collection[str]) -> Iterator[str]:
    """The items among `texts`, those with a text to judge, that have no judgement."""
    waiting = [each for each in report.findings if each.item in texts and not _has_current(each)]
    if waiting:
        yield "### Written, and not judged yet\n"
        yield from (f"- {_ours(finding.title)}" for finding in waiting)
        yield ""


def _has_current(finding: Finding) -> bool:
    return any(review.standing is Standing.CURRENT for review in finding.reviews)


def _todo(report: Report) -> Iterator[str]:
    """The items that were judged missing or weak, then those that are open for the next level."""
    low = [finding for finding in report.findings if _has_current(finding) and not finding.reviewed]
    todo = [finding for finding in report.blockers if finding.remedy and finding not in low]
    if not low and not todo:
        return
    level = f", for {str(report.next_level).title()}" if todo else ""
    yield f"### To write or to verify next{level}\n"
    for finding in low:
        score = finding.reviews[-1].score
        yield f"- **{_ours(finding.title)}** (judged {SCORES[score]}, {score} of 3, as said above)"
        if finding.remedy:
            yield f"  <br>{_ours(finding.remedy)}"
    for finding in todo:
        found = [*map(str, finding.evidence), finding.reason]
        yield f"- **{_ours(finding.title)}** ({finding.state}: {escaped('; '.join(filter(None, found)))})<br>"
        yield f"  {_ours(finding.remedy)}"
    yield ""
