"""The two TOML files that configure a repository."""

from __future__ import annotations

from typing import Any

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.formats.toml import TomlError, load_toml


@fact
def settings(repo: Repository) -> dict[str, Any]:
    """`settings.toml` of a generated repository; empty if it is absent or not TOML, which a note then says."""
    return _loaded(repo, "settings.toml")


@fact
def pyproject(repo: Repository) -> dict[str, Any]:
    """`pyproject.toml`; empty if it is absent or not TOML, which a note then says."""
    return _loaded(repo, "pyproject.toml")


def _loaded(repo: Repository, path: str) -> dict[str, Any]:
    try:
        return load_toml(repo.snapshot.text(path) or "")
    except TomlError as error:
        repo.snapshot.note(f"{path} is not TOML: {error}")
        return {}
