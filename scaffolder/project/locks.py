"""Locks, on which each later run would fail, and unfinished objects that a killed Git or libgit2 has left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_HELD = 2.0  # seconds; Git holds the lock of a reference or a configuration for some milliseconds


def release(folder: Path) -> None:
    """Remove stale locks of references and of the configuration, and unfinished objects, in the Git folder `folder`.

    A lock is stale if it is older than two seconds; a younger one is waited for until it is. A lock of the index stays,
    since Git may hold that one for long.
    """
    found = {lock: _taken(lock) for lock in _locks(folder) if lock.is_file()}
    if found:  # one wait for all of them, however far in the future their times are
        time.sleep(min(max(max(found.values()) + _HELD - time.time(), 0), _HELD))
    for lock, taken in found.items():
        if _taken(lock) == taken:
            lock.unlink(missing_ok=True)


def _taken(lock: Path) -> float:
    """When a lock was taken, in seconds since 1970; 0 if it is gone."""
    with suppress(FileNotFoundError):
        return lock.stat().st_mtime
    return 0.0


def _locks(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in ("HEAD.lock", "config.lock", "packed-refs.lock"))
    refs, objects = folder / "refs", folder / "objects"
    if not folder.is_symlink() and not refs.is_symlink():  # a link may lead to files that are not Git's
        yield from refs.rglob("*.lock")
    if not folder.is_symlink() and not objects.is_symlink():
        yield from objects.glob("tmp_object_git2_*")
