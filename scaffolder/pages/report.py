"""The report of a check in each of its forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scaffolder.check.report import Report
from scaffolder.pages import badge, github, html, json, markdown, text

PAGES: Mapping[str, Callable[[Sequence[Report]], str]] = {
    "text": text.page,
    "json": json.page,
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
