"""The questions for one project: those that fit it, with its numbers and places.

They lie in `practice.toml` beside the template's cookiecutter.json, which no project gets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffolder.check import examine
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.metrics import PATH
from scaffolder.errors import TargetError, TemplateError, shown
from scaffolder.formats.toml import MAX_CHARACTERS, TomlError, load_toml
from scaffolder.practice.locating import located
from scaffolder.practice.numbers import filled, names_in, numbers
from scaffolder.project import generated, record
from scaffolder.results.finding import Evidence
from scaffolder.safe import read_given
from scaffolder.template import foreign

NAME = "practice.toml"
_TEXT = {"type": "string", "minLength": 1}
_QUESTIONS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            **dict.fromkeys(("id", "ask", "answer"), _TEXT),
            **{name: {"type": "array", "items": _TEXT} for name in ("places", "needs")},
        },
        "required": ["id", "ask", "answer"],
        "additionalProperties": False,
    },
}


@dataclass(frozen=True)
class Question:
    """One question, a short answer, and the places in the project that answer it.

    It is asked only in a project that has all of the places in `needs`, such as a function of one choice alone.
    """

    id: str
    ask: str
    answer: str
    places: Sequence[str] = ()
    needs: Sequence[str] = ()

    @property
    def names(self) -> set[str]:
        """The names of the numbers that it is about."""
        return names_in(self.ask + self.answer)


@dataclass(frozen=True)
class Asking:
    """A question about this project: `found` says where the answer stands, `gone` names places that are not there."""

    id: str
    ask: str
    answer: str
    found: tuple[Evidence, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True)
class Practice:
    """All questions for a project; `waiting` is the number of those that need a measurement that it does not have."""

    template: str
    questions: tuple[Asking, ...]
    waiting: int


def read(folder: Path) -> list[Question]:
    """The questions of the template in `folder`, none if it has no such file; raises `TemplateError` if it is wrong."""
    from fastjsonschema import JsonSchemaValueException, validate

    if not (folder / NAME).exists():
        return []
    try:
        content = load_toml(read_given(folder / NAME, 4 * MAX_CHARACTERS).decode()).get("question", [])
        questions = [Question(**entry) for entry in validate(_QUESTIONS, content)]
    except (TargetError, UnicodeDecodeError, TomlError) as error:
        raise TemplateError(f"The template's {NAME} cannot be read: {error}.") from None
    except JsonSchemaValueException as error:
        raise TemplateError(f"In the template's {NAME}, {error.message.replace('data', 'question', 1)}.") from None
    if len({question.id for question in questions}) < len(questions):
        raise TemplateError(f"The template's {NAME} has two questions with the same id.")
    return questions


def prepare(folder: Path) -> Practice:
    """The questions for the project in `folder`.

    Raises a `ScaffolderError` if it is no project, or if its template cannot be had or brings no questions.
    """
    repo = examine.opened(folder)
    known = record.of_project(repo.snapshot.text(record.NAME), folder)
    with foreign.opened(generated.request(known, folder.resolve())) as (template, _):
        questions = read(template.folder)
        name = template.name
    if not questions:
        raise TargetError(
            f"The template {shown(name)} brings no questions: they lie in {NAME} beside its cookiecutter.json."
        )
    measured = numbers(repo)
    fitting = [question for question in questions if all(located(repo, each) for each in question.needs)]
    ready = [question for question in fitting if question.names <= set(measured)]
    asked = tuple(_asking(repo, question, measured) for question in ready)
    return Practice(name, asked, len(fitting) - len(ready))


def _asking(repo: Repository, question: Question, measured: Mapping[str, str]) -> Asking:
    places = [(place, located(repo, place)) for place in question.places]
    found = [evidence for _, evidence in places if evidence]
    if question.names and PATH not in question.places:
        found.append(Evidence("", PATH))
    ask, answer = (filled(" ".join(text.split()), measured) for text in (question.ask, question.answer))
    return Asking(question.id, ask, answer, tuple(found), tuple(place for place, evidence in places if not evidence))
