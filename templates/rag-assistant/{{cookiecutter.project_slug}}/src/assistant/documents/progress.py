"""How far an ingest is, on the terminal."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from typing import TextIO

from .names import shown

CLEAR_LINE = "\r\x1b[K"


@dataclass(slots=True)
class TerminalProgress:
    """Called with (files done, all files, name of the last): one line that changes, or ten in a log."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)

    def __call__(self, done: int, total: int, name: str) -> None:
        if self.stream.isatty():
            line = f"{done}/{total} {shown(name)}"[: shutil.get_terminal_size().columns - 1]
            self.stream.write(CLEAR_LINE if done == total else CLEAR_LINE + line)
            self.stream.flush()
        elif done * 10 // total > (done - 1) * 10 // total:
            self.stream.write(f"{done}/{total} files\n")
