"""Files read within a limit and without waiting, written in one step, and locked."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scaffolder.errors import ScaffolderError, TargetError, shown

try:
    import fcntl
except ImportError:  # on Windows, where nothing is locked
    fcntl = None  # type: ignore[assignment]

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # fails for what has become a link


def read_file(path: Path, limit: int, *, follow: bool = True) -> bytes:
    """At most `limit` bytes of a regular file; raises `OSError`, also for a pipe, on which others would wait.

    Unless `follow`, it raises that for a link, too.
    """
    if not follow and path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link")
    with open(os.open(path, _FLAGS if follow else _FLAGS | _NO_LINK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        return file.read(limit)


def read_given(path: Path, limit: int) -> bytes:
    """The bytes of a file that a person named, at most `limit`; raises `TargetError`, which names the file."""
    try:
        data = read_file(path, limit + 1)
    except FileNotFoundError:
        raise TargetError(f"There is no file {shown(path, 200)}.") from None
    except OSError as error:
        raise TargetError(f"{shown(path, 200)} cannot be read: {error.strerror}.") from error
    if len(data) > limit:
        raise TargetError(f"{shown(path, 200)} is larger than {limit:,} bytes.")
    return data


def replace_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file in one step: a reader, or a killed process, leaves the old content or the new; raises `OSError`.

    Where it holds grades, `mode` is 0o600: its owner alone may read it.
    """
    temporary = path.with_name(f".{path.name[:100]}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


@contextmanager
def locked(place: Path, busy: ScaffolderError | None = None) -> Iterator[bool]:
    """Hold the lock of a folder, or of a file that is made if it is not there.

    While another process holds it, raise `busy`, or wait if that is None. Yields whether it is held: without locks
    (Windows, some network drives) nothing is.
    """
    if fcntl is None:
        yield False
        return
    descriptor = os.open(place, os.O_RDONLY if place.is_dir() else os.O_RDWR | os.O_CREAT, 0o600)
    held = True
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError:
            if busy:
                raise busy from None
        except OSError:
            held = False
        yield held
    finally:
        os.close(descriptor)
