"""The words that all pages share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from scaffolder.results.finding import Finding, Level, Reviewed, Standing, State
from scaffolder.results.report import LADDER, Report

ESSENTIAL = "What every strong portfolio project shows"
RUNGS = {
    Level.BUILDER: "Builder: it is explained and measured",
    Level.DEPLOYER: "Deployer: it ships",
    Level.OPERATOR: "Operator: it is watched and can be rolled back",
}
STANDINGS = {
    Standing.CURRENT: "current",
    Standing.STALE: "stale: the text has changed since",
    Standing.SELF: "self: the reviewer is an author",
    Standing.UNKNOWN: "unknown: the authors are not known",
}
"""A standing in words: whether a review counts, and if not, why."""
SCORES = ("missing", "weak", "good", "excellent")
"""The meaning of the scores 0 to 3 of a review."""


def heading(report: Report) -> str:
    """'night-shift (from its template)'."""
    return f"{report.name} (from {report.template})" if report.template else report.name


def counted(report: Report) -> str:
    """'14 of 22 verified by machine; 8 of 14 written, 2 reviewed'."""
    counts = report.counts
    verified = f"{counts.verified} of {counts.to_verify} verified by machine"
    found = f"; {report.states[State.FOUND]} more found" if report.states[State.FOUND] else ""
    return f"{verified}; {counts.written} of {counts.to_write} written, {counts.reviewed} reviewed{found}"


def standing(report: Report) -> str:
    """Short sentences on the level, the items to go for the next one, and those verified, written and reviewed."""
    return f"{progress(report)} {counted(report)}."


def progress(report: Report) -> str:
    """'Level: Builder, unreviewed. 3 items to go for Deployer.'."""
    parts = [f"Level: {report.label}{f' ({report.unrated})' if report.unrated else ''}."]
    if report.rated and report.next_level:
        parts.append(f"{items(len(report.blockers))} to go for {report.next_level.title()}.")
    return " ".join(parts)


def items(number: int) -> str:
    """'1 item', '2 items'."""
    return f"{number} item{'' if number == 1 else 's'}"


def judged(review: Reviewed) -> str:
    """'Grace, 2 of 3 on 2026-11-25 (current): the number has no unit'."""
    said = f"{review.reviewer}, {review.score} of 3 on {review.date} ({STANDINGS[review.standing]})"
    return f"{said}: {review.comment}" if review.comment else said


def rungs(report: Report) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """The findings under the headings of a report: the essential eight first, then the rest of each level."""
    groups = [(ESSENTIAL, tuple(finding for finding in report.findings if finding.essential))]
    groups += [
        (
            RUNGS[rung],
            tuple(finding for finding in report.findings if finding.level is rung and not finding.essential),
        )
        for rung in LADDER
    ]
    return ((title, findings) for title, findings in groups if findings)


def outside(report: Report, path: str) -> str:
    """A file's POSIX path from the working folder; if the repository was named by an absolute path, from its root."""
    folder = PurePath(report.path)
    return path if folder.is_absolute() else (folder / path).as_posix()
