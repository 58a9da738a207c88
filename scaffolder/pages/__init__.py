"""Reports as something to read: each page is a pure function of reports to text."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from scaffolder.check.report import Report

FORMATS = ("text", "json", "markdown", "html", "junit", "sarif", "github")


def page(form: str, reports: Sequence[Report], **options: str) -> str:
    """The page of `reports` in one of `FORMATS`, by the module of that name; no other is loaded.

    `options` are what that page takes beside them. What is no Unicode (a file name can be that) becomes a
    question mark, so that the page can be written.
    """
    text: str = import_module(f"scaffolder.pages.{form}").page(reports, **options)
    return text.encode(errors="replace").decode()
