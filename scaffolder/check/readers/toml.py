"""The two TOML files that a repository is set up by."""

from __future__ import annotations

from typing import Any

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.formats.toml import TomlError, load_toml


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
