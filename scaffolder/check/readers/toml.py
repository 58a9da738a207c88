"""TOML: the reader of `scaffolder.formats`, and the settings of a generated repository."""

from __future__ import annotations

from typing import Any

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.formats.toml import TomlError, load_toml

__all__ = ["TomlError", "load_toml", "settings"]


def settings(snapshot: Snapshot) -> dict[str, Any]:
    """`settings.toml` of a generated repository; empty if there is none or it is not TOML."""
    try:
        return load_toml(snapshot.text("settings.toml") or "")
    except TomlError as error:
        snapshot.note(f"settings.toml is not TOML: {error}")
        return {}
