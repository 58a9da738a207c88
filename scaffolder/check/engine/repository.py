"""The repository that is being checked, and the facts about it: plain functions, each computed once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from scaffolder.check.engine.finding import FactError
from scaffolder.check.engine.snapshot import Snapshot

Value = TypeVar("Value")


class Repository:
    """What a repository held when it was looked at.

    `online` says whether web addresses may be asked, `today` is the date that reviews are held against, and
    `folder` is where the repository lies, None if it is only in memory.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        folder: Path | None = None,
        online: bool = False,
        today: date | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.folder = folder
        self.online = online
        self.today = today or date.today()
        self._known: dict[object, Any] = {}
        self._failed: dict[object, FactError] = {}

    def once(self, compute: Callable[[Repository], Value]) -> Value:
        """What `compute` finds out about this repository; a fact that cannot be had fails alike each time."""
        if compute in self._failed:
            raise self._failed[compute]
        if compute not in self._known:
            try:
                self._known[compute] = compute(self)
            except FactError as error:
                self._failed[compute] = error
                raise
        value: Value = self._known[compute]
        return value


def fact(compute: Callable[[Repository], Value]) -> Callable[[Repository], Value]:
    """Make a function of a repository a fact: whoever asks, it is computed once for each repository."""

    @wraps(compute)
    def known(repo: Repository) -> Value:
        return repo.once(compute)

    return known
