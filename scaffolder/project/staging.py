"""Creates folders all or nothing: fills one under a hidden name next to its target, then renames it once."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from scaffolder.errors import OutsideError, TargetError, shown
from scaffolder.safe import locked

_IN_USE = OutsideError("Another run is at work in this folder.")
_HIDDEN = re.compile(r"\..+\.scaffolder-[0-9a-f]{8}\.tmp")


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A new, empty folder that is renamed to `target` when the block ends without an error, else removed.

    Missing parents of `target` are created by the same rename. Raises `OutsideError` if writing fails.
    """
    top = next((path for path in [*reversed(target.parents), target] if not os.path.lexists(path)), target)
    with hidden_folder(top) as hidden:
        inner = hidden / target.relative_to(top)
        inner.mkdir(parents=True, exist_ok=True)
        yield inner
        if os.path.lexists(top):
            raise TargetError(f"{shown(top, 200)} appeared meanwhile, and was not changed.")
        os.rename(hidden, top)


@contextmanager
def hidden_folder(beside: Path) -> Iterator[Path]:
    """A new hidden folder next to `beside`, removed when the block ends, unless it has been renamed.

    Also removes the hidden folders that killed runs have left there. Raises `OutsideError` if writing fails.
    """
    hidden = beside.with_name(f".{beside.name[:100]}.scaffolder-{secrets.token_hex(4)}.tmp")
    try:
        with ExitStack() as held:
            with locked(beside.parent):  # no other run sweeps before the new folder has its lock
                sweep(beside.parent)
                held.callback(shutil.rmtree, hidden, ignore_errors=True)
                hidden.mkdir()
                held.enter_context(locked(hidden, _IN_USE))
            yield hidden
    except OSError as error:
        raise OutsideError(f"{shown(beside, 200)} cannot be written: {error.strerror or error}.") from error


def sweep(folder: Path) -> None:
    """Remove the hidden folders that killed runs have left in `folder`, whose lock nobody holds.

    Without locks, as on Windows, they stay until a person removes them.
    """
    for place in [place for place in folder.iterdir() if _HIDDEN.fullmatch(place.name) and not place.is_symlink()]:
        with suppress(OSError, OutsideError), locked(place, _IN_USE) as held:
            if held and place.is_dir():
                shutil.rmtree(place, ignore_errors=True)
