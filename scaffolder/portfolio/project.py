"""One repository of a portfolio: its files, the report of its check, and its address."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from scaffolder.check import examine
from scaffolder.check.contract import PATH as CONTRACT
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import FactError
from scaffolder.check.readers import metrics as readers
from scaffolder.check.readers.metrics import Metrics
from scaffolder.errors import TargetError, shown
from scaffolder.portfolio import owner
from scaffolder.portfolio.addresses import file_address, remote_of, repository_address
from scaffolder.project import record
from scaffolder.results.finding import Evidence, Finding, State
from scaffolder.results.report import Report

MOST = 40  # repositories of one portfolio
MOST_NAMES = 2_000  # looked at in one folder
_COPY = re.compile(r"-drill-\d+$")  # ends the name of a folder that `practice --break` makes
_OF_PROJECTS = (CONTRACT, record.NAME)
_OF_REPOSITORIES = (".git", "README.md", "pyproject.toml")


@dataclass(frozen=True)
class Project:
    """A repository that was read and checked. `address` is its web address, "" if it is not known."""

    folder: Path
    name: str
    repo: Repository
    report: Report
    address: str = ""

    def finding(self, item: str) -> Finding:
        """The finding on one item of the checklist."""
        return next(finding for finding in self.report.findings if finding.item == item)

    def link(self, evidence: Evidence) -> str:
        """The web address of evidence, "" if it has none."""
        return file_address(self.address, evidence.path, evidence.line)

    @property
    def unready(self) -> str:
        """Why a reader should not see the project, "" if there is no reason."""
        if _COPY.search(self.name):
            return "it is a copy to practise on"
        return "its exercises are not all written" if self.finding("exercises").state is State.MISSING else ""

    @property
    def metrics(self) -> Metrics | None:
        """The measurements; None if there are none that can be read, or if the predictions contradict them."""
        try:
            found = readers.metrics(self.repo)
        except FactError:
            return None
        return None if self.finding("recomputed-metrics").state in (State.FLAWED, State.MISSING) else found


def opened(folder: Path, address: str = "") -> Project:
    """Read and check the repository in `folder`; without `address`, its Git remote says where it is."""
    repo = examine.opened(folder)
    name = folder.resolve().name
    return Project(
        folder, name, repo, examine.examine(repo, name, str(folder)), address or repository_address(remote_of(folder))
    )


def ready(projects: Iterable[Project]) -> tuple[list[Project], list[Project]]:
    """The projects to show, and those that are not; raises `TargetError` if there is none to show."""
    every = list(projects)
    kept, others = [each for each in every if not each.unready], [each for each in every if each.unready]
    if others and not kept:
        raise TargetError(f"There is no project to show: of {shown(others[0].name)}, {others[0].unready}.")
    return kept, others


def repositories(paths: Iterable[Path]) -> list[Path]:
    """The repositories that `paths` name: each one itself or, of a folder that is none, those in it.

    Raises `TargetError` if a path has none, or if there are more than `MOST`.
    """
    found: dict[str, Path] = {}
    for path in paths:
        if not path.is_dir():
            raise TargetError(f"There is no folder {shown(path, 200)}.")
        inside = [path] if is_repository(path) else _inside(path)
        if not inside:
            raise TargetError(f"{shown(path, 200)} is no repository, and no folder in it is one.")
        for each in inside:
            found.setdefault(os.path.realpath(each), each)
    if len(found) > MOST:
        raise TargetError(f"{len(found)} repositories are more than the {MOST} that one page can show: name fewer.")
    return list(found.values())


def is_repository(folder: Path) -> bool:
    """Whether `folder` is a project, and not a folder of projects or the home of a portfolio's page."""
    if _has(folder, _OF_PROJECTS):
        return True
    return _has(folder, _OF_REPOSITORIES) and not _has(folder, (owner.NAME,)) and not _inside(folder)


def _inside(folder: Path) -> list[Path]:
    """The projects in `folder`, links to folders elsewhere left out."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in islice(entries, MOST_NAMES) if entry.is_dir(follow_symlinks=False))
    inner = (folder / name for name in names if not name.startswith("."))
    return [each for each in inner if _has(each, (*_OF_PROJECTS, ".git"))]


def _has(folder: Path, names: tuple[str, ...]) -> bool:
    return any(os.path.lexists(folder / name) for name in names)
