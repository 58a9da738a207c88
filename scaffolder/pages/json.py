"""Reports for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from scaffolder import __version__
from scaffolder.check.engine.finding import Finding
from scaffolder.check.report import Report
from scaffolder.pages.words import level, unrated

SCHEMA = 2
"""Changes when a key goes or changes its meaning."""


def page(reports: Sequence[Report]) -> str:
    """All reports as one JSON document."""
    content = {"schema": SCHEMA, "scaffolder": __version__, "reports": [_report(report) for report in reports]}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _report(report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "path": report.path,
        "template": report.template,
        "level": report.level,
        "reviewed": report.reviewed,
        "label": level(report),
        "unrated": unrated(report) or None,
        "next_level": report.next_level,
        "blockers": [finding.item for finding in report.blockers],
        "score": report.score,
        "complete": report.complete,
        "counts": asdict(report.counts),
        "states": report.states,
        "notes": report.notes,
        "findings": [_finding(finding) for finding in report.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {**asdict(finding), "reviewed": finding.reviewed}
