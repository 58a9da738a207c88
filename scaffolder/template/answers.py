"""Answers from several sources, validated, and completed with the template's defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import TemplateError as JinjaError

from scaffolder.errors import AnswerError, ScaffolderError, TemplateError, one_line, shown, suggestion
from scaffolder.formats.json import as_json, load_json
from scaffolder.formats.toml import load_toml
from scaffolder.formats.yaml import YamlError, load_yaml
from scaffolder.safe import read_given
from scaffolder.template.catalog import Template
from scaffolder.template.environments import render_text
from scaffolder.template.questions import Answer, Question
from scaffolder.tree import File

_MAX_BYTES = 1_000_000  # bytes of an answers file

Choose = Callable[[Question], Answer]
"""Answers a question whose default is resolved; returning `question.default` itself accepts the default."""


@dataclass(frozen=True)
class Data:
    """The owner's data: what the template's texts say of them, and the files that hold them.

    `facts` are JSON values, which the template sees as `cookiecutter._data`; `files` are by their path in the project.
    """

    kind: str
    facts: Mapping[str, Any]
    files: Mapping[str, File]


@dataclass(frozen=True)
class Answers:
    """All that a template needs: the `public` answers are those that a person may give, `context` is what files see.

    `data` are the owner's own, if the project is not about the template's. `exercises` are those that the owner solves,
    if the project is a starter: by id, the names of the definitions that it lacks.
    """

    public: Mapping[str, Answer]
    context: Mapping[str, Any]
    data: Data | None = None
    exercises: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def complete(
    template: Template,
    choose: Choose,
    guesses: Mapping[str, Answer] = MappingProxyType({}),
    data: Data | None = None,
) -> Answers:
    """Ask `choose` each question in order, and add the hidden constants and derived values.

    A guess replaces the template's default if it is a valid answer. The order, with objects last, is
    cookiecutter's. Raises `AnswerError` if an answer is not valid.
    """
    config = template.config if data is None else {**template.config, "_data": data.facts}
    context: dict[str, Any] = {}
    objects = {name for name, question in template.questions.items() if question.kind == "json"}
    for name in sorted((name for name in config if name != "__prompts__"), key=objects.__contains__):
        if name in template.questions:
            question = resolve(template.questions[name], template, context)
            context[name] = _answer(_guess(question, guesses), choose)
        else:
            derived = name.startswith("__")
            context[name] = _rendered(template, name, config[name], context) if derived else config[name]
    public = {name: context[name] for name in template.questions}
    return Answers(public, {**context, **template.private}, data)


def resolve(question: Question, template: Template, context: Mapping[str, Any]) -> Question:
    """`question` with its default and choices rendered from the answers so far."""
    choices = tuple(_rendered(template, question.name, choice, context) for choice in question.choices)
    default = choices[0] if choices else _rendered(template, question.name, question.default, context)
    return question.resolved(default, choices)


def questionnaire(template: Template) -> list[Question]:
    """The questions as they are asked of somebody who accepts every default."""
    asked: list[Question] = []

    def accept_default(question: Question) -> Answer:
        asked.append(question)
        return question.default

    complete(template, accept_default)
    return asked


def _guess(question: Question, guesses: Mapping[str, Answer]) -> Question:
    """`question` with the guess at its answer as default, if there is a valid one."""
    with suppress(AnswerError):
        if question.name in guesses:
            return replace(question, default=question.check(guesses[question.name]))
    return question


def _answer(question: Question, choose: Choose) -> Answer:
    value = choose(question)
    if value is not question.default:
        return question.check(value)
    try:
        return question.check(value) if question.pattern else value
    except AnswerError as error:
        raise AnswerError(f"The template's default is not valid, so use --set {question.name}=…: {error}") from None


def _rendered(template: Template, name: str, raw: Any, context: Mapping[str, Any]) -> Any:
    """A value from cookiecutter.json with its Jinja rendered, as cookiecutter's `render_variable` does."""
    if raw is None or isinstance(raw, bool):
        return raw
    if isinstance(raw, dict):
        return {_rendered(template, name, k, context): _rendered(template, name, v, context) for k, v in raw.items()}
    if isinstance(raw, list):
        return [_rendered(template, name, item, context) for item in raw]
    try:
        text = render_text(template, str(raw), context)
        text.encode()  # half of a surrogate pair cannot be written
    except (ScaffolderError, MemoryError):
        raise
    except Exception as error:  # a template is a program: it may raise anything
        raise TemplateError(f"The template's value of {name} cannot be rendered: {reason(error)}.") from error
    return text


def reason(error: Exception) -> str:
    """Why a template cannot be rendered, on one line."""
    text = str(error) if isinstance(error, JinjaError) else f"{type(error).__name__}: {error}"
    return one_line(text.strip().rstrip("."))


def chosen(given: Mapping[str, Any]) -> Choose:
    """A function that returns the answers `given`, and the default for all other questions."""
    return lambda question: given.get(question.name, question.default)


def reject_unknown(template: Template, given: Iterable[str]) -> None:
    """Raise `AnswerError` for the first name that is not one of the template's questions."""
    for name in given:
        if name not in template.questions:
            raise AnswerError(f"{template.name} has no question {shown(name)}: {suggestion(name, template.questions)}")


def validate(template: Template, given: Mapping[str, Any]) -> None:
    """Raise `AnswerError` for the first name that is not a question, or answer that is not valid."""
    reject_unknown(template, given)
    for name, value in given.items():
        question = template.questions[name]
        if not any("{" in choice for choice in question.choices):
            question.check(value)


def from_pairs(pairs: Iterable[str]) -> dict[str, str]:
    """Answers from `key=value` texts; the last one counts if a key is repeated."""
    given = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise AnswerError(f"{shown(pair)} is not an answer: write --set question=answer.")
        given[name.strip()] = value
    return given


def from_file(path: Path) -> dict[str, Any]:
    """Answers from a TOML, JSON or YAML file, such as the record `.scaffolder.json` of a project."""
    load = _LOADERS.get(path.suffix.lower())
    if load is None:
        raise AnswerError(f"{shown(path)} must end in .toml, .json, .yaml or .yml to be read as answers.")
    try:
        loaded = as_json(load(read_given(path, _MAX_BYTES).decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        raise AnswerError(
            f"{shown(path)} is not valid {path.suffix[1:].upper()}: {one_line(str(error)).rstrip('.')}."
        ) from error
    if isinstance(loaded, dict) and "template" in loaded and isinstance(loaded.get("answers"), dict):
        loaded = loaded["answers"]
    if not isinstance(loaded, dict):
        raise AnswerError(f'{shown(path)} must contain answers by name, such as author_name = "Ada".')
    return loaded


def _yaml(text: str) -> Any:
    try:
        return load_yaml(text)
    except YamlError as error:
        raise ValueError(f"{error} in line {error.line}" if error.line else str(error)) from error


_LOADERS: Mapping[str, Callable[[str], Any]] = {".toml": load_toml, ".json": load_json, ".yaml": _yaml, ".yml": _yaml}


def from_name(template: Template, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """The answers that a NAME on the command line gives, and a guess at the project's title.

    One lower-case word is the name of the folder ('night-shift'); anything else is a title ('Night Shift').
    """
    if "/" in name or "\\" in name:
        raise AnswerError(f"{shown(name)} is a path, not a name: choose the place with --output.")
    slug, titled = folder_question(template), "project_name" in template.questions
    is_slug = not any(map(str.isspace, name)) and (name == name.lower() or not titled)
    if slug and (is_slug or not titled):
        title = re.sub(r"[-_]+", " ", name).strip().capitalize()
        return {slug: name}, {"project_name": title} if titled and slug != "project_name" else {}
    if titled:
        return {"project_name": name}, {}
    raise AnswerError(f"{template.name} asks for no name: leave {shown(name)} out, or use --set.")


def folder_question(template: Template) -> str | None:
    """The question whose answer is the name of the project's folder, if there is one."""
    match = re.fullmatch(r"\{\{\s*cookiecutter\.(\w+)\s*\}\}", template.project_folder)
    return match[1] if match and match[1] in template.questions else None


_GIT_KEYS = {
    "author_name": "user.name",
    "full_name": "user.name",
    "author_email": "user.email",
    "email": "user.email",
    "github_owner": "github.user",
    "github_username": "github.user",
}


def from_git(known: Mapping[str, str]) -> dict[str, str]:
    """Guesses from Git's settings (`git.settings`), under the names that templates use."""
    return {name: known[key] for name, key in _GIT_KEYS.items() if key in known}
