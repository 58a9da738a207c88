"""`[tool.scaffolder]` in a repository's pyproject.toml: which items its owner ignores, each for a reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.data_files import pyproject

KEYS = ("ignore",)


class Config(NamedTuple):
    """`ignore` maps an item's id to the reason; `problems` are sentences on settings that have no effect."""

    ignore: Mapping[str, str] = MappingProxyType({})
    problems: tuple[str, ...] = ()


@fact
def config(repo: Repository) -> Config:
    """The repository's settings; each wrong setting has no effect and is named in `problems`."""
    table = pyproject(repo).get("tool", {})
    table = table.get("scaffolder", {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        return Config(problems=("pyproject.toml: [tool.scaffolder] is not a table, so it has no effect.",))
    problems = [
        f"pyproject.toml: [tool.scaffolder] has no setting {key!r}; it has {', '.join(KEYS)}."
        for key in table
        if key not in KEYS
    ]
    ignore = table.get("ignore", {})
    if not isinstance(ignore, dict):
        problems.append('pyproject.toml: [tool.scaffolder] ignore has no effect: write it as {item = "reason"}.')
        ignore = {}
    reasons = {item: reason.strip() for item, reason in ignore.items() if isinstance(reason, str) and reason.strip()}
    problems += [
        f"pyproject.toml: {item!r} is not ignored, because no reason is given."
        for item in ignore
        if item not in reasons
    ]
    return Config(MappingProxyType(reasons), tuple(problems))
