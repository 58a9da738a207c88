"""The YAML files of a repository."""

from __future__ import annotations

from typing import Any

from scaffolder.check.engine.repository import Repository
from scaffolder.formats.yaml import TooLargeError, load_yaml


def loaded(repo: Repository, path: str) -> Any:
    """The value of a YAML file, None if it is not there or too large; raises `YamlError` if it is not YAML."""
    try:
        return load_yaml(repo.snapshot.text(path) or "")
    except TooLargeError as error:
        repo.snapshot.leave_out(f"{path} was not read: it has {error}.")
        return None
