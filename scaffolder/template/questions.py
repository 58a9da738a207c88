"""The questions a template asks: one schema for prompts, --set, answer files and JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from scaffolder.errors import AnswerError, TemplateError, shown, suggestion

Kind = Literal["text", "choice", "yes_no", "json"]
Answer = Any  # str, bool, None or JSON: the question decides, and `Question.check` enforces it

_YES = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO = frozenset({"0", "false", "f", "no", "n", "off"})
_MAX_LENGTH = 1000  # characters of a text answer whose question sets no limit


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether all of `text` matches the regular expression `pattern`."""
    try:
        return bool(_compiled(pattern).fullmatch(text))
    except (re.error, RecursionError, OverflowError) as error:
        raise TemplateError(f"The template's pattern {shown(pattern)} cannot be used: {error}.") from error


@dataclass(frozen=True, slots=True)
class Question:
    """One question: which answers are valid, and how to ask a person for one.

    `default` and `choices` may still be Jinja, as in cookiecutter.json; `answers.resolve` renders them.
    """

    name: str
    kind: Kind
    default: Answer
    prompt: str
    choices: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    help: str = ""
    pattern: str | None = None
    pattern_hint: str | None = None
    max_length: int = _MAX_LENGTH
    reserved: tuple[str, ...] = ()
    next: Mapping[str, Sequence[str]] = field(default_factory=dict)  # choice -> commands to type first in the project
    matches: Callable[[str, str], bool] = matches  # somebody else's pattern is tried in a child process

    def check(self, value: object) -> Answer:
        """`value` in the type that the template expects; raises `AnswerError` with the reason if it is not valid."""
        return _CHECKS[self.kind](self, value)

    def error(self, value: object, reason: str) -> AnswerError:
        """The error that says why `value` is not a valid answer."""
        end = "" if reason.endswith((".", "?")) else "."
        return AnswerError(f"{shown(value)} is not a valid answer to {self.name}: {reason}{end}")

    def resolved(self, default: Answer, choices: tuple[str, ...]) -> Question:
        """This question with its default and choices rendered."""
        labels = {new: self.labels.get(old, new) for old, new in zip(self.choices, choices, strict=True)}
        return replace(self, default=default, choices=choices, labels=MappingProxyType(labels))

    def to_json(self) -> dict[str, Any]:
        """The question as JSON."""
        return {
            "name": self.name,
            "type": self.kind,
            "prompt": self.prompt,
            "help": self.help,
            "choices": list(self.choices) or None,
            "default": self.default,
            "pattern": self.pattern,
            "pattern_hint": self.pattern_hint,
            "max_length": self.max_length if self.kind == "text" else None,
        }


def _check_text(question: Question, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise question.error(value, "it must be a text")
    text = str(value).strip()
    if len(text) > question.max_length:
        raise question.error(text, f"it may have at most {question.max_length} characters")
    if not text.isprintable():
        raise question.error(text, "it contains a line break or another unprintable character")
    if not text and question.default not in ("", None):
        raise question.error(text, "it is empty")
    if question.pattern and not question.matches(question.pattern, text):
        raise question.error(text, _hint(question, text))
    if text.casefold() in question.reserved:
        raise question.error(text, "that name is taken by a package that the project uses")
    return text


def _hint(question: Question, text: str) -> str:
    """A hint at a valid answer; for a slug, the slug that was probably meant."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if question.name.endswith("slug") and question.matches(question.pattern or "", slug):
        return f"did you mean '{slug}'?"
    return question.pattern_hint or f"it must match {question.pattern}"


def _check_choice(question: Question, value: object) -> str:
    text = str(value).strip()
    if text not in question.choices:
        raise question.error(text, suggestion(text, question.choices))
    return text


def _check_yes_no(question: Question, value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise question.error(value, "it must be yes or no")
    return word in _YES


def _check_json(question: Question, value: object) -> dict[str, Any]:
    if isinstance(value, str):
        from scaffolder.formats.json import load_json

        with suppress(ValueError):
            value = load_json(value)
    if not isinstance(value, dict):
        raise question.error(value, 'it must be a JSON object such as {"key": "value"}')
    return value


_CHECKS = {"text": _check_text, "choice": _check_choice, "yes_no": _check_yes_no, "json": _check_json}
