"""Reports for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from scaffolder import __version__
from scaffolder.check.report import Report


def page(reports: Sequence[Report]) -> str:
    """All reports as one JSON document, whose `schema` changes only if a key changes its meaning."""
    content = {"schema": 1, "scaffolder": __version__, "reports": [_report(report) for report in reports]}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _report(report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "path": report.path,
        "template": report.template,
        "level": report.level,
        "next_level": report.next_level,
        "blockers": [finding.item for finding in report.blockers],
        "score": report.score,
        "complete": report.complete,
        "counts": report.counts,
        "notes": report.notes,
        "findings": [asdict(finding) for finding in report.findings],
    }
