"""The record of how a project was generated, `.scaffolder.json`."""

from __future__ import annotations

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.project import record


@fact
def recorded(repo: Repository) -> record.Record | None:
    """The record; None if it is not there, or if it cannot be read, which a note then says."""
    text = repo.snapshot.text(record.NAME)
    try:
        return None if text is None else record.read(text)
    except record.RecordError as error:
        repo.snapshot.note(f"{record.NAME} cannot be read: {error}.")
        return None
