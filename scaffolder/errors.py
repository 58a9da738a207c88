"""The errors that a person can see: each is one sentence and has an exit code."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from types import MappingProxyType
from typing import Any


class ScaffolderError(Exception):
    """A problem that a person can fix; `str(error)` is a sentence that says what it is.

    Where one sentence is not enough, `details` follow, each on a line of its own; `json` says them to programs.
    """

    code = 2
    details: tuple[str, ...] = ()
    json: Mapping[str, Any] = MappingProxyType({})


class AnswerError(ScaffolderError):
    """An answer that its question does not allow."""


class TemplateError(ScaffolderError):
    """A template that does not exist, cannot be read or cannot be rendered."""


class TargetError(ScaffolderError):
    """A place where a project cannot be written."""


class DeclinedError(ScaffolderError):
    """The person declined."""

    code = 1


class UnmetError(ScaffolderError):
    """The answer is no: it is not as far as was asked, or cannot be done without a loss."""

    code = 1


class OutsideError(ScaffolderError):
    """A failure of something outside: Git, the network, the disk, a template's hook."""

    code = 3


def outside(error: OSError) -> ScaffolderError:
    """The error for a refusal of the system, as a sentence that names the file."""
    return _refused(shown(error.filename, 200) if error.filename else "A file", "read or written", error)


def unwritable(file: PurePath, error: OSError) -> ScaffolderError:
    """The error for a file that cannot be written: the place is wrong, or the system refuses."""
    return _refused(shown(file, 200), "written", error)


def _refused(file: str, what: str, error: OSError) -> ScaffolderError:
    misplaced = isinstance(error, IsADirectoryError | NotADirectoryError | FileNotFoundError | FileExistsError)
    kind = TargetError if misplaced or error.errno == errno.ENAMETOOLONG else OutsideError
    return kind(f"{file} cannot be {what}: {one_line(error.strerror or str(error)).rstrip('.')}.")


def shown(value: object, limit: int = 60) -> str:
    """`value` in quotes, on one line, cut to `limit` characters; for a list or mapping, only its type."""
    if not isinstance(value, str | int | float | PurePath | None):
        return f"a {type(value).__name__}"
    text = str(value)
    if isinstance(value, PurePath):  # which makes one slash of two: https:/host
        text = re.sub(r"^(https?|ssh|git|file):/(?!/)", r"\1://", text)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return f"'{one_line(text)}'"


def one_line(text: str) -> str:
    """`text` with unprintable characters, which could control a terminal, replaced by escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def listed(items: Sequence[str], most: int) -> str:
    """`items` in one line, those after the first `most` as their number: "a, b and 3 more"."""
    rest = len(items) - most
    return ", ".join(items[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def first_lines(lines: Sequence[str], most: int) -> list[str]:
    """The first `most` lines, and one more that says how many are left out."""
    rest = len(lines) - most
    return [*lines[:most], *([f"and {rest:,} more"] if rest > 0 else [])]


def suggestion(word: str, known: Iterable[str]) -> str:
    """The end of a sentence: the name in `known` closest to `word`, or all of them if none is close."""
    import difflib

    folded = {name.casefold(): name for name in known}
    # A slip of the pen keeps most of the length: 'Preis' is no 'premium'.
    near = [name for name in folded if folded[name] != word and abs(len(name) - len(word)) <= max(1, len(word) // 4)]
    close = difflib.get_close_matches(word.casefold(), near, n=1)
    return f"did you mean '{folded[close[0]]}'?" if close else f"choose from {', '.join(folded.values())}."
