"""Reports as JUnit XML: a suite for each repository, a test case for each item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from scaffolder.check.engine.finding import Finding, State
from scaffolder.check.report import Report
from scaffolder.pages.words import counted

_FAILED = (State.FLAWED, State.MISSING, State.PLACEHOLDER)
_SKIPPED = (State.NOT_APPLICABLE, State.UNVERIFIED, State.FOUND)
_ERRORS = (State.ERROR,)
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def page(reports: Sequence[Report]) -> str:
    """All reports as one XML document; an item that was not verified or does not apply is skipped."""
    root = ET.Element("testsuites", {"name": "scaffolder check"} | _totals(reports))
    for report in reports:
        suite = ET.SubElement(root, "testsuite", {"name": _clean(report.name)} | _totals([report]))
        suite.set("skipped", str(_count([report], _SKIPPED)))
        properties = ET.SubElement(suite, "properties")
        for name, value in (("level", report.label), ("counts", counted(report))):
            ET.SubElement(properties, "property", name=name, value=value)
        for finding in report.findings:
            _case(suite, finding)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(suite: ET.Element, finding: Finding) -> None:
    case = ET.SubElement(suite, "testcase", classname=f"scaffolder.{finding.level}", name=finding.item, time="0")
    found = "\n".join(str(evidence) for evidence in finding.evidence)
    if finding.state in _FAILED:
        failure = ET.SubElement(case, "failure", type=finding.state, message=_clean(finding.title))
        failure.text = _clean("\n\n".join(filter(None, (found, finding.remedy))))
    elif finding.state in _SKIPPED:
        ET.SubElement(case, "skipped", type=finding.state, message=_clean(finding.reason or found))
    elif finding.state is State.ERROR:
        ET.SubElement(case, "error", type=finding.state, message=_clean(finding.reason))
    elif found:
        ET.SubElement(case, "system-out").text = _clean(found)


def _totals(reports: Sequence[Report]) -> dict[str, str]:
    tests = sum(len(report.findings) for report in reports)
    failures, errors = (_count(reports, states) for states in (_FAILED, _ERRORS))
    return {"tests": str(tests), "failures": str(failures), "errors": str(errors), "time": "0"}


def _count(reports: Sequence[Report], states: Sequence[State]) -> int:
    return sum(report.states[state] for report in reports for state in states)


def _clean(text: str) -> str:
    """`text` without the characters that XML cannot hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
