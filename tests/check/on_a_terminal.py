"""`scaffolder review` on a terminal of its own, read and typed to by a test."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import reviewable
from support import PATIENCE, ROOT


class Terminal:
    """`scaffolder review` on a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        command = [sys.executable, reviewable.__file__, "review", str(folder), *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "NO_COLOR": "1"}
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        self.shown = ""

    def expect(self, text: str, seconds: float = PATIENCE) -> str:
        """What was shown up to and with `text`."""
        end = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < end, self.shown
            try:
                self.shown += os.read(self._ours, 65_536).decode()
            except OSError:
                raise AssertionError(f"ended before {text!r}: {self.shown}") from None
        before, _, self.shown = self.shown.partition(text)
        return before + text

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def interrupt(self) -> str:
        """Ctrl-C, and what is shown then. Pressed again if nothing happens: between a prompt and its read it is lost."""
        for _ in range(int(PATIENCE)):
            self.process.send_signal(signal.SIGINT)
            if select.select([self._ours], [], [], 1)[0]:
                return self.rest()
        raise AssertionError(f"not interrupted: {self.shown}")

    def rest(self) -> str:
        while True:
            try:
                data = os.read(self._ours, 65_536)
            except OSError:
                break
            if not data:
                break
            self.shown += data.decode()
        self.process.wait(PATIENCE)
        return self.shown.replace("\r\n", "\n")

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
