"""Asks a person for the answers, on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO, TypeVar

from scaffolder import git
from scaffolder.cli.output import answer_text, choice_label
from scaffolder.cli.printing import conversation
from scaffolder.errors import AnswerError, DeclinedError, ScaffolderError, one_line, shown
from scaffolder.template.answers import Answers, Data, chosen, complete, from_file, from_git, from_pairs, validate
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Answer, Question

Value = TypeVar("Value")


def is_interactive() -> bool:
    """Whether there is a terminal, and so a person, to ask."""
    return sys.stdin is not None and sys.stdin.isatty()


def require_terminal(instead: str) -> None:
    """Raise `AnswerError` if there is no terminal to ask on; it says what to do `instead`."""
    if not is_interactive():
        raise AnswerError(f"There is no terminal to ask on: {instead}.")


class Terminal:
    """Tells and asks a person, on `out`."""

    def __init__(self, out: TextIO):
        self.out = out

    def say(self, text: str) -> None:
        """Print a line for the person."""
        print(text, file=self.out, flush=True)

    def read(self, prompt: str) -> str:
        """A line that the person types; raises `DeclinedError` at the end of input."""
        print(prompt, end="", file=self.out, flush=True)
        try:
            return input().strip()
        except EOFError:
            self.say("")
            raise DeclinedError("Stopped: nothing was written.") from None

    def until(self, prompt: str, checked: Callable[[str], Value]) -> Value:
        """The value that `checked` makes of a typed line; if it raises an error, that is said, and asked again."""
        while True:
            try:
                return checked(self.read(prompt))
            except ScaffolderError as error:
                if error.code != ScaffolderError.code:
                    raise
                self.say(one_line(str(error)))

    def bold(self, text: str) -> str:
        """`text` in bold, on a terminal that shows it."""
        return f"\033[1m{text}\033[0m" if self.out.isatty() and not os.environ.get("NO_COLOR") else text

    def ask(self, question: Question) -> Answer:
        """A valid answer; an invalid one is explained and asked for again."""
        self.say(self.bold(one_line(question.prompt)))
        for number, choice in enumerate(question.choices, 1):
            self.say(f"  {number}  {one_line(choice_label(question, choice))}")

        def checked(typed: str) -> Answer:
            if typed == "?":
                raise AnswerError(question.help or question.pattern_hint or "There is no help for this question.")
            return question.check(_choice(question, typed) if typed else question.default)

        value = self.until(f"{question.name} [{answer_text(question.default)}]: ", checked)
        self.say("")
        return value


class Interview(Terminal):
    """Asks the open questions, shows all answers, and lets the person change any of them."""

    def __init__(
        self,
        template: Template,
        given: Mapping[str, Answer],
        guesses: Mapping[str, Answer],
        out: TextIO,
        data: Data | None = None,
    ):
        super().__init__(out)
        self.template, self.guesses, self.data = template, guesses, data
        self.settled = dict(given)  # answers that were given, or differ from the default
        self.asked = set(given)

    def run(self, check: Callable[[Answers], object]) -> Answers:
        """The answers, once `check` passes and the person agrees; raises `DeclinedError` if the person stops."""
        self.say(self.bold(one_line(self.template.about.title)))
        self.say("Press Enter to accept the value in brackets, type ? for help, or press Ctrl-C to stop.\n")
        while True:
            answers = complete(self.template, self._choose, self.guesses, self.data)
            problem = None
            try:
                check(answers)
            except ScaffolderError as error:
                problem = error
            name = self._confirm(answers, problem)
            if name is None:
                return answers
            self.asked.discard(name)
            self.settled.pop(name, None)

    def _choose(self, question: Question) -> Answer:
        if question.name in self.settled and question.name in self.asked:
            return self.settled[question.name]
        if question.name in self.asked and _fits(question, question.default):
            return question.default
        value = self.ask(question)
        self.asked.add(question.name)
        if value != question.default:
            self.settled[question.name] = value
        return value

    def _confirm(self, answers: Answers, problem: ScaffolderError | None) -> str | None:
        """None if the person agrees, else the name of the answer to change."""
        names = list(answers.public)
        width = max(map(len, names), default=0)
        self.say(self.bold("Your answers:"))
        for number, name in enumerate(names, 1):
            self.say(f"  {number:>2}  {name:<{width}}  {answer_text(answers.public[name])}")
        if problem:
            self.say(one_line(str(problem)))
        can = "type the number or name of an answer to change it, or q to stop"
        prompt = can.capitalize() if problem else f"Press Enter to go ahead, {can}"

        def checked(typed: str) -> str | None:
            if typed.lower() in ("q", "quit", "n", "no"):
                raise DeclinedError("Stopped: nothing was written.")
            if typed.lower() in ("", "y", "yes") and not problem:
                return None
            if typed in names:
                return typed
            if typed.isdecimal() and 0 < int(typed) <= len(names):
                return names[int(typed) - 1]
            raise AnswerError(f"{shown(typed)} is neither a number from 1 to {len(names)} nor the name of an answer.")

        return self.until(f"{prompt}: ", checked)


def _fits(question: Question, value: Answer) -> bool:
    with suppress(AnswerError):
        question.check(value)
        return True
    return False


def _choice(question: Question, typed: str) -> str:
    """The choice with the number or unique beginning that was typed; otherwise what was typed."""
    if typed.isdecimal() and 0 < int(typed) <= len(question.choices) and typed not in question.choices:
        return question.choices[int(typed) - 1]
    begun = [choice for choice in question.choices if choice.startswith(typed)]
    return begun[0] if len(begun) == 1 else typed


def settle(
    kind: Template,
    given: Mapping[str, Any],
    guesses: Mapping[str, Any],
    check: Callable[[Answers], object],
    *,
    ask: bool,
    data: Data | None = None,
) -> Answers:
    """The complete answers, asked for on the terminal if `ask`; nobody can agree to them before `check` passes."""
    validate(kind, given)
    if not ask:
        return complete(kind, chosen(given), guesses, data)

    require_terminal("use --yes to accept the defaults")
    return Interview(kind, given, guesses, conversation(), data).run(check)


def asks(*, yes: bool, dry_run: bool = False) -> bool:
    """Whether questions are asked; raises `AnswerError` if they should be, and there is no terminal.

    Without one, a dry run shows what would be created from the defaults.
    """
    if not (yes or dry_run):
        require_terminal("use --yes to accept the defaults")
    return not yes and is_interactive()


def given(
    file: Path | None, pairs: list[str] | None, named: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """The answers in a file, those that follow from a name, and those of --set, which go before the others."""
    return {**(from_file(file) if file else {}), **named, **from_pairs(pairs or ())}


def git_guesses(folder: Path) -> dict[str, str]:
    """Guesses at answers from Git's settings, as they are in `folder`."""
    return from_git(git.settings(folder if os.path.isdir(folder) else Path()))
