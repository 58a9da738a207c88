"""The render that a student was last given: the newest commit of our branch `scaffold` in the student's work."""

from __future__ import annotations

from collections.abc import Mapping

import pygit2

from scaffolder.cohort.remote.fetching import descends
from scaffolder.project import record, store, update
from scaffolder.template.questions import Answer


def last(repo: pygit2.Repository, ours: str) -> str | None:
    """The newest of our renders that the student's commit `ours` contains; None if it contains none."""
    tip = store.commit_of(repo, store.SCAFFOLD)
    while tip and not descends(repo, ours, tip):
        parents = repo[tip].peel(pygit2.Commit).parent_ids
        tip = str(parents[0]) if parents else None
    return tip


def answers(repo: pygit2.Repository, ours: str) -> Mapping[str, Answer]:
    """The answers of that render, to which the teacher's answers of today are compared; none without a render."""
    tip = last(repo, ours)
    return update.record_of(repo, tip).answers if tip else {}


def way_back(repo: pygit2.Repository, ours: str) -> str:
    """A sentence, without its full stop, that tells the student how to get the record of that render back."""
    tip = last(repo, ours)
    if tip is None:
        return f"Take back an older one, which git log -- {record.NAME} finds"
    return f"Take back the one that was handed out: git checkout {tip[:10]} -- {record.NAME}"
