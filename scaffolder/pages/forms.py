"""The report of a check in each of its forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from scaffolder import __version__
from scaffolder.pages import badge, github, html, markdown, text
from scaffolder.results.report import Report

SCHEMA = 3
"""Of the JSON; it changes when a key is removed or changes its meaning."""


def in_json(reports: Sequence[Report]) -> str:
    """All reports as one JSON document, for programs."""
    content = {"schema": SCHEMA, "scaffolder": __version__, "reports": [report.to_json() for report in reports]}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


PAGES: Mapping[str, Callable[[Sequence[Report]], str]] = {
    "text": text.page,
    "json": in_json,
    "markdown": markdown.page,
    "html": html.page,
    "github": github.page,
    "badge": badge.page,
}


def page(form: str, reports: Sequence[Report], base: str = "") -> str:
    """The page of `reports` in one of the forms of `PAGES`; `base` is that of the links in HTML (see `html.link`).

    Characters that are not Unicode, as in some names of files, become question marks, so that the page can be written.
    """
    made = html.page(reports, base) if form == "html" else PAGES[form](reports)
    return made.encode(errors="replace").decode()
