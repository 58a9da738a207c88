"""The checklist as checks of repo-review (https://repo-review.readthedocs.io), a family for each level.

`pip install 'scaffolder[repo-review]'`, then `repo-review .`: the entry points in pyproject.toml name these functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.check.engine.finding import State
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.snapshot import MAX_FILES, SKIPPED, Snapshot
from scaffolder.check.items import ITEMS
from scaffolder.check.report import LADDER, Report, examine
from scaffolder.pages.markdown import escaped
from scaffolder.pages.words import RUNGS

if TYPE_CHECKING:
    from repo_review.families import Family


class Check:
    """An item of the checklist, as repo-review asks it; its title is where repo-review looks for it."""

    def __init__(self, item: type[Item]) -> None:
        self.__doc__ = item.title()
        self.family = f"scaffolder-{item.level}"
        self._id = item.id

    def check(self, scaffolder_report: Report) -> str | bool | None:
        """Whether the item is done, None if that does not apply or cannot be known, or what to do (Markdown)."""
        finding = next(finding for finding in scaffolder_report.findings if finding.item == self._id)
        if finding.state in (State.NOT_APPLICABLE, State.UNVERIFIED):
            return None
        found = "".join(f"\n\n{escaped(str(evidence))}" for evidence in finding.evidence)
        return finding.state is State.DONE or f"{finding.remedy}{found}"


def checks() -> dict[str, Check]:
    """Each item under its own id."""
    return {f"scaffolder-{item.id}": Check(item) for item in ITEMS}


def families() -> dict[str, Family]:
    """The ladder, lowest level first."""
    return {f"scaffolder-{level}": {"name": RUNGS[level], "order": order} for order, level in enumerate(LADDER)}


def scaffolder_report(root: Traversable) -> Report:
    """What the checklist finds in the repository at `root`, here or where repo-review can read."""
    if isinstance(root, Path):
        return examine(Snapshot.of_folder(root), root.resolve().name)
    files = dict(islice(_files(root), MAX_FILES))
    return examine(Snapshot(dict.fromkeys(files), lambda path, limit: files[path].read_bytes()[:limit], []), root.name)


def _files(folder: Traversable, place: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_file():
            yield place + entry.name, entry
        elif entry.is_dir() and entry.name not in SKIPPED:
            yield from _files(entry, f"{place}{entry.name}/")
