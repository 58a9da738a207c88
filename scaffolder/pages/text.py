"""Reports for a terminal or a log: 80 columns, and the same words with and without colour."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from scaffolder.errors import one_line
from scaffolder.pages.words import counted, heading, items, judged, progress, rungs
from scaffolder.results.finding import Finding, Standing, State
from scaffolder.results.report import Report

WIDTH = 80
NEXT_LINES = 40  # about as many as fit a terminal
_STATE_COLUMN = 13  # "  placeholder" and its margin
_NAME_COLUMN = WIDTH - _STATE_COLUMN - len("   ()")
_COLOURS = {
    State.DONE: 32,
    State.WRITTEN: 34,
    State.FOUND: 34,
    State.PLACEHOLDER: 33,
    State.FLAWED: 31,
    State.MISSING: 31,
    State.NOT_APPLICABLE: 2,
    State.UNVERIFIED: 36,
    State.ERROR: 35,
}
_BOLD, _DIM = 1, 2


class _Pen(NamedTuple):
    colour: bool

    def __call__(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


def page(reports: Sequence[Report], colour: bool = False) -> str:
    """Every finding of all reports, and if there are several, a summary at the end."""
    pen = _Pen(colour)
    parts = ["\n".join(_lines(report, pen)) + "\n" for report in reports]
    if len(reports) > 1:
        parts.append("\n".join(_summary(reports, pen)) + "\n")
    return "\n".join(parts)


def next_steps(reports: Sequence[Report], colour: bool = False) -> str:
    """The next steps: for one report the open items of its next level, for several reports a line each."""
    pen = _Pen(colour)
    if len(reports) != 1:
        hint = "What to do in one of them: scaffolder check PATH   All findings: add --all"
        return "\n".join([*_summary(reports, pen), "", *_wrapped(hint, "", pen)]) + "\n"
    return "\n".join(_next(reports[0], pen)) + "\n"


def explanation(finding: Finding, advice: str, colour: bool = False) -> str:
    """One item in full: its title, level and source, all that was found, and what to do."""
    pen = _Pen(colour)
    head = [
        *_wrapped(finding.title, "", pen, _BOLD),
        f"Level: {finding.level.title()}",
        *_wrapped(f"Source: {finding.source}", ""),
    ]
    found = _found(finding, len(finding.evidence))
    return "\n".join([*head, "", _stated(finding, pen).strip(), *found, "", *_wrapped(advice, "")]) + "\n"


def _next(report: Report, pen: _Pen) -> Iterator[str]:
    head = [*_wrapped(heading(report), "", pen, _BOLD, most=2), *_stands(report)]
    tail = [*_to_review(report, pen), *_asides(report, pen)]
    yield from head
    yield from _todo(report, pen, NEXT_LINES - len(head) - len(tail))
    yield from tail


def _stands(report: Report) -> Iterator[str]:
    yield from _wrapped(progress(report), "")
    yield from _wrapped(f"{counted(report)}.", "")


def _asides(report: Report, pen: _Pen) -> Iterator[str]:
    """The bugs of ours, the first notes, and the commands that show the rest."""
    if report.errors:
        yield ""
        said = f"A bug in scaffolder kept {_names(report.errors)} from being checked. Please report it."
        yield from _wrapped(said, "", pen, _COLOURS[State.ERROR], most=3)
    if report.notes:
        yield ""
        for note in report.notes[:2]:
            yield from _wrapped(f"Note: {note}", "", pen, most=2)
        if len(report.notes) > 2:
            yield pen(f"{len(report.notes) - 2} more notes: scaffolder check --all", _DIM)
    yield ""
    yield pen("All findings: scaffolder check --all   One item: scaffolder check --explain ITEM", _DIM)


def _todo(report: Report, pen: _Pen, room: int) -> Iterator[str]:
    """The first items that are open for the next level, and the names of the rest."""
    todo = [finding for finding in report.blockers if finding.state is not State.ERROR]
    if not todo:
        return
    yield ""
    yield pen(f"Next, for {str(report.next_level).title()} ({items(len(todo))})", _BOLD)
    room -= 5  # for the heading above and the names of the rest
    for number, finding in enumerate(todo, 1):
        block = [*_step(number, finding, pen)]
        if len(block) > room:
            rest = f"{number}" if number == len(todo) else f"{number} to {len(todo)}"
            yield from _wrapped(f"Then {rest}: {_names(todo[number - 1 :])}", "     ", most=3)
            return
        room -= len(block)
        yield from block


def _step(number: int, finding: Finding, pen: _Pen) -> Iterator[str]:
    """An open item: its name and state, the reason or first evidence, and the first sentence of the remedy."""
    name = one_line(finding.title.partition(":")[0]).rstrip(".")[: _NAME_COLUMN - len(finding.item) - 4]
    yield f"{number:3}. {pen(name, _BOLD)} ({finding.item}): {pen(str(finding.state), _COLOURS[finding.state])}"
    reason = finding.reason or next(map(str, finding.evidence), "")
    yield from _wrapped(reason, " " * 5, most=2)
    yield from _wrapped(re.split(r"(?<=[.!?]) ", finding.remedy, maxsplit=1)[0], "  -> ", pen, most=3)


def _to_review(report: Report, pen: _Pen) -> Iterator[str]:
    """The written items that keep the level reached "unreviewed"."""
    left = report.unreviewed(report.level) if report.level else ()
    if left:
        yield ""
        yield pen(f"Not reviewed by somebody else yet ({items(len(left))}): scaffolder review", _BOLD)
        yield from _wrapped(", ".join(map(_named_for_review, left)), " " * 5, most=3)
    elif report.level and not report.next_level:
        yield ""
        yield "There is nothing left to do here."


def _named_for_review(finding: Finding) -> str:
    stale = any(review.standing is Standing.STALE for review in finding.reviews)
    return f"{finding.item} (its review is stale)" if stale else finding.item


def _names(findings: Iterable[Finding]) -> str:
    return ", ".join(finding.item for finding in findings)


def _lines(report: Report, pen: _Pen) -> Iterator[str]:
    yield from _wrapped(heading(report), "", pen, _BOLD)
    yield from _stands(report)
    for title, findings in rungs(report):
        yield ""
        yield pen(title, _BOLD)
        for finding in findings:
            yield _stated(finding, pen)
            yield from _found(finding, 1 if finding.state is State.DONE else 3)
    if report.blockers:
        yield ""
        yield pen(f"To do for {str(report.next_level).title()}", _BOLD)
        for number, finding in enumerate(report.blockers, 1):
            yield f"{number:3}. {pen(finding.item, _BOLD)}"
            yield from _wrapped(finding.remedy, " " * 5)
    if report.notes:
        yield ""
        for note in report.notes:
            yield from _wrapped(f"Note: {note}", "", pen)


def _stated(finding: Finding, pen: _Pen) -> str:
    state = pen(f"{finding.state:<{_STATE_COLUMN - 2}}", _COLOURS[finding.state])
    name = one_line(finding.title.partition(":")[0])[: _NAME_COLUMN - len(finding.item)]
    return f"  {state}  {name}{pen(f' ({finding.item})', _DIM)}"


def _found(finding: Finding, most: int) -> Iterator[str]:
    found = [str(evidence) for evidence in finding.evidence[:most]]
    if finding.reason:
        found.append(finding.reason)
    if len(finding.evidence) > most and finding.state is not State.DONE:
        found.append(f"and {len(finding.evidence) - most} more: scaffolder check --explain {finding.item}")
    found += [f"Review by {judged(review)}" for review in finding.reviews]
    for text in found:
        yield from _wrapped(text, " " * (_STATE_COLUMN + 2))


def _wrapped(
    text: str, margin: str, pen: _Pen | None = None, code: int = _DIM, *, most: int | None = None
) -> Iterator[str]:
    """`text` in lines, at most `most`, the first of which begins with `margin`."""
    for line in textwrap.wrap(
        one_line(text),
        WIDTH,
        initial_indent=margin,
        subsequent_indent=" " * len(margin),
        break_on_hyphens=False,
        max_lines=most,
        placeholder=" …",
    ):
        yield pen(line, code) if pen else line


def _summary(reports: Sequence[Report], pen: _Pen) -> Iterator[str]:
    width = min(max([len("Repository"), *(len(one_line(report.name)) for report in reports)]), 29)
    yield pen(f"{'Repository':<{width}}  {'Level':<20}  Verified  Written  Reviewed", _BOLD)
    for report in reports:
        counts = report.counts
        verified, written = f"{counts.verified}/{counts.to_verify}", f"{counts.written}/{counts.to_write}"
        name = one_line(report.name)[:width]
        yield f"{name:<{width}}  {report.label:<20}  {verified:>8}  {written:>7}  {counts.reviewed:>8}"
