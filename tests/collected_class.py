"""A cohort as it is after a collection: a ledger, bare repositories, and snapshots of what students wrote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pygit2

from scaffolder.cohort import ledger
from scaffolder.cohort.course import home
from scaffolder.cohort.ledger import Checked, Collected, Judged
from scaffolder.cohort.work.checking import service
from scaffolder.project import store
from scaffolder.tree import File

PROBLEM = (
    "Forty customers of {0} leave each week, and it costs 420 € to win one of them back. We want a recall of 0.85."
)
LIMITS = "Trained on the shop of {0} alone. Do not use it for another, and never for those who came this month."
README = "# {0}\n\n## Problem\n\n{1}\n\n## Limitations\n\n{2}\n"


def readme(student: str, problem: str = PROBLEM, limits: str = LIMITS) -> str:
    return README.format(student, problem.format(student), limits.format(student))


def make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with ledger.opened(folder, create=True):
        return folder


def hand_in(
    folder: Path,
    student: str,
    text: str,
    project: str = "churn",
    at: str = "",
    files: Mapping[str, bytes] | None = None,
) -> Collected:
    """Put a README into a student's repository, collect and check it."""
    path = home.repository(folder, student, project)
    repo = store.opened(path) if path.is_dir() else store.create(path)
    content = {"README.md": text.encode(), "scaffolder.toml": b"contract = 1\n", **(files or {})}
    tree = store.write_tree(repo, {name: File(data) for name, data in content.items()})
    commit = store.commit(repo, tree, [], "Work", when=1)
    repo.references.create(f"refs/collected/{len(list(repo.references)) + 1}", pygit2.Oid(hex=commit))
    snapshot = Collected(student, project, commit, at or ledger.now())
    report, _ = service(None)(repository=str(path), commit=commit, name=project)
    with ledger.opened(folder) as book:
        book.record(collected=[snapshot], checked=[Checked(student, project, commit, snapshot.at, report)])
    return snapshot


def judged(folder: Path) -> list[Judged]:
    with ledger.opened(folder) as book:
        return book.reviews()
