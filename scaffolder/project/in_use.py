"""Whether a project is in use, so that its data cannot be exchanged: it runs, or people have released from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from scaffolder.errors import shown
from scaffolder.formats.json import JsonError, load_json
from scaffolder.project.update import UpdateError
from scaffolder.safe import locked

_MOST_BYTES = 20_000_000  # of a log
_NAMED = 5  # people


def refuse(folder: Path, running: Iterable[str], people: Mapping[str, Any]) -> None:
    """Raise `UpdateError` if the project in `folder` is in use; `scaffolder.adopt.kinds` explains the arguments."""
    for path in sorted(path for pattern in running for path in folder.glob(pattern)):
        runs = UpdateError(f"A process of this project runs ({path.relative_to(folder)}): stop it first.")
        with suppress(OSError), locked(path, runs):
            pass  # nobody holds its lock
    if people and (names := sorted(set(_names(folder / people["log"], people["who"])) - set(people.get("but", ())))):
        raise UpdateError(
            f"{people['log']} tells of releases by {', '.join(map(shown, names[:_NAMED]))}, which would be removed: "
            "use a fresh copy of this repository."
        )


def _names(log: Path, key: str) -> Iterator[str]:
    """The names under the key, in the lines of the log that can be read."""
    with suppress(OSError), log.open("rb") as file:
        for line in file.read(_MOST_BYTES).splitlines():
            with suppress(JsonError):
                entry = load_json(line)
                if isinstance(entry, dict) and isinstance(entry.get(key), str):
                    yield entry[key]
