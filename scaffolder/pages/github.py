"""Reports as workflow commands of GitHub Actions: annotations in a pull request.

GitHub shows ten warnings and ten notices of a step: an item that is open for the next level is a warning, any other
open item a notice, and a bug of ours an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaffolder.pages.words import heading, outside, standing
from scaffolder.results.finding import Finding, State
from scaffolder.results.report import Report

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_DATA_ESCAPES = str.maketrans(_DATA)
_PROPERTY_ESCAPES = str.maketrans({**_DATA, ":": "%3A", ",": "%2C"})


def page(reports: Sequence[Report]) -> str:
    """One line for each item that is not done, and one for each report."""
    return "".join(f"{line}\n" for report in reports for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield _command("notice", standing(report), title=heading(report))
    for finding in sorted(report.findings, key=lambda finding: finding not in report.blockers):
        if not finding.state.counts:
            yield _annotation(report, finding, _kind(report, finding))


def _kind(report: Report, finding: Finding) -> str:
    if finding.state is State.ERROR:
        return "error"
    return "warning" if finding in report.blockers else "notice"


def _annotation(report: Report, finding: Finding, kind: str) -> str:
    place = {}
    if evidence := next((each for each in finding.evidence if each.path), None):
        place["file"] = outside(report, evidence.path)
        place |= {"line": str(evidence.line)} if evidence.line else {}
    found = [str(evidence) for evidence in finding.evidence] + [finding.reason]
    message = "\n".join(filter(None, (*found, finding.remedy)))
    return _command(kind, message, **place, title=f"{finding.title} ({finding.state})")


def _command(kind: str, message: str, **properties: str) -> str:
    shown = ",".join(f"{key}={_escaped(value, _PROPERTY_ESCAPES)}" for key, value in properties.items())
    return f"::{kind} {shown}::{_escaped(message, _DATA_ESCAPES)}"


def _escaped(text: str, escapes: dict[int, str]) -> str:
    """`text` escaped for one line; control characters, and those that are not Unicode, are replaced."""
    lines = "\n".join(text.splitlines())
    clean = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in lines)
    return clean.translate(escapes)
