"""Reports as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from scaffolder import __version__
from scaffolder.results.report import Report

SCHEMA = 2
"""Changes when a key is removed or changes its meaning."""


def page(reports: Sequence[Report]) -> str:
    """All reports as one JSON document."""
    content = {"schema": SCHEMA, "scaffolder": __version__, "reports": [report.to_json() for report in reports]}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
