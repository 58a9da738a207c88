"""Writes a site and the workflow that publishes it: all or nothing, and never over files of somebody else."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from scaffolder.errors import TargetError, shown
from scaffolder.portfolio.model import GENERATOR, INDEX, PICTURES
from scaffolder.project.staging import hidden_folder

WORKFLOW = ".github/workflows/pages.yml"
_HEAD = 4_000  # bytes of a page in which its generator is named
_PICTURE = re.compile(r"\d{1,3}\.(?:png|jpg|gif|webp|svg)")


def refuse_others(folder: Path) -> None:
    """Raise `TargetError` if there is something at `folder` that is not an earlier site."""
    if not folder.parent.is_dir():
        raise TargetError(f"There is no folder {shown(folder.parent, 200)} to write a site into.")
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        raise TargetError(f"{shown(folder, 200)} is not a folder, so no site can be written there.")
    if not _is_ours(folder / INDEX) and any(folder.iterdir()):
        raise TargetError(f"{shown(folder, 200)} holds no earlier site: name another folder with --output.")
    if stranger := next((path for path in _files(folder) if not _is_known(path)), None):
        raise TargetError(f"{shown(folder / stranger, 200)} is not part of the site, and would be lost: move it.")


def write(folder: Path, site: Mapping[str, bytes]) -> bool:
    """Put `site` (path -> content) in the place of `folder`, and add the workflow beside it if there is none.

    Returns whether the workflow was added. Raises `TargetError` as `refuse_others` does, or `OutsideError`.
    """
    folder = Path(os.path.abspath(folder))
    refuse_others(folder)
    with hidden_folder(folder) as hidden:
        for path, data in site.items():
            file = hidden / "new" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        added = _add_workflow(folder)
        try:
            _swap(folder, hidden)
        except BaseException:
            if added:
                (folder.parent / WORKFLOW).unlink()
            raise
    return added


def _swap(folder: Path, hidden: Path) -> None:
    """Rename the new site to `folder`; what was there goes into `hidden`, which is removed."""
    earlier = hidden / "earlier"
    if folder.exists():
        os.rename(folder, earlier)
    try:
        os.rename(hidden / "new", folder)
    except BaseException:
        if earlier.exists():
            os.rename(earlier, folder)
        raise


def _add_workflow(folder: Path) -> bool:
    path = folder.parent / WORKFLOW
    if os.path.lexists(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    text = files("scaffolder.portfolio").joinpath("pages.yml").read_text("utf-8")
    path.write_text(text.replace('"SITE"', json.dumps(folder.name)), "utf-8", newline="\n")
    return True


def _is_ours(page: Path) -> bool:
    try:
        with open(page, "rb") as file:
            return f'content="{GENERATOR}"'.encode() in file.read(_HEAD)
    except OSError:
        return False


def _files(folder: Path) -> list[str]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir())
    return [path.relative_to(folder).as_posix() for path in found]


def _is_known(path: str) -> bool:
    inside, _, name = path.rpartition("/")
    return path == INDEX or (inside == PICTURES and bool(_PICTURE.fullmatch(name)))
