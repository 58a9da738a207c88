"""The address of each student's repository on a server, made from a pattern, and what a first push needs there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scaffolder.cohort.course import rules
from scaffolder.cohort.course.assignments import Assignment, Course
from scaffolder.cohort.ledger import Key, Ledger
from scaffolder.cohort.remote.transport import is_local, path_of
from scaffolder.errors import ScaffolderError, TargetError, shown
from scaffolder.project import store
from scaffolder.project.staging import staged

PATTERN = "{student}/{project}.git"  # of the addresses, after what --base says
_SHARED = "Another student's project has the same remote: the pattern must tell them apart."


class RemoteError(ScaffolderError):
    """A remote that cannot be addressed."""


class Remote(NamedTuple):
    """The remote of a repository: its address `url`, or the `problem` with it; neither if there is no remote.

    `root` is the beginning that all addresses have in common.
    """

    url: str = ""
    root: str = ""
    problem: str = ""

    def address(self) -> str:
        """The address, "" for no remote; raises `RemoteError` if there is a problem."""
        if self.problem:
            raise RemoteError(self.problem)
        return self.url


def prepare(remote: Remote) -> None:
    """Create the bare repository of a remote in a shared folder, if nothing is there; raises a `ScaffolderError`.

    A server has the repositories already, or creates them when somebody pushes. To create them and to give students
    access through a forge's REST API would be done here.
    """
    if not is_local(remote.root):
        return
    place, root = path_of(remote.url), path_of(remote.root)
    if place.exists():
        return
    if not root.is_dir():
        raise TargetError(f"There is no folder {shown(root, 200)} to create repositories in.")
    with store.failures("The remote cannot be created"):
        place.parent.mkdir(parents=True, exist_ok=True)
    with staged(place) as hidden:
        store.create(hidden)


def settled(ledger: Ledger, course: Course, pattern: str = "", *, needed: bool = False) -> str:
    """The pattern of addresses that is given, else that of an earlier push, else the course's.

    A given one is stored for later commands. Unless it is `needed`, it may be "". Raises `RemoteError` if it cannot be
    used.
    """
    found = pattern or ledger.meta("remote", "") or course.remote
    if not found and needed:
        raise RemoteError("Where the remotes are is not known: say it with --to or --base, or in cohort.toml.")
    if found and (problem := rules.remote_problem(found, len(course.projects))):
        raise RemoteError(f"The pattern {shown(rules.without_password(found), 200)} {problem}.")
    if pattern:
        ledger.set_meta("remote", pattern)
    return found


def address(pattern: str, assignment: Assignment) -> str:
    """The address of a student's repository; raises `RemoteError` if a field has no usable value for the student."""
    student, project = assignment.student, assignment.project
    fields = {"student": student.id, "project": project.name, "username": student.username, "group": student.group}
    for name, value in fields.items():
        if f"{{{name}}}" not in pattern:
            continue
        why = f"and the pattern of the addresses has {{{name}}} in it: change roster.csv, or give another one with --to"
        if not value:
            raise RemoteError(f"There is no {name} in the roster, {why}.")
        if rules.username_problem(value.lstrip("_")):
            raise RemoteError(f"The {name} {shown(value)} cannot be part of an address, {why}.")
    for name, value in fields.items():
        pattern = pattern.replace(f"{{{name}}}", value)
    return pattern


def of(pattern: str, assignments: Iterable[Assignment]) -> Mapping[Key, Remote]:
    """The remote of each student's project, by `Assignment.key`; without a pattern, none has one."""
    root = pattern.partition("{")[0].rpartition("/")[0] or "/"
    found = {each.key: _remote(pattern, each, root) for each in assignments}
    times = Counter(remote.url.casefold() for remote in found.values() if remote.url)
    shared = {key for key, remote in found.items() if times[remote.url.casefold()] > 1}
    return {**found, **dict.fromkeys(shared, Remote(problem=_SHARED))}


def _remote(pattern: str, assignment: Assignment, root: str) -> Remote:
    try:
        return Remote(address(pattern, assignment), root)
    except RemoteError as error:
        return Remote(problem=str(error))
