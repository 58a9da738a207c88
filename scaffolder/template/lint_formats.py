"""Tells whether a rendered file is valid in the format that its name says."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from scaffolder.formats.json import load_json
from scaffolder.formats.toml import load_toml
from scaffolder.formats.yaml import load_yaml

_READERS: Mapping[str, Callable[[str], object]] = {
    ".toml": load_toml,
    ".json": load_json,
    ".yaml": load_yaml,
    ".yml": load_yaml,
    ".py": ast.parse,
}
_LARGEST = 500_000  # bytes; a larger file is not read


@lru_cache(maxsize=10_000)
def is_valid(path: str, data: bytes) -> bool:
    """Whether a file is valid in the format that its suffix says; True if it says none, or the file is large."""
    reader = _READERS.get(PurePosixPath(path).suffix) if len(data) <= _LARGEST else None
    try:
        if reader:
            reader(data.decode())
    except (ValueError, SyntaxError, RecursionError, MemoryError):  # the last if it is nested too deep
        return False
    return True


def format_of(path: str) -> str:
    """The format of a file by its name, such as YAML."""
    return {".py": "Python", ".yml": "YAML"}.get(PurePosixPath(path).suffix, PurePosixPath(path).suffix[1:].upper())
