"""Reports for a terminal or a log: 80 columns, and the same words with and without colour."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scaffolder.check.engine.finding import Finding, State
from scaffolder.check.report import Report
from scaffolder.errors import one_line
from scaffolder.pages.words import heading, rungs, standing

WIDTH = 80
_STATE_COLUMN = 13  # "  placeholder" and its margin
_NAME_COLUMN = WIDTH - _STATE_COLUMN - len("   ()")
_COLOURS = {
    State.DONE: 32,
    State.PLACEHOLDER: 33,
    State.MISSING: 31,
    State.NOT_APPLICABLE: 2,
    State.UNVERIFIED: 36,
}
_BOLD, _DIM = 1, 2


class _Pen(NamedTuple):
    colour: bool

    def __call__(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


def page(reports: Sequence[Report], colour: bool = False) -> str:
    """All reports; of several, a summary at the end."""
    pen = _Pen(colour)
    parts = ["\n".join(_lines(report, pen)) + "\n" for report in reports]
    if len(reports) > 1:
        parts.append("\n".join(_summary(reports, pen)) + "\n")
    return "\n".join(parts)


def explanation(finding: Finding, advice: str, colour: bool = False) -> str:
    """One item in full: what it asks, all that was found, what to do, and who asks for it."""
    pen = _Pen(colour)
    head = [
        *_wrapped(finding.title, "", pen, _BOLD),
        f"Level: {finding.level.title()}",
        *_wrapped(f"Source: {finding.source}", ""),
    ]
    found = _found(finding, len(finding.evidence))
    return "\n".join([*head, "", _stated(finding, pen).strip(), *found, "", *_wrapped(advice, "")]) + "\n"


def _lines(report: Report, pen: _Pen) -> Iterator[str]:
    yield from _wrapped(heading(report), "", pen, _BOLD)
    yield from _wrapped(standing(report), "")
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
            yield from _wrapped(f"Note: {note}", "", pen, _DIM)


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
    for text in found:
        yield from _wrapped(text, " " * (_STATE_COLUMN + 2))


def _wrapped(text: str, margin: str, pen: _Pen | None = None, code: int = _DIM) -> Iterator[str]:
    for line in textwrap.wrap(
        one_line(text), WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
    ):
        yield pen(line, code) if pen else line


def _summary(reports: Sequence[Report], pen: _Pen) -> Iterator[str]:
    width = min(max(len(one_line(report.name)) for report in reports), 44)
    yield pen(f"{'Repository':<{width}}  Level         Done  Next", _BOLD)
    for report in reports:
        name = one_line(report.name)[:width]
        done = f"{report.counts[State.DONE]}/{len(report.findings) - report.counts[State.NOT_APPLICABLE]}"
        next_item = report.blockers[0].item if report.blockers else ""
        yield f"{name:<{width}}  {(report.level or 'none yet'):<10} {done:>7}  {next_item}"
