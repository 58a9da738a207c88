"""The numbers that the documents of mlops-deploy tell of its drill, computed anew from the logs."""

from __future__ import annotations

import re

import pytest
from drill_logs import Logs, auc, brier, read
from printed import shows
from projects import Project
from test_runs import measured

DAY = re.compile(r"\d{4}-\d\d-\d\d")


@pytest.fixture(scope="module")
def logs(hotel: Project) -> Logs:
    return read(hotel.path)


def table(project: Project, heading: str) -> list[list[str]]:
    """The rows of cells, without the head, of the measured table that begins with this heading; it stands once."""
    documents = [project.read(name) for name in project.measured_blocks]
    blocks = "\n\n".join(block for text in documents for block in measured(text).values())
    (found,) = (part.splitlines() for part in blocks.split("\n\n") if part.startswith(heading))
    return [row.strip().removeprefix("|").removesuffix("|").strip().split(" | ") for row in found[2:]]


def test_the_headline(hotel: Project, logs: Logs) -> None:
    text = measured(hotel.read("README.md"))["headline"]
    bad = logs.rolled_back
    release = {line["action"]: line["at"] for line in logs.release(bad)}
    while_it_ran = [one for one in logs.answers if release["canary started"] <= one["at"] <= release["rolled back"]]
    own = sum(one["version"] == bad for one in while_it_ran)
    assert shows(text, len(logs.callers))
    assert "none was lost" in text
    assert own == len(logs.of(bad))
    assert shows(text, own)
    assert shows(text, own / len(while_it_ran))
    (compared,) = (line["evidence"] for line in logs.release(bad) if line["action"] == "compared")
    assert [shows(text, check["value"]) for check in compared if check["passed"] is False] == [True]
    assert set(DAY.findall(text)) >= {min(logs.booked.values()), max(logs.booked.values()), logs.alerts[0]["day"]}


def test_the_table_of_versions(hotel: Project, logs: Logs) -> None:
    versions = table(hotel, "| Version | Answered |")
    last = max(logs.booked.values())
    assert [row[0] for row in versions] == [
        f"v{version}" for version in sorted({one["version"] for one in logs.answers})
    ]
    for name, answered, first_day, last_day, known, area, score in versions:
        own = logs.of(name.removeprefix("v"))
        outcomes = ((one["score"], logs.known[one["reference"]]) for one in own)
        rows = [(found, outcome) for found, (day, outcome) in outcomes if day <= last]
        assert (first_day, last_day) == (min(one["day"] for one in own), max(one["day"] for one in own))
        assert shows(answered, len(own)), name
        assert shows(known, len(rows)), name
        assert shows(area, auc(rows)), name
        assert shows(score, brier(rows)), name
