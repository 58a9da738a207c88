"""Packs of Git objects that many repositories share by links."""

from __future__ import annotations

import os
import shutil
from functools import lru_cache
from pathlib import Path

from scaffolder.project import store
from scaffolder.tree import Tree


def make_pack(folder: Path, tree: Tree) -> Path:
    """Write a pack of all objects of `tree` into the new `folder`, for `share_pack`; returns `folder`."""
    import pygit2

    scratch = folder / "scratch.git"
    repo = store.create(scratch)
    builder = pygit2.PackBuilder(repo)
    builder.add_recur(pygit2.Oid(hex=store.write_tree(repo, tree)))
    builder.write(str(folder))
    shutil.rmtree(scratch)
    return folder


def share_pack(pack: Path, bare: Path) -> frozenset[str]:
    """Link the pack in the folder `pack` into the bare repository `bare`; returns the ids of the pack's objects."""
    for file in _pack_files(pack):
        target = bare / "objects" / "pack" / file.name
        if target.exists():
            continue
        try:
            os.link(file, target)
        except OSError:  # another file system, or one without links
            shutil.copyfile(file, target)
    return _pack_ids(pack)


@lru_cache(maxsize=64)
def _pack_files(pack: Path) -> tuple[Path, ...]:
    """The pack before its index: a pack without an index is not read, an index without a pack would be an error."""
    return (*pack.glob("*.pack"), *pack.glob("*.idx"))


@lru_cache(maxsize=64)
def _pack_ids(pack: Path) -> frozenset[str]:
    """The ids in a pack's index, version 2 (gitformat-pack(5)): a fan-out table of 256 numbers, then the ids."""
    data = next(pack.glob("*.idx")).read_bytes()
    start, count = 8 + 256 * 4, int.from_bytes(data[8 + 255 * 4 : 8 + 256 * 4])
    return frozenset(data[start + 20 * number : start + 20 * (number + 1)].hex() for number in range(count))
