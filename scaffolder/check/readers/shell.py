"""The commands in a shell script, found without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_CHARACTERS = 100_000

# A separator, a comment, or a word.
_TOKEN = re.compile(
    r"""(\|\||&&|[;|\n]|(?<![>&])&(?![>&]))|(?<!\S)\#[^\n]*"""
    r"""|((?:[^\s"'\\|;&]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|(?<=>)&|&(?=>)|["'\\])+)""",
    re.DOTALL,
)
_CONTINUED = re.compile(r"\\\r?\n\s*")
_EXCUSES = (["true"], [":"], ["exit", "0"])
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
# Commands that run the command after them.
_WRAPPERS = frozenset("sudo time nice env exec command then do else ! -m".split())
_RUNNERS = frozenset("uv poetry pdm hatch pipenv coverage".split())  # followed by `run`
_WITH_VALUE = frozenset("--with --extra --group --python --env-file -W -X".split())
_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy)(?:3(?:\.\d+)?)?$|\$\(?\{?PYTHON\}?\)?$")


class Command(NamedTuple):
    """One simple command: its words without wrappers, `python -m`, variables set before it and the program's folder."""

    words: tuple[str, ...]
    excused: bool = False  # its failure is ignored, as in `pytest || true`
    program: str = ""  # the first word with its folder

    @property
    def name(self) -> str:
        """The program, without its folder."""
        return self.words[0]


def commands(script: str) -> Iterator[Command]:
    """The simple commands of a script, in order, as if every branch were taken."""
    parts = list(_parts(_CONTINUED.sub(" ", script[:MAX_CHARACTERS])))
    for (given, end), (following, _) in zip(parts, [*parts[1:], ([], "")], strict=True):
        if words := _unwrapped(given):
            name = words[0].rpartition("/")[2] or words[0]
            excused = end == "||" and (following[:2] in _EXCUSES or following[:1] == ["echo"])
            yield Command((name, *words[1:]), excused, words[0])


def _parts(script: str) -> Iterator[tuple[list[str], str]]:
    """The words between two separators, without quotes, and the separator that ends them."""
    words: list[str] = []
    for separator, word in _TOKEN.findall(script):
        if word:
            words.append(re.sub(r"""["']|\\(?=.)""", "", word))
        elif separator:
            yield words, separator
            words = []
    yield words, ""


def _unwrapped(words: list[str]) -> list[str]:
    """The command itself: `A=1 uv run --with x python -m pytest -q` -> `pytest -q`."""
    while words:
        if words[0] in _RUNNERS and words[1:2] == ["run"]:
            words = _without_options(words[2:])
        elif _PYTHON.match(words[0]):
            words = _without_options(words[1:])
            if words[:1] != ["-m"]:
                return ["python", *words]
        elif words[0] in _WRAPPERS or _ASSIGNMENT.match(words[0]):
            words = words[1:]
        else:
            break
    return words


def _without_options(words: list[str]) -> list[str]:
    while words and words[0].startswith("-") and words[0] not in ("-m", "-c"):
        words = words[2:] if words[0] in _WITH_VALUE else words[1:]
    return words
