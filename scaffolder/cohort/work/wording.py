"""The sentences with which the ledger tells what an update changes, and where it meets a student's work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scaffolder.errors import listed, one_line, shown
from scaffolder.project import record
from scaffolder.project.merge import Merge

_NAMED, _IN_CONFLICT = 5, 3  # files that a sentence names


def files(kinds: Mapping[str, str]) -> str:
    """The files that change, such as "'a.md' (added), 'b.md' (changed) and 3 more", without the record."""
    pairs = [(path, kind) for path, kind in kinds.items() if path != record.NAME]
    return listed([f"{shown(path)} ({kind})" for path, kind in pairs], _NAMED) if pairs else f"only {record.NAME}"


def places(merge: Merge) -> str:
    """The first files in conflict, with the sections in which they are: "'a.md' (Data), 'b.md' and 3 more"."""
    named = []
    for conflict in merge.conflicts:
        sections = one_line("; ".join(conflict.sections))[:80]
        named.append(f"{shown(conflict.path, 100)}{f' ({sections})' if sections else ''}")
    return listed(named, _IN_CONFLICT)


def disagreement(places: str, advice: str) -> str:
    """A sentence with the places in conflict, and the advice."""
    return f"The student and the template have both changed {places}: {advice}."


def merges(branches: Sequence[str]) -> str:
    """The commands that merge the `branches`: 'git fetch, git merge origin/A and git merge origin/B'."""
    first = ", ".join(["git fetch", *(f"git merge origin/{name}" for name in branches[:-1])])
    return f"{first} and git merge origin/{branches[-1]}"
