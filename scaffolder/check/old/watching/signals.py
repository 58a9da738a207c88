"""Where names of measurements stand in the code and the configuration of a repository."""

from __future__ import annotations

import re
from functools import cache

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.watching.alerts import base_name

MAX_FILES = 2_000

_SOURCES = (
    *(f"**/*.{suffix}" for suffix in ("py", "toml", "json", "yaml", "yml", "sh", "js", "ts", "sql", "go")),
    "Makefile",
)
_CONFIGURATION = (".yaml", ".yml", ".json", ".toml")
_GIVEN = re.compile(
    r"(?:up|process_\w+|python_\w+|go_\w+|node_\w+|container_\w+|kube_\w+|scrape_\w+|ALERTS)"
)  # by exporters


class Signals:
    """Finds names in code and configuration; tests and locks are neither."""

    def __init__(self, snapshot: Snapshot) -> None:
        paths = [path for path in snapshot.glob(*_SOURCES) if not _ignored(path)]
        self._snapshot = snapshot
        self._paths = sorted(paths, key=lambda path: (not path.endswith(".py"), path))[:MAX_FILES]
        self.place = cache(self._place)

    def _place(self, name: str, code_only: bool = False) -> str | None:
        """The first file that holds `name` as a word, with or without what a client library adds; None if none does."""
        if _GIVEN.fullmatch(name):
            return "an exporter"
        for wanted in dict.fromkeys((name, base_name(name))):
            found = re.compile(rf"(?<!\w){re.escape(wanted)}(?![A-Za-z0-9])")
            for path in self._paths:
                text = "" if code_only and path.endswith(_CONFIGURATION) else self._snapshot.text(path) or ""
                if wanted in text and found.search(text):
                    return path
        return None


def signals(snapshot: Snapshot) -> Signals:
    """What finds names in this repository."""
    return Signals(snapshot)


def _ignored(path: str) -> bool:
    parts = path.split("/")
    return (
        "tests" in parts
        or "test" in parts
        or parts[-1].startswith("test_")
        or parts[-1].endswith(("-lock.json", "lock.yaml"))
    )
