"""The words that all pages share."""

from __future__ import annotations

from collections.abc import Iterator

from scaffolder.check.engine.finding import Finding, Level, State
from scaffolder.check.report import LADDER, Report

ESSENTIAL = "What every strong portfolio project shows"
RUNGS = {
    Level.BUILDER: "Builder: it is explained and measured",
    Level.DEPLOYER: "Deployer: it ships",
    Level.OPERATOR: "Operator: it is watched and can be rolled back",
}


def heading(report: Report) -> str:
    """'churn-predictor (from classical-ml)'."""
    return f"{report.name} (from {report.template})" if report.template else report.name


def standing(report: Report) -> str:
    """One sentence: how many items are done, the level reached, and how far the next one is."""
    applying = len(report.findings) - report.counts[State.NOT_APPLICABLE]
    counted = f"{report.counts[State.DONE]} of {applying} items done ({report.score}%)."
    if not report.complete:
        return f"{counted} No level, because some items were left out."
    level = f"Level: {report.level.title() if report.level else 'none yet'}."
    if report.next_level is None:
        return f"{counted} {level}"
    left = f"{len(report.blockers)} item{'' if len(report.blockers) == 1 else 's'}"
    return f"{counted} {level} {left} to go for {report.next_level.title()}."


def rungs(report: Report) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """The findings under the headings of a report: the essential eight first, then the rest of each level."""
    groups = [(ESSENTIAL, tuple(finding for finding in report.findings if finding.essential))]
    groups += [
        (
            RUNGS[level],
            tuple(finding for finding in report.findings if finding.level is level and not finding.essential),
        )
        for level in LADDER
    ]
    return ((title, findings) for title, findings in groups if findings)
