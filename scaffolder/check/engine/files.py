"""The regular files inside a folder, opened without leaving it and without waiting."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def target_inside(root: str, link: str) -> str:
    """The path that a link leads to, if that is a regular file of the same repository; else ""."""
    try:
        target = os.path.realpath(link, strict=True)
    except OSError:  # it leads to nothing, or to itself
        return ""
    return target if target.startswith(root.rstrip(os.sep) + os.sep) and os.path.isfile(link) else ""


def read_file(root: str, path: str, limit: int) -> bytes | None:
    """At most `limit` bytes of a regular file inside `root`; never waits on a pipe."""
    try:
        with open(_opened(root, path), "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            wanted = min(limit, status.st_size + 1)  # a buffer of `limit` bytes costs more than a small file
            return file.read(wanted) if stat.S_ISREG(status.st_mode) else None
    except OSError:
        return None


def _opened(root: str, path: str) -> int:
    """The descriptor of a file inside `root`, or of one to which a link leads; raises `OSError`."""
    target = os.path.join(root, path)
    if hasattr(os, "O_NOFOLLOW"):  # opens what is no link: nearly every file
        with suppress(OSError):
            return os.open(target, _FLAGS)
    return os.open(target_inside(root, target) if os.path.islink(target) else target, _FLAGS)
