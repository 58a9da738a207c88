"""Checks students' repositories in a child process, which is stopped if one takes too long or too much memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaffolder.child import Answer, Child, Limits, Service
from scaffolder.errors import ScaffolderError


class CheckError(ScaffolderError):
    """A repository that cannot be checked."""


class Checker(Child):
    """Checks one repository after the other in a child process."""

    work, error = "The check", CheckError

    def __init__(self) -> None:
        super().__init__("scaffolder.cohort.work.checking:service", None, Limits())

    def report(self, repository: Path, commit: str, name: str) -> Mapping[str, Any]:
        """The report of `check` on a commit, without its own reviews, as JSON.

        It has more keys: `texts` has the SHA-256 of each text that people write, finished or not, and `readme` says
        whether there is a README.
        Raises `CheckError` if the check fails or is stopped.
        """
        report: Mapping[str, Any]
        report, _ = self.ask(repository=str(repository), commit=commit, name=name)
        return report


def service(_start: None) -> Service:
    """The service of a `Checker`, in its child process."""
    return _checked


def _checked(repository: str, commit: str, name: str) -> Answer:
    from scaffolder.check.commit_snapshot import repository_at
    from scaffolder.check.documents import readme
    from scaffolder.check.examine import examine
    from scaffolder.check.review_session import texts
    from scaffolder.results.finding import State

    repo = repository_at(Path(repository), commit)
    report = examine(repo, name, given={})
    asked = [replace(each, state=State.WRITTEN) for each in report.findings if each.written]
    hashes = {text.item: text.sha256 for text in texts(repo, asked)}  # also of what is not finished
    return {**report.to_json(), "texts": hashes, "readme": readme(repo) is not None}, []
