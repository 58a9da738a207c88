"""Answers for the commands: from options, files and Git, and from the person at the terminal."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scaffolder import git
from scaffolder.cli import interview
from scaffolder.cli.printing import conversation
from scaffolder.errors import AnswerError
from scaffolder.template import answers
from scaffolder.template.answers import Answers, Data
from scaffolder.template.catalog import Template


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
    answers.validate(kind, given)
    if not ask:
        return answers.complete(kind, answers.chosen(given), guesses, data)

    asks(yes=False)
    return interview.Interview(kind, given, guesses, conversation(), data).run(check)


def asks(*, yes: bool, dry_run: bool = False) -> bool:
    """Whether questions are asked; raises `AnswerError` if they should be, and there is no terminal.

    Without one, a dry run shows what would be created from the defaults.
    """
    if yes or interview.is_interactive():
        return not yes
    if not dry_run:
        raise AnswerError("There is no terminal to ask questions on: use --yes to accept the defaults.")
    return False


def read(file: Path | None) -> dict[str, Any]:
    """The answers in a file, if there is one."""
    return answers.from_file(file) if file else {}


def pairs_of(pairs: list[str] | None) -> dict[str, str]:
    """The answers that were given with --set."""
    return answers.from_pairs(pairs or ())


def git_guesses(folder: Path) -> dict[str, str]:
    """Guesses at answers from Git's settings, as they are in `folder`."""
    return answers.from_git(git.settings(folder if os.path.isdir(folder) else Path()))
