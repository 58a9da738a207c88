"""Compiled templates, kept between runs in the user's cache folder.

They are code that later runs execute. So the folder must be the user's own and closed to others; where it is not,
templates are compiled in each run. Only bundled templates are kept: a stranger's is compiled in a child process, which
may do what that stranger wants and must not write here. Its clone has a new path each time, too, so nothing would be
found.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache, FileSystemBytecodeCache

from scaffolder import __version__

_NAME = "portfolio-scaffolder"
_MOST_VERSIONS = 4  # folders of compiled templates, 1 to 2 MB each


def open_cache(*settings: object) -> BytecodeCache | None:
    """The cache for environments with these settings; None if no folder is safe to keep code in."""
    versions = (__version__, jinja2.__version__, sys.implementation.name, sys.hexversion)
    key = hashlib.sha256(repr((versions, settings)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    try:
        folder = _own_folder() / key
        if not folder.is_dir():
            _remove_old(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return _Cache(str(folder))


class _Cache(FileSystemBytecodeCache):
    """Jinja's own cache, in which a file that is broken, or cannot be written, is no error."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # a broken pickle may raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _own_folder() -> Path:
    """Our folder in the user's cache folder, created if missing; raises `OSError` if it is not the user's own."""
    base = _user_folder().resolve()
    _refuse_writable(base)
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = base / _NAME
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "geteuid"):  # Windows has no owners of this kind, and its folder is in the user's profile
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise PermissionError(f"{folder} is not the user's own")
    return folder


def _user_folder() -> Path:
    """The system's folder for a user's caches; the library platformdirs knows it, too, but takes 5 ms to import."""
    if sys.platform == "win32":
        place = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        place = "~/Library/Caches"
    else:
        place = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(os.path.expanduser(place))
    if not folder.is_absolute():
        raise FileNotFoundError(f"{folder} is no place for caches")
    return folder


def _refuse_writable(folder: Path) -> None:
    """Raise `OSError` if somebody else could exchange `folder` or a folder above it."""
    for place in (folder, *folder.parents) if hasattr(os, "geteuid") else ():
        if not place.exists():
            continue
        found = place.stat()
        shared = found.st_mode & 0o022 and not found.st_mode & stat.S_ISVTX
        if shared or found.st_uid not in (0, os.geteuid()):
            raise PermissionError(f"{place} can be changed by others")


def _remove_old(folder: Path) -> None:
    """Make room for one more version: remove all but the newest folders."""
    versions = sorted(folder.iterdir(), key=lambda version: version.stat().st_mtime, reverse=True)
    for version in versions[_MOST_VERSIONS - 1 :]:
        shutil.rmtree(version, ignore_errors=True)
