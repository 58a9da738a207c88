"""Prepares the standard streams, so that a failure to print is told apart from all other failures."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from scaffolder.errors import TargetError, shown

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class NotReadError(Exception):
    """Nobody reads standard output to its end, as after `| head`."""


class OutputError(Exception):
    """Standard output cannot be written, as on a full disk; `done` says what the command has done before.

    Neither is a `ScaffolderError`, as no command can go on after it, or an `OSError`, which is about something else.
    """

    def __init__(self, reason: str, done: str = "") -> None:
        self.reason = reason
        said = f"output cannot be written: {reason}."
        super().__init__(f"{done}, but the {said}" if done else f"The {said}")


class _Output(io.FileIO):
    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            raise NotReadError from None
        except OSError as error:
            raise OutputError(error.strerror or str(error)) from None


class _Errors(io.FileIO):
    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError:  # there is no other place to say it, and the exit code still tells
            return memoryview(data).nbytes


def prepare() -> None:
    """Let the standard streams show every character, and fail only as this module says, even where one is closed."""
    for number in range(3):
        _occupy(number)
    sys.stdin = sys.stdin or io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))
    sys.stdout = _text(_Output(1, "w", closefd=False), sys.stdout)
    sys.stderr = _text(_Errors(2, "w", closefd=False), sys.stderr)


def _occupy(number: int) -> None:
    """Keep a closed descriptor from being given to the next file that is opened; reads and writes fail as before."""
    try:
        os.fstat(number)
    except OSError:
        opened = os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)  # it gets the lowest number that is free
        os.set_inheritable(opened, True)


def _text(raw: io.FileIO, before: TextIO | None) -> TextIO:
    encoding = before.encoding if before else "utf-8"
    lines = raw.isatty() or raw.fileno() == 2
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors="backslashreplace", line_buffering=lines)


@contextmanager
def after(done: str) -> Iterator[None]:
    """Print in this block what a command has done; if that fails, the error says `done`, "" for nothing."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OutputError as error:
        raise OutputError(error.reason, done) from None


def discard() -> None:
    """Discard the output that could not be printed; otherwise Python would try again when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def read_text(source: Path, limit: int) -> str:
    """The text of a file that a person named, or of standard input for '-'; raises `TargetError`."""
    from scaffolder.safe import read_given

    name = "Standard input" if str(source) == "-" else shown(source, 200)
    try:
        data = sys.stdin.buffer.read(limit + 1) if str(source) == "-" else read_given(source, limit)
        if len(data) > limit:
            raise TargetError(f"{name} is larger than {limit:,} bytes.")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise TargetError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise TargetError(f"{name} is not UTF-8 text.") from None
