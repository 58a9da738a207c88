"""The checklist as checks of repo-review (https://repo-review.readthedocs.io), a family for each level.

`pip install '.[repo-review]'` in a copy of the source, then `repo-review .`: pyproject.toml names these functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import MAX_FILES, SKIPPED, Snapshot
from scaffolder.check.examine import examine, opened
from scaffolder.check.item import Item
from scaffolder.check.items import ITEMS
from scaffolder.pages.markdown import escaped
from scaffolder.pages.words import RUNGS
from scaffolder.results.finding import State
from scaffolder.results.report import LADDER, Report

if TYPE_CHECKING:
    from repo_review.families import Family


class Check:
    """An item of the checklist as a check of repo-review.

    repo-review formats the docstring after the check has run, so `note` can add what a pass alone would hide.
    """

    def __init__(self, item: type[Item]) -> None:
        title = item.title().replace("{", "{{").replace("}", "}}")
        self.__doc__ = f"{title}{{self.note}}"
        self.note = ""
        self.family = f"scaffolder-{item.level}"
        self._id = item.id

    def check(self, scaffolder_report: Report) -> str | bool | None:
        """True if the item is done or written, None if that is not known, else what to do, in Markdown.

        Raises:
            RuntimeError: A bug of ours kept the item from being checked.

        """
        finding = next(finding for finding in scaffolder_report.findings if finding.item == self._id)
        if finding.state is State.ERROR:
            raise RuntimeError(f"{self._id}: {finding.reason}")
        if finding.state in (State.NOT_APPLICABLE, State.UNVERIFIED, State.FOUND):
            return None
        if finding.state is State.WRITTEN:
            self.note = " (written and reviewed)" if finding.reviewed else " (written, not reviewed)"
        found = "".join(f"\n\n{escaped(str(evidence))}" for evidence in finding.evidence)
        return finding.state.counts or f"{finding.remedy}{found}"


def checks() -> dict[str, Check]:
    """The check of each item, by id."""
    return {f"scaffolder-{item.id}": Check(item) for item in ITEMS}


def families() -> dict[str, Family]:
    """The family of each level, lowest first."""
    return {f"scaffolder-{level}": {"name": RUNGS[level], "order": order} for order, level in enumerate(LADDER)}


def scaffolder_report(root: Traversable) -> Report:
    """The report on the repository at `root`, a folder here or at a place that repo-review can read."""
    if isinstance(root, Path):
        return examine(opened(root), root.resolve().name)
    files = dict(islice(_files(root), MAX_FILES))
    snapshot = Snapshot(files, lambda path, limit: files[path].read_bytes()[:limit], [])
    return examine(Repository(snapshot), root.name)


def _files(folder: Traversable, place: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_file():
            yield place + entry.name, entry
        elif entry.is_dir() and entry.name not in SKIPPED:
            yield from _files(entry, f"{place}{entry.name}/")
