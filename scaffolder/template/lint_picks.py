"""The choices that a template is rendered with to look for problems, and the words that name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from scaffolder.errors import shown
from scaffolder.template.answers import Answers, Data, complete
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Answer, Question

_CHOSEN = ("choice", "yes_no")  # kinds of questions
Choices = Mapping[str, Answer]  # as cookiecutter.json has them


class OwnData(NamedTuple):
    """An example of data of one's own: kind, facts for the texts, answers that they imply, and paths of their files."""

    kind: str
    facts: Mapping[str, Any]
    answers: Mapping[str, Any]
    files: Sequence[str]


def one_at_a_time(questions: Iterable[Question]) -> list[Choices]:
    """The defaults, then each choice alone."""
    values = {question.name: question.choices or (False, True) for question in questions if question.kind in _CHOSEN}
    return [{}, *({name: value} for name, choices in values.items() for value in choices)]


def completed(template: Template, choices: Choices, own: OwnData | None = None) -> Answers:
    """All answers with these choices and, about `own` data, those that follow from them; the defaults for the rest."""

    def choose(question: Question) -> Answer:
        if own and question.name in own.answers:
            answer: Answer = own.answers[question.name]
            return answer
        if question.name not in choices:
            return question.default
        value, written = choices[question.name], template.questions[question.name].choices
        return question.choices[written.index(str(value))] if written else value

    return complete(template, choose, data=Data(own.kind, own.facts, {}) if own else None)


def when(failed: Sequence[Choices], every: int) -> str:
    """The sentence that says with which choices something fails; "" if it always does."""
    if len(failed) >= every:
        return ""
    shared = set(failed[0].items()).intersection(*(choices.items() for choices in failed))
    words = ", ".join(f"{name} = {shown(value)}" for name, value in sorted(shared or failed[0].items()))
    return f" This happens {'' if shared else 'for example '}with {words or 'the default answers'}."
