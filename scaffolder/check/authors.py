"""The names and addresses of the authors of a repository."""

from __future__ import annotations

import re

from scaffolder import git
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.initial_render import recorded
from scaffolder.errors import OutsideError

REVIEWS = "docs/reviews.toml"  # commits of this file alone make nobody an author

_IDENTITY = re.compile(r"([^<>]*)(?:<([^<>\s]*)>)?")


@fact
def authors(repo: Repository) -> frozenset[str] | None:
    """The names and addresses of the repository's authors, folded; None if they cannot be known without its history."""
    if repo.folder is None:
        return None
    try:
        known = git.authors(repo.folder, apart_from=REVIEWS)
    except OutsideError as error:
        repo.snapshot.note(f"Who wrote this repository is not known ({str(error).rstrip('.')}), so no review counts.")
        return None
    generated = recorded(repo)
    answered = str(generated.answers.get("author_name", "")) if generated else ""
    return frozenset(name for each in (*known, answered) for name in names(each))


def names(identity: str) -> frozenset[str]:
    """'Ada Lovelace <ada@example.org>' -> her name and her address, folded."""
    found = _IDENTITY.fullmatch(identity.strip())
    return frozenset(" ".join(part.casefold().split()) for part in (found.groups() if found else (identity,)) if part)


def has_address(identity: str) -> bool:
    """Whether an identity has an address, not only a name."""
    return "@" in identity
