"""Reports as one HTML page for a recruiter or a teacher, which has no script and loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from scaffolder.pages.environment import source, template
from scaffolder.pages.words import RUNGS, STANDINGS, heading, outside, rungs, standing
from scaffolder.results.finding import Evidence, Finding, Level, State
from scaffolder.results.report import LADDER, Report

if TYPE_CHECKING:
    from jinja2 import Template

MEANINGS = {
    State.DONE: "verified by machine, on the evidence shown",
    State.WRITTEN: "somebody wrote it; whether it is good is for people to judge",
    State.FOUND: "exists at the place shown; nobody verified more, and no level counts it",
    State.PLACEHOLDER: "still the template's words, or a TODO",
    State.FLAWED: "there, but wrong, as the evidence shows",
    State.MISSING: "not there",
    State.UNVERIFIED: "could not be checked here, for the reason given",
    State.NOT_APPLICABLE: "does not apply here, for the reason given",
    State.ERROR: "not checked, because of a bug in scaffolder",
}
ICONS = {
    State.DONE: "M4 10.5l4 4 8-9",
    State.WRITTEN: "M4 5h12M4 10h12M4 15h7",
    State.FOUND: "M8.500 3.500a5 5 0 1 0 0 10a5 5 0 1 0 0-10M12.200 12.200L17 17",
    State.PLACEHOLDER: "M4 16l1-4 8-8 3 3-8 8z",
    State.FLAWED: "M10 3.500L17 16.500H3ZM10 8.500v3M10 14v.4",
    State.MISSING: "M5 5l10 10M15 5L5 15",
    State.UNVERIFIED: "M7 7.5a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.1-1.5 2.4M10 15.6v.4",
    State.NOT_APPLICABLE: "M5 10h10",
    State.ERROR: "M10 3.5v8.500M10 15.6v.4",
}


class Rung(NamedTuple):
    """A step of the ladder, as the page draws it."""

    level: Level
    meaning: str
    findings: tuple[Finding, ...]
    reached: bool
    reviewed: bool
    next: bool

    @property
    def left(self) -> int:
        """The number of this level's own items that are open."""
        return sum(not finding.state.counts for finding in self.findings)


def page(reports: Sequence[Report], base: str = "") -> str:
    """All reports. `base` is the web address of the repository's files, for links to lines."""

    def href(report: Report, evidence: Evidence) -> str:
        return link(report, evidence, base)

    return _template().render(reports=reports, href=href)


def link(report: Report, evidence: Evidence, base: str = "") -> str:
    """The address of evidence: its line, below the web address `base`; without a base, the local file.

    `{name}` in `base` stands for the repository's name, e.g. https://github.com/ada/{name}/blob/main.
    """
    path = quote(evidence.path, errors="replace")
    if base:
        line = f"?plain=1#L{evidence.line}" if evidence.line else ""
        name = quote(report.name, safe="", errors="replace")
        return f"{base.replace('{name}', name).rstrip('/')}/{path}{line}"
    if Path(report.path).is_absolute():
        return f"{Path(report.path).as_uri()}/{path}"
    return f"./{quote(outside(report, evidence.path), errors='replace')}"


@cache
def _template() -> Template:
    return template(
        "report.html",
        {"style": f"\n{source('report.css')}"},
        ladder=_ladder,
        rungs=rungs,
        heading=heading,
        standing=standing,
        standings=STANDINGS,
        css_name=_css_name,
        done=State.DONE,
        icons=ICONS,
        meanings=MEANINGS,
    )


def _css_name(state: State) -> str:
    return state.name.lower().replace("_", "-")


def _ladder(report: Report) -> list[Rung]:
    return [
        Rung(
            rung,
            RUNGS[rung].partition(": ")[2],
            tuple(finding for finding in report.findings if finding.level is rung),
            reached=report.rated and not report.open(rung),
            reviewed=not report.unreviewed(rung),
            next=rung is report.next_level,
        )
        for rung in LADDER
    ]
