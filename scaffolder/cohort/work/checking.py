"""Checks students' repositories in a child process, which is stopped if one takes too long or too much memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffolder.child import Answer, Child, Limits, Service
from scaffolder.errors import ScaffolderError

if TYPE_CHECKING:
    from scaffolder.check.engine.repository import Repository


class CheckError(ScaffolderError):
    """A repository that cannot be checked."""


class Checker(Child):
    """Checks one repository after the other in a child process."""

    work, error = "The check", CheckError

    def __init__(self) -> None:
        super().__init__("scaffolder.cohort.work.checking:service", None, Limits())

    def report(self, repository: Path, commit: str, name: str, *, mine: bool = False) -> Mapping[str, Any]:
        """The report of `check` on a commit, without its own reviews, as JSON.

        It has more keys: `texts` has the SHA-256 of each text that people write, finished or not, and `readme` says
        whether there is a README. With `mine`, `own` counts what is the student's own, null if nobody knows.
        Raises `CheckError` if the check fails or is stopped.
        """
        report: Mapping[str, Any]
        report, _ = self.ask(repository=str(repository), commit=commit, name=name, mine=mine)
        return report


def service(_start: None) -> Service:
    """The service of a `Checker`, in its child process."""
    return _checked


def _checked(repository: str, commit: str, name: str, mine: bool) -> Answer:
    from scaffolder.check.commit_snapshot import repository_at
    from scaffolder.check.documents import readme
    from scaffolder.check.examine import examine
    from scaffolder.check.review_session import texts
    from scaffolder.results.finding import State

    repo = repository_at(Path(repository), commit)
    report = examine(repo, name, given={})
    asked = [replace(each, state=State.WRITTEN) for each in report.findings if each.written]
    hashes = {text.item: text.sha256 for text in texts(repo, asked)}  # also of what is not finished
    own = {"own": _own(repo)} if mine else {}
    return {**report.to_json(), "texts": hashes, "readme": readme(repo) is not None, **own}, []


def _own(repo: Repository) -> dict[str, int] | None:
    """How much is the student's own, beyond the template; None if that is not known."""
    from scaffolder.check.own_work import own_work
    from scaffolder.project.mine.file_kinds import Kind

    found = own_work(repo).found
    if found is None:
        return None
    return {"code": found.lines(Kind.CODE), "tests": found.lines(Kind.TESTS), "words": found.words}
