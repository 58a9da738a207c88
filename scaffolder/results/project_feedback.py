"""The plain data of a student's page of feedback: one project, as it was collected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from scaffolder.results.report import Report


@dataclass(frozen=True)
class ProjectFeedback:
    """A project as it was collected: `commit`, at the time `collected` (ISO 8601 in UTC), and its report.

    The reviews in the report are the teacher's. `texts` are the items with a text to judge, and `questions` those that
    a good text answers, by item. Without a report, `problem` says why, or the project is `untouched`: it has only the
    teacher's commits. `rewritten` is when a collection no longer found the earlier commits, and `elsewhere` names the
    other branches with work, in a sentence. An update of the template waits on `branches`; `conflict` names the
    places where it and the student disagree; it is `outdated` if the student has rewritten `main` since, so that Git
    would not merge it. `failed` are sentences on other steps that failed.
    """

    name: str
    commit: str
    collected: str
    report: Report | None = None
    problem: str = ""
    texts: Collection[str] = ()
    questions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    due: str = ""
    untouched: bool = False
    rewritten: str = ""
    elsewhere: str = ""
    branches: Sequence[str] = ()
    conflict: str = ""
    outdated: bool = False
    failed: Sequence[str] = ()
