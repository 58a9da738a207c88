"""The protocol of a kind of own data, and the values that travel through it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from scaffolder.errors import ScaffolderError
from scaffolder.template.answers import Data

_PLAIN = re.compile(r"[^\W_][^\x00-\x1f\x7f-\x9f{}\\<>`\"$|*_\[\]#~^=]*")  # safe in Markdown, TOML and Python texts
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?", re.ASCII)
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
    dates: str | None = None  # day-first or month-first
    task: str | None = None  # classification or regression
    without: tuple[str, ...] = ()  # columns to leave out
    questions: Path | None = None
    documents: Path | None = None
    outcomes: Path | None = None
    about: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


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


class Kind(Protocol):
    """A kind of own data; each is a module. `contract` is what a template says of the kind in its cookiecutter.json."""

    @property
    def ABOUT(self) -> Mapping[str, About]:  # noqa: N802 - a constant of the module
        """The questions to the owner of the data, by name."""

    @property
    def NEEDED(self) -> tuple[str, ...]:  # noqa: N802
        """The options without which the data cannot be read."""

    @property
    def TAKES(self) -> tuple[str, ...]:  # noqa: N802
        """All options that say something of the data."""

    def adopt(self, source: Path, options: Options, contract: Mapping[str, Any], /) -> Adoption:
        """Read the data in `source`; raises `AdoptionError` if they cannot be used, or an option does not fit them."""

    def fitting(self, source: Path, options: Options, contract: Mapping[str, Any], /) -> Mapping[str, About]:
        """Those of the questions that fit the data in `source`, as far as the kind looks; raises `AdoptionError`."""

    def example(self, folder: Path, contract: Mapping[str, Any], /) -> tuple[Path, Options]:
        """Small data to try a template with, written into the folder, and the options that describe them."""


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
