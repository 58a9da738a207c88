"""Reports as GitHub Markdown, for a job summary or a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scaffolder.pages.words import heading, judged, rungs, standing
from scaffolder.results.finding import Finding, State
from scaffolder.results.report import Report

_MARKS = {
    State.DONE: "✅",
    State.WRITTEN: "📝",
    State.FOUND: "🔎",
    State.PLACEHOLDER: "✏️",
    State.FLAWED: "⚠️",
    State.MISSING: "❌",
    State.NOT_APPLICABLE: "➖",
    State.UNVERIFIED: "❔",
    State.ERROR: "💥",
}


def page(reports: Sequence[Report]) -> str:
    """All reports, one after the other."""
    return "\n".join("\n".join(_lines(report)) for report in reports)


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escaped(heading(report))}\n"
    yield f"{escaped(standing(report))}\n"
    for title, findings in rungs(report):
        yield f"## {title}\n"
        yield "| | Item | What was found |"
        yield "|---|---|---|"
        yield from map(_row, findings)
        yield ""
    todo = [finding for finding in report.blockers if finding.remedy]
    if todo:
        yield f"## What to do next, for {str(report.next_level).title()}\n"
        yield from (f"- **{finding.item}**: {escaped(finding.remedy)}" for finding in todo)
        yield ""
    yield from (f"> {escaped(note)}\n>" for note in report.notes)


def _row(finding: Finding) -> str:
    found = [str(evidence) for evidence in finding.evidence] + ([finding.reason] if finding.reason else [])
    found += [f"Review by {judged(review)}" for review in finding.reviews]
    said = "<br>".join(map(escaped, found))
    state = f"{finding.state}{': ' if said else ''}"
    return f"| {_MARKS[finding.state]} | {escaped(finding.title)} | {state}{said} |"


def escaped(text: str) -> str:
    """`text` escaped so that it shows as it is, without markup, mentions or links, even from a hostile repository."""
    flat = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~#!])", r"\\\1", flat).replace("@", "@\u200b").replace("://", ":\u200b//")
