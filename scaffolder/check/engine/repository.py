"""The repository that is being checked, and the facts about it: plain functions, each computed once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.engine.verdict import FactError

Value = TypeVar("Value")


class Repository:
    """A repository that is being checked.

    `online` says whether web addresses may be asked, `today` is the date that dates in documents are compared with,
    and `folder` is the repository's folder, None if it is only in memory. `commit` names the Git repository and the
    commit that the files come from; of a folder, it is the one that is checked out.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        folder: Path | None = None,
        online: bool = False,
        today: date | None = None,
        commit: tuple[Path, str] | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.folder = folder
        self.commit = (folder, "HEAD") if folder and not commit else commit
        self.online = online
        self.today = today or date.today()
        self._known: dict[object, Any] = {}
        self._failed: dict[object, FactError] = {}
        self._unseen: dict[object, dict[str, None]] = {}

    def once(self, compute: Callable[[Repository], Value]) -> Value:
        """The result of `compute(self)`, computed once; a `FactError` that it raised is raised again each time.

        What it did not see is then unseen by all who ask for it.
        """
        if compute not in self._unseen:
            self._compute(compute)
        self.snapshot.unseen.update(self._unseen[compute])
        if compute in self._failed:
            raise self._failed[compute]
        value: Value = self._known[compute]
        return value

    def _compute(self, compute: Callable[[Repository], Value]) -> None:
        before, self.snapshot.unseen = self.snapshot.unseen, {}
        try:
            self._known[compute] = compute(self)
        except FactError as error:
            self._failed[compute] = error
        finally:
            unseen, self.snapshot.unseen = self.snapshot.unseen, before
        self._unseen[compute] = unseen


def fact(compute: Callable[[Repository], Value]) -> Callable[[Repository], Value]:
    """Decorate a function of a repository so that it is computed only once for each repository."""

    @wraps(compute)
    def known(repo: Repository) -> Value:
        return repo.once(compute)

    return known
