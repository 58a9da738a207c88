"""The places of evidence, seen from outside the repository."""

from __future__ import annotations

from pathlib import Path, PurePath
from urllib.parse import quote

from scaffolder.check.engine.finding import Evidence, Finding
from scaffolder.check.report import Report


def outside(report: Report, path: str) -> str:
    """A file's POSIX path from the working folder; if the repository was named by an absolute path, from its root."""
    folder = PurePath(report.path)
    return path if folder.is_absolute() else (folder / path).as_posix()


def first(finding: Finding) -> Evidence | None:
    """The first evidence that names a file; None if none does."""
    return next((evidence for evidence in finding.evidence if evidence.path), None)


def quoted(path: str) -> str:
    """`path` for a URL, even if it is not Unicode."""
    return quote(path, errors="replace")


def link(report: Report, evidence: Evidence, base: str = "") -> str:
    """The address of evidence: its line, below the web address `base`; without a base, the local file.

    `{name}` in `base` stands for the repository's name, e.g. https://github.com/ada/{name}/blob/main.
    """
    if base:
        line = f"?plain=1#L{evidence.line}" if evidence.line else ""
        name = quote(report.name, safe="", errors="replace")
        return f"{base.replace('{name}', name).rstrip('/')}/{quoted(evidence.path)}{line}"
    if Path(report.path).is_absolute():
        return f"{Path(report.path).as_uri()}/{quoted(evidence.path)}"
    return f"./{quoted(outside(report, evidence.path))}"
