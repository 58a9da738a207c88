"""A kind of own data, and the values that travel through it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scaffolder.errors import ScaffolderError, shown
from scaffolder.template.answers import Data

_PLAIN = re.compile(r"[^\W_][^\x00-\x1f\x7f-\x9f{}\\<>`\"$|*_\[\]#~^=]*")  # safe in Markdown, TOML and Python texts
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?", re.ASCII)
_WORDS = {"dates": ("day-first", "month-first"), "task": ("classification", "regression")}
_MOST = 200  # characters


class AdoptionError(ScaffolderError):
    """Data that cannot be used; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class About:
    """Something that only the owner knows of the data: how to ask for it, and what is said if nobody answers."""

    prompt: str
    default: str = ""
    help: str = "Press Enter if you do not know it yet."
    number: bool = False  # whether the answer must be a number that is not negative


@dataclass(frozen=True)
class Options:
    """The options that describe the data."""

    target: str | None = None
    time: str | None = None
    no_time: bool = False  # whether no column orders the rows
    group: str | None = None
    no_group: bool = False  # whether no column groups the rows
    id: str | None = None
    known: str | None = None
    positive: str | None = None
    dates: str | None = None  # what they begin with
    task: str | None = None  # what the numbers of a target are
    without: tuple[str, ...] = ()  # columns to leave out
    questions: Path | None = None
    documents: Path | None = None
    outcomes: Path | None = None
    about: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Raise `AdoptionError` for a word that is none of those that an option takes."""
        for name, words in _WORDS.items():
            if (word := getattr(self, name)) not in {None, *words}:
                raise AdoptionError(f"--{name} takes {' or '.join(words)}, and not {shown(word)}.")


@dataclass(frozen=True)
class Adoption:
    """The data as a template takes them.

    `preview` are lines that show a person each choice with its reason. `to_know` are lines for the end, when the data
    are in the project.
    """

    data: Data
    preview: tuple[str, ...]
    name: str = ""  # of the file or folder
    to_know: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of own data. A function takes what a template says of the kind in its cookiecutter.json last.

    `adopt` reads the data in a file or folder; raises `AdoptionError` if they cannot be used, or an option does not fit
    them. `example` writes small data into a folder, to try a template with, and gives the options that describe them.
    `fitting` chooses the questions that fit the data; without it, all do.
    """

    summary: str
    about: Mapping[str, About]  # the questions to the owner of the data, by name
    takes: tuple[str, ...]  # the options that say something of the data
    adopt: Callable[[Path, Options, Mapping[str, Any]], Adoption]
    example: Callable[[Path, Mapping[str, Any]], tuple[Path, Options]]
    needed: tuple[str, ...] = ()  # of the options
    fitting: Callable[[Path, Options, Mapping[str, Any]], Mapping[str, About]] | None = None


def check_answer(about: About, text: str) -> str:
    """Why a text of the owner is no answer; "" if it is one."""
    if text and about.number and not _NUMBER.fullmatch(text):
        return "it must be a number, such as 20 or 0.5"
    return check_text(text)


def check_text(text: str) -> str:
    """Why a text of the owner cannot stand in every document; "" if it can."""
    if len(text) > _MOST:
        return f"it may have at most {_MOST} characters"
    if text and not (text.isprintable() and _PLAIN.fullmatch(text)):
        return 'it must be one line that starts with a letter or digit, without { } < > \\ ` " $ | * _ [ ] # ~ ^ ='
    return ""
