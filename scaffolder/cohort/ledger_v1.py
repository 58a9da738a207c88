"""Brings a ledger of the first version up to date: it told in sentences what is in the column of facts today."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

SCHEMA = 1
_COLUMN = """
ALTER TABLE {0} ADD COLUMN facts TEXT NOT NULL DEFAULT '{{}}';
UPDATE {0} SET facts = facts_of(step, state, detail) WHERE detail <> '';
"""
_AS_OF = re.compile(r"As of (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ): ")
_ELSEWHERE = re.compile(r"There is work that is not on 'main' but on '(.*)'\.")
_OFFERED = re.compile(r"\bgit merge origin/(scaffold-update-[0-9a-f]{7}|scaffold)\b")
_PLACES = re.compile(
    r"The student and the template have both changed ([^\n]*): (?:the student settles it|run 'scaffolder update')"
)
_FOR_STUDENT = re.compile(r"Take back |the student brings it there with")


def upgrade(database: sqlite3.Connection) -> str:
    """The SQL that adds the facts to each entry of `database`."""
    database.create_function("facts_of", 3, facts_of)
    return _COLUMN.format("steps") + _COLUMN.format("events")


def facts_of(step: str, state: str, detail: str) -> str:
    """The facts that a sentence of the first version tells, as JSON of `ledger.Facts`."""
    facts: dict[str, Any] = {}
    if state == "failed":
        facts["for_student"] = bool(_FOR_STUDENT.search(detail))
    if step == "collect":
        elsewhere = _ELSEWHERE.search(detail)
        facts["rewritten"] = detail.startswith("The student has rewritten 'main'")
        facts["branches"] = elsewhere[1].split("', '") if elsewhere else []
    elif step == "update":
        places = _PLACES.match(detail)
        facts["branches"] = _OFFERED.findall(detail)
        facts["places"] = places[1] if places else ""
        facts["ours"] = detail == "It is as it was handed out."
    elif step == "check":
        time = _AS_OF.match(detail)
        facts["as_of"] = time[1] if time else ""
    return json.dumps(facts)
