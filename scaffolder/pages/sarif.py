"""Reports as SARIF 2.1.0, for code scanning: a run for each repository, a result for each item that is open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from scaffolder import __version__
from scaffolder.check.engine.finding import Evidence, Finding, State
from scaffolder.check.report import Report
from scaffolder.pages.places import outside, quoted
from scaffolder.pages.words import counted

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_README = Evidence("", "README.md")  # code scanning shows no result without a file


def page(reports: Sequence[Report]) -> str:
    """All reports as one SARIF log."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _run(report: Report) -> dict[str, Any]:
    rules = [_rule(finding) for finding in report.findings]
    driver = {"name": "scaffolder", "semanticVersion": __version__, "rules": rules}
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"scaffolder/{report.name}/"},
        "invocations": [_invocation(report)],
        "properties": {"level": report.label, "counts": counted(report)},
        "results": [
            _result(report, index, finding)
            for index, finding in enumerate(report.findings)
            if not finding.state.counts and finding.state is not State.ERROR
        ],
    }


def _invocation(report: Report) -> dict[str, Any]:
    """Whether the run succeeded; an item that could not be checked is a notification, not a result."""
    bugs = [
        {"level": "error", "message": {"text": _plain(f"{finding.item}: {finding.reason}")}}
        for finding in report.errors
    ]
    return {"executionSuccessful": not bugs, "toolExecutionNotifications": bugs}


def _rule(finding: Finding) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": finding.item,
        "shortDescription": {"text": finding.title},
        "fullDescription": {"text": f"{finding.title} ({finding.level.title()}; {finding.source})"},
        "properties": {"tags": [finding.level, *(["essential"] if finding.essential else [])]},
    }
    if finding.remedy:
        rule["help"] = {"text": finding.remedy}
    return rule


def _result(report: Report, index: int, finding: Finding) -> dict[str, Any]:
    found = [str(evidence) for evidence in finding.evidence] + [finding.reason, finding.remedy]
    text = "\n".join([f"{finding.title}: {finding.state}", *filter(None, found)])
    places = [evidence for evidence in finding.evidence if evidence.path] or [_README]
    return {
        "ruleId": finding.item,
        "ruleIndex": index,
        "level": "note" if finding.state in (State.UNVERIFIED, State.FOUND) else "warning",
        "message": {"text": _plain(text)},
        "locations": [_location(report, places[0])],
        "relatedLocations": [_location(report, evidence) for evidence in places[1:]],
        "partialFingerprints": {"scaffolderItem/v1": finding.item},
    }


def _location(report: Report, evidence: Evidence) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quoted(outside(report, evidence.path))}}
    if evidence.line:
        place["region"] = {"startLine": evidence.line}
    location: dict[str, Any] = {"physicalLocation": place}
    if evidence.fact:
        location["message"] = {"text": _plain(evidence.fact)}
    return location


def _plain(text: str) -> str:
    """`text` for a SARIF message, where [text](target) would be a link and {0} a placeholder."""
    for mark in ("\\", "[", "]"):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("{", "{{").replace("}", "}}")
