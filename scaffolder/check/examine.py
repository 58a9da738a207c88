"""The result of checking a repository: each item's finding, the level reached, and the open items of the next one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from scaffolder.check.config import config
from scaffolder.check.contract import PATH as CONTRACT
from scaffolder.check.contract import contract, undeclared
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.item import ignored
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.check.reviews import reviews
from scaffolder.check.template_words import template_name
from scaffolder.errors import ScaffolderError, TargetError, shown, suggestion
from scaffolder.results.finding import Reviewed
from scaffolder.results.report import Report


def check(path: Path | str, *, only: Collection[str] = (), skip: Collection[str] = (), online: bool = False) -> Report:
    """Check the repository in the folder `path`: all items, only those in `only`, or all but those in `skip`.

    Nothing in it is executed, and no link out of it is followed.

    Raises:
        TargetError: `path` is no folder that can be read.
        UnknownItemError: `only` or `skip` names an item that does not exist.

    """
    known(*only, *skip)
    repo = opened(path, online=online)
    whole = Path(path).resolve()
    return examine(repo, whole.name or str(whole), str(Path(path)), only=only, skip=skip)


def opened(path: Path | str, *, online: bool = False) -> Repository:
    """The repository in the folder `path`; raises `TargetError` if it is no folder that can be read."""
    folder = Path(path)
    if not folder.is_dir():
        raise TargetError(f"There is no folder {shown(folder, 200)} to check.")
    try:
        return Repository(Snapshot.of_folder(folder), folder=folder, online=online)
    except OSError as error:
        raise TargetError(f"{shown(folder, 200)} cannot be read: {error.strerror}.") from error


def examine(
    repo: Repository,
    name: str,
    path: str = "",
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    given: Mapping[str, tuple[Reviewed, ...]] | None = None,
) -> Report:
    """Check a repository that has already been read; see `check`. `given` replaces the repository's own reviews."""
    wanted = [item for item in ITEMS if (not only or item.id in only) and item.id not in skip]
    judged = reviews(repo) if given is None else given
    ignore = {item: reason for item, reason in config(repo).ignore.items() if item in BY_ID}
    findings = []
    for item in wanted:
        finding = replace(item.finding(repo), reviews=judged.get(item.id, ()))
        findings.append(ignored(finding, ignore[item.id]) if item.id in ignore else finding)
    unknown = (_unknown(item) for item in config(repo).ignore if item not in BY_ID)
    absent = f"There is no {CONTRACT} to say where things are, so some items were not checked and no level is given."
    return Report(
        name=name,
        path=path,
        template=template_name(repo),
        findings=tuple(findings),
        notes=(
            *(() if repo.snapshot.is_file(CONTRACT) else (absent,)),
            *config(repo).problems,
            *unknown,
            *repo.snapshot.notes,
        ),
        complete=len(wanted) == len(ITEMS),
        declared=contract(repo) is not None,
        undeclared=undeclared(repo),
    )


def known(*items: str) -> None:
    """Raise `UnknownItemError` for the first of `items` that does not exist."""
    for item in items:
        if item not in BY_ID:
            raise UnknownItemError(f"There is no item {shown(item)}: {suggestion(item, BY_ID)}")


class UnknownItemError(ScaffolderError):
    """An item that the checklist does not have."""


def _unknown(item: str) -> str:
    return f"pyproject.toml: [tool.scaffolder] ignores {shown(item)}, which is no item: {suggestion(item, BY_ID)}"
