"""`scaffolder` on a terminal of its own, read and typed to by a test."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time

from support import PATIENCE, ROOT

SHOWN = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "xterm", "PYTHONPATH": str(ROOT)}
RUNNING = -1_000  # in place of an exit code


class Terminal:
    """A running command; `seen` is what it has shown since the last look, and `code` its exit code once it has ended."""

    def __init__(self, *arguments: object, program: tuple[str, ...] = ("-m", "scaffolder")) -> None:
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ.update(SHOWN)
            os.execv(sys.executable, [sys.executable, *program, *map(str, arguments)])
        self.seen, self.code = "", RUNNING

    def expect(self, words: str, seconds: float = PATIENCE) -> str:
        """Read until `words` appear, and return what was read."""
        end = time.monotonic() + seconds
        while words not in self.seen:
            if not select.select([self.descriptor], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"{words!r} did not come after {self.seen!r}")
            try:
                self._read()
            except OSError:
                raise AssertionError(f"{words!r} did not come after {self.seen!r}") from None
        before, found, self.seen = self.seen.partition(words)
        return before + found

    def say(self, text: str) -> None:
        os.write(self.descriptor, f"{text}\n".encode())

    def talk(self, *turns: tuple[str, str]) -> None:
        """Wait for each prompt, and type its answer."""
        for prompt, answer in turns:
            self.expect(prompt)
            self.say(answer)

    def end(self, keys: str = "") -> int:
        """Press `keys`, read the rest into `seen`, and return the exit code.

        They are pressed again while nothing happens: between a prompt and its read, Ctrl-C is lost.
        """
        try:
            for _ in range(int(PATIENCE)):
                os.write(self.descriptor, keys.encode())
                while select.select([self.descriptor], [], [], 1)[0]:
                    self._read()
        except OSError:
            self._wait()
            return self.code
        raise AssertionError(f"it still runs after {self.seen!r}")

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        if self.code == RUNNING:
            os.kill(self.pid, signal.SIGKILL)
            self._wait()

    def _wait(self) -> None:
        os.close(self.descriptor)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self) -> None:
        data = os.read(self.descriptor, 65536)
        if not data:  # the end, where it is no error
            raise OSError
        self.seen += data.decode().replace("\r\n", "\n")
