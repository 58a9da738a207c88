"""What can go wrong, said in one sentence each, and the exit code it ends in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath


class ScaffolderError(Exception):
    """A problem a person can put right; `str(error)` is the sentence that says how."""

    code = 2


class AnswerError(ScaffolderError):
    """An answer that a template's questions do not allow."""


class TemplateError(ScaffolderError):
    """A template that does not exist, cannot be read or cannot be rendered."""


class TargetError(ScaffolderError):
    """A place that a project cannot be written to."""


class DeclinedError(ScaffolderError):
    """A person was asked and said no."""

    code = 1


class OutsideError(ScaffolderError):
    """Something outside failed: Git, the network, the disk, a template's hook."""

    code = 3


def shown(value: object, limit: int = 60) -> str:
    """`value` in quotes, on one line, at most `limit` characters; a structure by its type."""
    if not isinstance(value, str | int | float | PurePath | None):
        return f"a {type(value).__name__}"
    text = str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return f"'{one_line(text)}'"


def one_line(text: str) -> str:
    """`text` with every character that does not print (it could drive a terminal) as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Which of `known` was meant by `word`, as the end of a sentence; the list of them if none is close."""
    import difflib

    folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), folded, n=1)
    return f"did you mean '{folded[close[0]]}'?" if close else f"choose from {', '.join(folded.values())}."
