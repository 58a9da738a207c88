"""The authors of a repository, and whether a name or an address is one of theirs or only looks like it."""

from __future__ import annotations

import re
import unicodedata

from scaffolder import git
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.recorded import recorded
from scaffolder.errors import OutsideError

LONGEST = 200  # characters of a name that are compared
REVIEWS = "docs/reviews.toml"  # commits of this file alone make nobody an author

_IDENTITY = re.compile(r"([^<>]*)(?:<([^<>\s]*)>)?")
_TAG = re.compile(r"\+[^@]*(?=@)")  # of ada+1@example.org, which most servers deliver to ada@example.org
# Letters of other alphabets that look like Latin ones, in both cases, and digits that do.
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαιορν01", "ABESIJKMHOPCTYXaesijopcyxhdqwABEZHIKMNOPTYXaiopvol"
)


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


def resembled(repo: Repository, identity: str) -> str:
    """The name or address of an author that `identity` looks like, if it is not the same; "" if there is none."""
    found = _IDENTITY.fullmatch(identity.strip())
    looks = [_look(part) for part in (found.groups() if found else ()) if part]
    return next((_looks(repo)[look] for look in looks if look in _looks(repo)), "")


@fact
def _looks(repo: Repository) -> dict[str, str]:
    """The names and addresses of the authors, by what they look like."""
    return {_look(name): name for name in sorted(authors(repo) or ())}


def _look(text: str) -> str:
    """`text` as it looks: in one alphabet, without accents, spaces and marks, and without the tag of an address."""
    plain = unicodedata.normalize("NFKD", _TAG.sub("", text[:LONGEST])).translate(_LOOKALIKES).casefold()
    return "".join(char for char in plain if char.isalnum() or char == "@")
