"""What a line of shell would run, read without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_CHARACTERS = 100_000

_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|["'\\])+""", re.DOTALL)
_SPLIT = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'[^']*'|\\.)|(\|\||&&|[;|\n]|(?<![>&])&(?![>&]))|(?<!\S)#[^\n]*""", re.DOTALL
)
_CONTINUED = re.compile(r"\\\r?\n\s*")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
# Commands that run the command after them, with the number of words of their own.
_WRAPPERS = dict.fromkeys("sudo time nice env exec command xvfb-run then do else !".split(), 1) | {
    f"{program} run": 2 for program in "uv poetry pdm hatch pipenv rye pixi coverage".split()
}
_WITH_VALUE = frozenset("--with --extra --group --python --env-file --directory --project -p -n -e".split())
_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy)(?:3(?:\.\d+)?)?$|\$\(?\{?PYTHON\}?\)?$")


@dataclass(frozen=True)
class Command:
    """One simple command: its words without wrappers, `python -m`, variables set before it, or a leading path."""

    words: tuple[str, ...]
    excused: bool = False  # its failure is ignored, as in `pytest || true`
    program: str = ""  # the first word with its folder

    @property
    def name(self) -> str:
        """The program, without its folder."""
        return self.words[0]


@lru_cache(maxsize=1024)  # several items follow the same recipes
def commands(script: str) -> tuple[Command, ...]:
    """The simple commands of a script, in order; control structures are read as if each branch were taken."""
    return tuple(_commands(script))


def _commands(script: str) -> Iterator[Command]:
    parts = list(_parts(_CONTINUED.sub(" ", script[:MAX_CHARACTERS])))
    for index, (text, end) in enumerate(parts):
        words = _unwrapped(_words(text))
        if words:
            name = words[0].rpartition("/")[2] or words[0]
            excused = end == "||" and _excuse(_words(parts[index + 1][0]))
            yield Command((name, *words[1:]), excused, words[0])


def _excuse(words: list[str]) -> bool:
    return words[:1] in (["true"], [":"], ["echo"]) or words[:2] == ["exit", "0"]


def _parts(script: str) -> Iterator[tuple[str, str]]:
    """Pieces between separators, each with the separator that ends it."""
    piece: list[str] = []
    position = 0
    for match in _SPLIT.finditer(script):
        piece.append(script[position : match.start()])
        position = match.end()
        if match[1]:
            piece.append(match[1])
        elif match[2]:
            yield "".join(piece), match[2]
            piece = []
    yield "".join(piece) + script[position:], ""


def _words(text: str) -> list[str]:
    return [_unquoted(word) for word in _WORD.findall(text)]


def _unquoted(word: str) -> str:
    return re.sub(r"""["']|\\(?=.)""", "", word)


def _unwrapped(words: list[str]) -> list[str]:
    while words:
        if _ASSIGNMENT.match(words[0]):
            words = words[1:]
        elif own := _WRAPPERS.get(words[0]) or _WRAPPERS.get(" ".join(words[:2])):
            words = _without_options(words[own:])
        elif _PYTHON.match(words[0]):
            return _module(words)
        else:
            return words
    return []


def _without_options(words: list[str]) -> list[str]:
    while words and words[0].startswith("-"):
        if words[0] == "-m":
            return ["python", *words]
        words = words[2:] if words[0] in _WITH_VALUE else words[1:]
    return words


def _module(words: list[str]) -> list[str]:
    """`python -m pytest -q` -> `pytest -q`; `python train.py` -> `python train.py`."""
    rest = words[1:]
    while rest and rest[0] in ("-u", "-B", "-I", "-s", "-E", "-O", "-W", "-X"):
        rest = rest[2:] if rest[0] in ("-W", "-X") else rest[1:]
    if rest[:1] == ["-m"] and len(rest) > 1:
        return _unwrapped(rest[1:]) if rest[1] == "coverage" else rest[1:]
    return ["python", *rest]
