"""A course and its templates, and rosters of it, for several test modules."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support import make_template

from scaffolder.cohort.course.assignments import Course, Project
from scaffolder.cohort.roster import roster
from scaffolder.cohort.roster.roster import Roster
from scaffolder.template import catalog
from scaffolder.template.catalog import Template

PLAIN: dict[str, Any] = {
    "use_case": ["churn", "fraud"],
    "project_name": "About {{ cookiecutter.use_case }}",
    "project_slug": "{{ cookiecutter.project_name|lower|replace(' ', '-') }}",
    "author_name": "Your Name",
    "fast": True,
    "_scaffolder": {
        "questions": {
            "project_slug": {"pattern": "^[a-z][a-z-]{0,20}$", "pattern_hint": "write small letters"},
            "author_name": {"max_length": 20},
        }
    },
}
WRITING: dict[str, Any] = {"use_case": ["essay", "fraud"], "topic": "{{ cookiecutter.use_case }}s", "level": "3"}
_FOLDER = tempfile.TemporaryDirectory(prefix="scaffolder-tests-")
TEMPLATES: Mapping[str, Template] = {
    name: catalog.read(make_template(Path(_FOLDER.name, name), config, {}), name)
    for name, config in (("churn", PLAIN), ("report", WRITING))
}
COURSE = Course((Project("churn", "plain"), Project("report", "writing")))
CANVAS = '''Student,ID,SIS User ID,SIS Login ID,Section,Notes,"Essay, long (7)",Portfolio (1234),Final Score
,,,,,,Manual Posting,,
    Points Possible,,,,,,10.00,20.00,(read only)
"Smith, Jane",11,s-001,jsmith,"Group 1, Group 2",,EX,8.00,80.0
"Øye, Åse",12,s-002,aase@example.org,Group 2,"said ""hi""",9.50,,
"Student, Test",99,,0123456789abcdef,Group 1,,,,
'''
MOODLE = """First name,Last name,ID number,Institution,Department,Email address,Quiz: One (Real),Last downloaded from this course
Jane,Smith,s1,,,jane@example.org,8.00,1700000000
José María,García Pérez,s2,,,jose@example.org,-,1700000000
"""


def read(text: str | bytes, course: Course = COURSE) -> Roster:
    """The roster in `text`, of a course whose projects have the templates of this module."""
    data = text.encode() if isinstance(text, str) else text
    return roster.read(data, "class.csv", course, TEMPLATES)


def with_remote(remote: str) -> Course:
    return dataclasses.replace(COURSE, remote=remote)
