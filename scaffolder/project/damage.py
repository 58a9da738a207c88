"""Objects of a Git repository that are cut off, which libgit2 1.9 would read for ever."""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.errors import OutsideError

if TYPE_CHECKING:
    import pygit2

_STEP, _MOST_STEPS = 1_000_000, 50  # bytes that are unpacked at a time, and how often


def refuse_cut_off(repo: pygit2.Repository, name: str) -> None:
    """Raise `OutsideError` if the file of the object with the id `name` ends too early, as on a full disk."""
    with suppress(OSError, zlib.error):  # it is in a pack, or not there, or damaged in a way that libgit2 notices
        rest = (Path(repo.path) / "objects" / name[:2] / name[2:]).read_bytes()
        unpacked = zlib.decompressobj()
        for _ in range(_MOST_STEPS):
            unpacked.decompress(rest, _STEP)
            rest = unpacked.unconsumed_tail
            if not rest:
                break
        if not (rest or unpacked.eof):
            raise OutsideError(f"The object {name[:10]} of Git's data is cut off: 'git fsck' names what is damaged.")
