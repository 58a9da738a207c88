"""Writes the pages that a person names a file for, and never over a file of somebody else."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from scaffolder.errors import TargetError, shown, unwritable
from scaffolder.safe import read_file

_HEAD = 2_000  # bytes in which each page of ours names itself
_BEGINNINGS = (
    rb"\A\Z",
    rb"\A<!-- scaffolder:profile -->",
    rb"\d+ verified by machine; \d",
    rb"\ARepository +Level +Verified +Written +Reviewed",
    rb"^Level: \w+\nSource: ",
    rb"content=\"scaffolder",
    rb"\A{\s+\"schema\": \d+,\s+\"scaffolder\": ",
    rb"aria-label=\"(?:portfolio level|beyond the template)",
)
_OURS = re.compile(b"|".join(_BEGINNINGS), re.MULTILINE)


def refuse_others(file: Path) -> None:
    """Raise `TargetError` if there is a file that we did not write, or no folder for a new one."""
    try:
        is_others = stat.S_ISREG(file.stat().st_mode) and not _OURS.search(read_file(file, _HEAD))
    except FileNotFoundError as error:
        if not file.parent.is_dir():
            raise unwritable(file, error) from error
        return
    except OSError as error:
        raise unwritable(file, error) from error
    if is_others:
        raise TargetError(f"{shown(file, 200)} was not written by this command: name another file, or move it away.")


def write(file: Path, content: str) -> None:
    """Write a page into a new file, or in place of an earlier page; raises a `ScaffolderError`."""
    refuse_others(file)
    try:
        file.write_text(content, "utf-8", "replace", newline="\n")
    except OSError as error:
        raise unwritable(file, error) from error
