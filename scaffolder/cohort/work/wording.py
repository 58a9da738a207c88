"""The sentences with which the ledger tells what an update changes, and where it meets a student's work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scaffolder.errors import one_line, shown
from scaffolder.project import record
from scaffolder.project.merge import Merge

_NAMED = 5  # files that a sentence names
_LONGEST_LIST = 400  # characters for the places in conflict, so that there is room for the advice after them


def files(kinds: Mapping[str, str]) -> str:
    """The files that change, such as "'a.md' (added), 'b.md' (changed) and 3 more files", without the record."""
    pairs = [(path, kind) for path, kind in kinds.items() if path != record.NAME]
    named = ", ".join(f"{shown(path)} ({kind})" for path, kind in pairs[:_NAMED])
    left = len(pairs) - _NAMED
    more = f" and {left} more file{'s' * (left > 1)}" if left > 0 else ""
    return f"{named}{more}" if pairs else f"only {record.NAME}"


def places(merge: Merge) -> str:
    """The first files in conflict, with the sections in which they are: "'a.md' (Data), 'b.md', and 3 more"."""
    named = [f"{shown(each.path, 100)}{_where(each.sections)}" for each in merge.conflicts[:_NAMED]]
    while len(named) > 1 and len(", ".join(named)) > _LONGEST_LIST:
        named.pop()
    left = len(merge.conflicts) - len(named)
    return ", ".join(named) + (f", and {left} more" if left else "")


def disagreement(places: str, advice: str) -> str:
    """A sentence with the places in conflict, and the advice."""
    return f"The student and the template have both changed {places}: {advice}."


def _where(sections: Sequence[str]) -> str:
    return f" ({one_line('; '.join(sections[:_NAMED]))[:200]})" if sections else ""


def merges(branches: Sequence[str]) -> str:
    """The commands that merge the `branches`: 'git fetch, git merge origin/A and git merge origin/B'."""
    first = ", ".join(["git fetch", *(f"git merge origin/{name}" for name in branches[:-1])])
    return f"{first} and git merge origin/{branches[-1]}"
