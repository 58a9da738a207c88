"""A repository, checked: every item's finding, the level reached, and what stands before the next one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scaffolder.check.engine.facts import Facts
from scaffolder.check.engine.finding import Finding, Level, State
from scaffolder.check.engine.item import ignored
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.errors import ScaffolderError, TargetError, shown, suggestion

LADDER = tuple(Level)


@dataclass(frozen=True)
class Report:
    """What `check` found in one repository, as plain data; `template` is what it was made from."""

    name: str
    path: str
    template: str | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    complete: bool = True  # whether every item was checked, so that a level can be awarded

    def open(self, level: Level) -> tuple[Finding, ...]:
        """The items of `level` and the levels below it that are not done."""
        within = LADDER[: LADDER.index(level) + 1]
        return tuple(finding for finding in self.findings if finding.level in within and not finding.state.counts)

    @cached_property
    def level(self) -> Level | None:
        """The highest level reached; None if it is not even the first, or if items were left out."""
        reached = [level for level in LADDER if not self.open(level)]
        return reached[-1] if reached and self.complete else None

    @cached_property
    def next_level(self) -> Level | None:
        """The level to reach next; None on top of the ladder."""
        return next((level for level in LADDER if self.open(level)), None)

    @property
    def blockers(self) -> tuple[Finding, ...]:
        """What stands between the owner and the next level."""
        return self.open(self.next_level) if self.next_level else ()

    @cached_property
    def counts(self) -> dict[State, int]:
        """How many items are in each state."""
        states = [finding.state for finding in self.findings]
        return {state: states.count(state) for state in State}

    @property
    def score(self) -> int:
        """Per cent of the items that apply that are done, rounded down."""
        applying = len(self.findings) - self.counts[State.NOT_APPLICABLE]
        return self.counts[State.DONE] * 100 // applying if applying else 100


def check(path: Path | str, *, only: Collection[str] = (), skip: Collection[str] = (), online: bool = False) -> Report:
    """Check the repository in the folder `path`; with `only` or `skip`, some items of it.

    Nothing in it is executed, and no link out of it is followed.

    Raises:
        TargetError: `path` is no folder that can be read.
        UnknownItemError: `only` or `skip` names an item that does not exist.

    """
    folder = Path(path)
    known(*only, *skip)
    if not folder.is_dir():
        raise TargetError(f"There is no folder {shown(str(folder), 200)} to check.")
    try:
        snapshot = Snapshot.of_folder(folder)
    except OSError as error:
        raise TargetError(f"{shown(str(folder), 200)} cannot be read: {error.strerror}.") from error
    return examine(snapshot, folder.resolve().name, str(folder), only=only, skip=skip, online=online)


def examine(
    snapshot: Snapshot,
    name: str,
    path: str = "",
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    online: bool = False,
) -> Report:
    """Check a repository that has been read already; see `check`."""
    facts = Facts(snapshot, online=online)
    wanted = [item for item in ITEMS if (not only or item.id in only) and item.id not in skip]
    findings = tuple(item.finding(facts) for item in wanted)
    ignore = {item: reason for item, reason in facts.config.ignore.items() if item in BY_ID}
    findings = tuple(
        ignored(finding, ignore[finding.item]) if finding.item in ignore else finding for finding in findings
    )
    unknown = (_unknown(item) for item in facts.config.ignore if item not in BY_ID)
    notes = (*facts.config.problems, *unknown, *snapshot.notes)
    return Report(name, path, _template(facts.record), findings, notes, complete=len(wanted) == len(ITEMS))


def known(*items: str) -> None:
    """Raise `UnknownItemError` for the first of `items` that does not exist."""
    for item in items:
        if item not in BY_ID:
            raise UnknownItemError(f"There is no item {shown(item)}: {suggestion(item, BY_ID)}")


class UnknownItemError(ScaffolderError):
    """An item that the checklist does not have."""


def _unknown(item: str) -> str:
    return f"pyproject.toml: [tool.scaffolder] ignores {shown(item)}, no item: {suggestion(item, BY_ID)}"


def _template(record: dict[str, Any] | None) -> str | None:
    name = record.get("template") if record else None
    return name if isinstance(name, str) else None
