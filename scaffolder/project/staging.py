"""Creates folders all or nothing: fills one under a hidden name next to its target, then renames it once."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scaffolder.errors import OutsideError, TargetError, shown

try:
    import fcntl
except ImportError:  # Windows: what a killed run leaves behind stays until a person removes it
    fcntl = None  # type: ignore[assignment]

_HIDDEN = re.compile(r"\..+\.scaffolder-[0-9a-f]{8}\.tmp")


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A new, empty folder that is renamed to `target` when the block ends without an error, else removed.

    Missing parents of `target` are created by the same rename. Raises `OutsideError` if writing fails.
    """
    top = first_missing(target)
    with hidden_folder(top) as hidden:
        inner = hidden / target.relative_to(top)
        inner.mkdir(parents=True, exist_ok=True)
        yield inner
        rename(hidden, top)


@contextmanager
def hidden_folder(beside: Path) -> Iterator[Path]:
    """A new hidden folder next to `beside`, removed when the block ends, unless it has been renamed.

    Also removes the hidden folders that killed runs have left there. Raises `OutsideError` if writing fails.
    """
    hidden, lock = None, -1
    try:
        sweep(beside.parent)
        hidden, lock = _locked_folder(beside)
        yield hidden
    except OSError as error:
        raise OutsideError(f"{shown(beside, 200)} cannot be written: {error.strerror or error}.") from error
    finally:
        if hidden:
            shutil.rmtree(hidden, ignore_errors=True)
        if lock >= 0:
            os.close(lock)


def rename(made: Path, place: Path) -> None:
    """Rename `made` to `place`; raises `TargetError` if something has appeared there meanwhile."""
    if os.path.lexists(place):
        raise TargetError(f"{shown(place, 200)} appeared meanwhile, and was not changed.")
    os.rename(made, place)


def first_missing(target: Path) -> Path:
    """`target`, or the topmost of its parents that does not exist."""
    return next((path for path in [*reversed(target.parents), target] if not os.path.lexists(path)), target)


def _locked_folder(top: Path) -> tuple[Path, int]:
    """A new hidden folder next to `top`, and the lock that marks it as in use (-1: the system has no locks)."""
    while True:
        hidden = top.parent / f".{top.name[:100]}.scaffolder-{secrets.token_hex(4)}.tmp"
        hidden.mkdir()
        lock = _lock(hidden)
        if fcntl is None or lock is not None:
            return hidden, -1 if lock is None else lock
        # Between the two calls above, another run has removed the folder as abandoned.


def _lock(folder: Path) -> int | None:
    """A descriptor that holds the lock of `folder`; None if another process holds it or has removed the folder."""
    if fcntl is None:
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), os.stat(folder)):
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def sweep(folder: Path) -> None:
    """Remove the hidden folders that killed runs have left in `folder`, whose lock nobody holds."""
    with suppress(OSError):
        for entry in [entry for entry in os.scandir(folder) if _HIDDEN.fullmatch(entry.name)]:
            lock = _lock(Path(entry.path)) if entry.is_dir(follow_symlinks=False) else None
            if lock is not None:
                shutil.rmtree(entry.path, ignore_errors=True)
                os.close(lock)
