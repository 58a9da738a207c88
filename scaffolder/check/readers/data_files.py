"""The TOML and YAML files of a repository."""

from __future__ import annotations

from typing import Any

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.formats.yaml import TooLargeError, load_yaml


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


def loaded(repo: Repository, path: str) -> Any:
    """The value of a YAML file, None if it is not there or too large; raises `YamlError` if it is not YAML."""
    try:
        return load_yaml(repo.snapshot.text(path) or "")
    except TooLargeError as error:
        repo.snapshot.leave_out(f"{path} was not read: it has {error}.")
        return None
