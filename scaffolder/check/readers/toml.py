"""TOML, safe on hostile text: `tomllib` takes time that grows with the cube of the parts of a dotted key."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from scaffolder.check.engine.repository import Repository, fact

MAX_CHARACTERS = 500_000
_LONG_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]{1,200}[ \t]*\.[ \t]*){30}""")


class TomlError(ValueError):
    """The text is no TOML, or none that a person would write; the message says why."""


@lru_cache(maxsize=16)  # several facts read the same few files
def load_toml(text: str) -> dict[str, Any]:
    """The content of a TOML document, not to be changed; raises `TomlError`."""
    import tomllib

    if len(text) > MAX_CHARACTERS:
        raise TomlError(f"more than {MAX_CHARACTERS:,} characters")
    if _LONG_KEY.search(text):
        raise TomlError("a key of more than 30 parts")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise TomlError(" ".join(str(error).split())[:200]) from None


@fact
def settings(repo: Repository) -> dict[str, Any]:
    """`settings.toml` of a generated repository; empty if there is none or it is not TOML, which a note says."""
    return _loaded(repo, "settings.toml")


@fact
def pyproject(repo: Repository) -> dict[str, Any]:
    """`pyproject.toml`; empty if there is none or it is not TOML, which a note says."""
    return _loaded(repo, "pyproject.toml")


def _loaded(repo: Repository, path: str) -> dict[str, Any]:
    try:
        return load_toml(repo.snapshot.text(path) or "")
    except TomlError as error:
        repo.snapshot.note(f"{path} is not TOML: {error}")
        return {}
