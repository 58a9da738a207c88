"""Answers from several sources, validated, and completed with the template's defaults."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment
from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateError as JinjaError

from scaffolder.errors import AnswerError, TemplateError, one_line, shown, suggestion
from scaffolder.template.catalog import Template
from scaffolder.template.environments import environment, has_jinja
from scaffolder.template.questions import Answer, Question

_MAX_BYTES = 1_000_000  # bytes of an answers file

Choose = Callable[[Question], Answer]
"""Answers a question whose default is resolved; returning `question.default` itself accepts the default."""


@dataclass(frozen=True)
class Answers:
    """All answers a template needs: `public` are those a person may give, `context` is all that its files see."""

    public: Mapping[str, Answer]
    context: Mapping[str, Any]


def complete(template: Template, choose: Choose, guesses: Mapping[str, Answer] = MappingProxyType({})) -> Answers:
    """Ask `choose` each question in order, and add the hidden constants and derived values.

    A guess replaces the template's default if it is a valid answer. The order and the two passes (objects last) are
    cookiecutter's. Raises `AnswerError` if an answer is not valid.
    """
    engine, config = environment(template), template.config
    context: dict[str, Any] = {}
    for late in (False, True):
        for name, raw in config.items():
            asked, derived, is_object = (
                name in template.questions,
                name.startswith("__"),
                isinstance(raw, dict),
            )
            if name == "__prompts__" or (not is_object and late) or (is_object and late != asked):
                continue
            if asked:
                question = resolve(template.questions[name], engine, context)
                context[name] = _answer(_guess(question, guesses), choose)
            else:
                context[name] = _rendered(engine, name, raw, context) if derived else raw
    public = {name: context[name] for name in template.questions}
    return Answers(public, {**context, **template.private})


def resolve(question: Question, engine: Environment, context: Mapping[str, Any]) -> Question:
    """`question` with its default and choices rendered from the answers so far."""
    choices = tuple(_rendered(engine, question.name, choice, context) for choice in question.choices)
    default = choices[0] if choices else _rendered(engine, question.name, question.default, context)
    return question.resolved(default, choices)


def questionnaire(template: Template) -> list[Question]:
    """The questions as somebody sees them who accepts every default."""
    asked: list[Question] = []

    def accept_default(question: Question) -> Answer:
        asked.append(question)
        return question.default

    complete(template, accept_default)
    return asked


def _guess(question: Question, guesses: Mapping[str, Answer]) -> Question:
    """`question` with the guess at its answer as its default, if there is one and it is valid."""
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
        raise AnswerError(
            f"The template's default is not valid, so use --set {question.name}=…: {error}"
        ) from None


def _rendered(engine: Environment, name: str, raw: Any, context: Mapping[str, Any]) -> Any:
    """A value from cookiecutter.json with its Jinja rendered, as cookiecutter's `render_variable` does."""
    if raw is None or isinstance(raw, bool):
        return raw
    if isinstance(raw, dict):
        return {_rendered(engine, name, k, context): _rendered(engine, name, v, context) for k, v in raw.items()}
    if isinstance(raw, list):
        return [_rendered(engine, name, item, context) for item in raw]
    text = str(raw)
    if not has_jinja(engine, text):
        return text
    try:
        return _compiled(engine, text).render(cookiecutter=context)
    except Exception as error:  # a template is a program: it may raise anything
        raise TemplateError(f"The template cannot work out {name}: {_reason(error)}.") from error


@lru_cache(maxsize=256)
def _compiled(engine: Environment, text: str) -> JinjaTemplate:
    return engine.from_string(text)


def _reason(error: Exception) -> str:
    text = str(error) if isinstance(error, JinjaError) else f"{type(error).__name__}: {error}"
    return one_line(text.strip().rstrip("."))


def chosen(given: Mapping[str, Any]) -> Choose:
    """Answers with what is `given`, and with the default for the rest."""
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
    """Answers from `key=value` texts; of equal keys, the last one counts."""
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
        loaded = load(_text(path))
    except OSError as error:
        raise AnswerError(f"{shown(path)} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise AnswerError(
            f"{shown(path)} is not valid {path.suffix[1:].upper()}: {one_line(str(error)).rstrip('.')}."
        ) from error
    if isinstance(loaded, dict) and "template" in loaded and isinstance(loaded.get("answers"), dict):
        loaded = loaded["answers"]
    if not isinstance(loaded, dict) or not all(isinstance(name, str) for name in loaded):
        raise AnswerError(f'{shown(path)} must contain answers by name, such as author_name = "Ada".')
    return loaded


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise AnswerError(f"{shown(path)} is not a file.")
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise AnswerError(f"{shown(path)} is larger than {_MAX_BYTES:,} bytes.")
    return data.decode("utf-8-sig")


def _toml(text: str) -> Any:
    import tomllib

    return tomllib.loads(text)


def _yaml(text: str) -> Any:
    import yaml

    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise ValueError("aliases are not allowed")
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        where = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ValueError(f"{error.problem}{where}") from error
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error


_LOADERS: Mapping[str, Callable[[str], Any]] = {
    ".toml": _toml,
    ".json": json.loads,
    ".yaml": _yaml,
    ".yml": _yaml,
}


def from_name(template: Template, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """What a NAME on the command line means: answers, and a guess at the project's title.

    One lower-case word is the name of the folder ('churn-radar'); anything else is a title ('Churn Radar').
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
