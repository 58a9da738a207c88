"""The sentences with which the ledger tells what an update changes, and where it meets a student's work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from scaffolder.cohort.remote.fetching import OFFER
from scaffolder.errors import one_line, shown
from scaffolder.project import record
from scaffolder.project.merge import Merge

_NAMED = 5  # files that a sentence names
_LONGEST_LIST = 400  # characters for the places in conflict, so that there is room for the advice after them
_MERGE = re.compile(rf"\bgit merge origin/({OFFER}[0-9a-f]{{7}}|scaffold)\b")
_CONFLICT = re.compile(
    r"The student and the template have both changed ([^\n]*): "
    r"(?:the student settles it|run 'scaffolder update')[^\n]*"
)


def files(kinds: Mapping[str, str]) -> str:
    """The files that change, such as "'a.md' (added), 'b.md' (changed) and 3 more files", without the record."""
    pairs = [(path, kind) for path, kind in kinds.items() if path != record.NAME]
    named = ", ".join(f"{shown(path)} ({kind})" for path, kind in pairs[:_NAMED])
    left = len(pairs) - _NAMED
    more = f" and {left} more file{'s' * (left > 1)}" if left > 0 else ""
    return f"{named}{more}" if pairs else f"only {record.NAME}"


def disagreement(merge: Merge, advice: str) -> str:
    """A sentence with the first files in conflict, the places in them, and the advice."""
    places = [f"{shown(each.path, 100)}{_where(each.sections)}" for each in merge.conflicts[:_NAMED]]
    while len(places) > 1 and len(", ".join(places)) > _LONGEST_LIST:
        places.pop()
    left = len(merge.conflicts) - len(places)
    more = f", and {left} more" if left else ""
    return f"The student and the template have both changed {', '.join(places)}{more}: {advice}."


def _where(sections: Sequence[str]) -> str:
    return f" ({one_line('; '.join(sections[:_NAMED]))[:200]})" if sections else ""


def merges(branches: Sequence[str]) -> str:
    """The commands that merge the `branches`: 'git fetch, git merge origin/A and git merge origin/B'."""
    first = ", ".join(["git fetch", *(f"git merge origin/{name}" for name in branches[:-1])])
    return f"{first} and git merge origin/{branches[-1]}"


def branches(detail: str) -> tuple[str, ...]:
    """The branches that a sentence tells to merge, in that order."""
    return tuple(_MERGE.findall(detail))


def to_student(disagreement: str) -> str:
    """A `disagreement` in a sentence to the student, without the advice."""
    found = _CONFLICT.fullmatch(disagreement)
    return f"both have changed {found[1]}." if found else disagreement
