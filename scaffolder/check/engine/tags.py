"""The names of a repository's Git tags, read without Git and without looking at what they point to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice

from scaffolder.check.engine.files import read_file

MOST_TAGS = 500
MAX_PACKED = 1_000_000  # bytes of .git/packed-refs
MAX_NAME = 100


def tags_in(git: str) -> tuple[str, ...]:
    """The tags in Git's own folder, such as a bare repository, at most `MOST_TAGS`.

    None are found where `git` is a link or not a folder, as in a linked worktree.
    """
    folders = [git, os.path.join(git, "refs"), os.path.join(git, "refs", "tags")]
    if os.path.islink(git) or not os.path.isdir(git):
        return ()
    loose = _loose(folders[-1]) if not any(map(os.path.islink, folders)) else ()
    names = (name for source in (loose, _packed(git)) for name in source if name.isprintable() and len(name) < MAX_NAME)
    return tuple(sorted(dict.fromkeys(islice(names, MOST_TAGS))))


def _loose(folder: str) -> Iterator[str]:
    """The names of the files in `refs/tags`; tags with a slash in their names are not found."""
    try:
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in islice(entries, MOST_TAGS) if entry.is_file(follow_symlinks=False))
    except OSError:
        return


def _packed(git: str) -> Iterator[str]:
    text = (read_file(git, "packed-refs", MAX_PACKED) or b"").decode("utf-8", "replace")
    for line in text.splitlines():
        _, found, name = line.partition(" refs/tags/")
        if found:
            yield name
