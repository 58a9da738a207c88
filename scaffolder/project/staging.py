"""All or nothing: a folder is made under a hidden name beside its place, then renamed once."""

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
except ImportError:  # Windows: folders that a killed run has left stay until a person removes them
    fcntl = None  # type: ignore[assignment]

_HIDDEN = re.compile(r"\..+\.scaffolder-[0-9a-f]{8}\.tmp")


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A new, empty folder that becomes `target` in one rename when the block ends well, or leaves nothing.

    Missing parents of `target` come with it, in the same rename. Raises `OutsideError` when the disk refuses.
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

    Folders that killed runs have left there go too. Raises `OutsideError` when the disk refuses.
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
    """Give `made` its name, unless something has taken that name meanwhile."""
    if os.path.lexists(place):
        raise TargetError(f"{shown(place, 200)} came into being meanwhile and is left as it is.")
    os.rename(made, place)


def first_missing(target: Path) -> Path:
    """`target`, or the topmost of its parents that does not exist."""
    return next((path for path in [*reversed(target.parents), target] if not os.path.lexists(path)), target)


def _locked_folder(top: Path) -> tuple[Path, int]:
    """A new hidden folder beside `top`, and the lock that shows that its maker lives (-1: no locks here)."""
    while True:
        hidden = top.parent / f".{top.name[:100]}.scaffolder-{secrets.token_hex(4)}.tmp"
        hidden.mkdir()
        lock = _lock(hidden)
        if fcntl is None or lock is not None:
            return hidden, -1 if lock is None else lock
        # Between the two calls above another run has taken the folder for an abandoned one.


def _lock(folder: Path) -> int | None:
    """A descriptor that holds the lock of `folder`, or None if another process has it, or the folder."""
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
    """Remove from `folder` what killed runs have left: hidden folders whose lock nobody holds."""
    with suppress(OSError):
        for entry in [entry for entry in os.scandir(folder) if _HIDDEN.fullmatch(entry.name)]:
            lock = _lock(Path(entry.path)) if entry.is_dir(follow_symlinks=False) else None
            if lock is not None:
                shutil.rmtree(entry.path, ignore_errors=True)
                os.close(lock)
