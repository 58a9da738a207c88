"""Pages that show reports: each is a pure function from reports to text."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from scaffolder.check.report import Report

FORMATS = ("text", "json", "markdown", "html", "junit", "sarif", "github")


def page(form: str, reports: Sequence[Report], **options: str) -> str:
    """The page of `reports` in one of `FORMATS`, made by the module of that name; no other is loaded.

    `options` are further arguments of that page. Characters that are not Unicode, as in some names of files, become
    question marks, so that the page can be written.
    """
    text: str = import_module(f"scaffolder.pages.{form}").page(reports, **options)
    return text.encode(errors="replace").decode()
