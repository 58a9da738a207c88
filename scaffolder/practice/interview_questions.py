"""The questions of a template: `practice.toml` beside its cookiecutter.json, which no project gets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffolder.errors import TemplateError, shown
from scaffolder.formats.toml import MAX_CHARACTERS, TomlError, load_toml

NAME = "practice.toml"
MOST = 200  # questions
LONGEST = 2_000  # characters of a text
_KEYS = {"id", "ask", "answer", "places", "needs"}


@dataclass(frozen=True)
class Question:
    """One question, a short answer, and the places in the project that answer it.

    It is asked only in a project that has all of the places in `needs`, such as a function of one choice alone.
    """

    id: str
    ask: str
    answer: str
    places: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def read(folder: Path) -> tuple[Question, ...]:
    """The questions of the template in `folder`, none if it has no such file.

    Raises `TemplateError` if the file cannot be used.
    """
    file = folder / NAME
    try:
        with file.open("rb") as opened:
            data = opened.read(4 * MAX_CHARACTERS + 1)
        found = load_toml(data.decode()).get("question", [])
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, TomlError) as error:
        raise TemplateError(f"The template's {NAME} cannot be read: {error}.") from None
    if not isinstance(found, list) or len(found) > MOST:
        raise TemplateError(f"The template's {NAME} is no list of at most {MOST} [[question]].")
    questions = tuple(_question(number, each) for number, each in enumerate(found, 1))
    if len({question.id for question in questions}) < len(questions):
        raise TemplateError(f"The template's {NAME} has two questions with the same id.")
    return questions


def _question(number: int, given: Any) -> Question:
    """Raises `TemplateError` if `given` is not a question."""
    if not isinstance(given, dict) or not {"id", "ask", "answer"} <= set(given) <= _KEYS:
        raise TemplateError(f"Question {number} of the template's {NAME} needs id, ask and answer.")
    places, needs = (_texts(given.get(key, [])) for key in ("places", "needs"))
    texts = [given["id"], given["ask"], given["answer"], *places, *needs]
    if not all(isinstance(text, str) and 0 < len(text) <= LONGEST for text in texts):
        raise TemplateError(f"Question {shown(given['id'])} of the template's {NAME} has an empty or long text.")
    ask, answer = (" ".join(given[key].split()) for key in ("ask", "answer"))
    return Question(given["id"], ask, answer, tuple(places), tuple(needs))


def _texts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
