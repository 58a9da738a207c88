"""The names of a repository's Git tags, read without Git and without looking at what they point to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from scaffolder.safe import read_file

MOST_TAGS = 500
MAX_PACKED = 1_000_000  # bytes of .git/packed-refs
MAX_NAME = 100


def tags_in(git: str) -> tuple[str, ...]:
    """The tags in Git's own folder, such as a bare repository, at most `MOST_TAGS`.

    None are found where `git` is a link or not a folder, as in a linked worktree.
    """
    if os.path.islink(git) or not os.path.isdir(git):
        return ()
    names = (name for name in _named(git) if name.isprintable() and len(name) < MAX_NAME)
    return tuple(sorted(dict.fromkeys(islice(names, MOST_TAGS))))


def _named(git: str) -> Iterator[str]:
    """The names of the files in `refs/tags`, without those in folders, and those in `packed-refs`."""
    folder = os.path.join(git, "refs", "tags")
    with suppress(OSError):
        if not any(map(os.path.islink, (os.path.dirname(folder), folder))):
            with os.scandir(folder) as entries:
                yield from (entry.name for entry in islice(entries, MOST_TAGS) if entry.is_file(follow_symlinks=False))
    with suppress(OSError):
        packed = read_file(Path(git, "packed-refs"), MAX_PACKED, follow=False).decode("utf-8", "replace")
        yield from (name for line in packed.splitlines() if (name := line.partition(" refs/tags/")[2]))
