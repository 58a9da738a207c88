"""`scaffolder lint-template`: what would vanish or break in a template.

Exit codes: 0 nothing; 1 problems were found; 2 there is no template.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffolder.cli import options
from scaffolder.errors import one_line

if TYPE_CHECKING:
    from scaffolder.template.lint import Problem

TemplatePath = Annotated[
    Path, typer.Argument(metavar="PATH", help="The folder with the template's cookiecutter.json.", show_default=False)
]


def lint_template(path: TemplatePath, as_json: options.AsJson = False, directory: options.Directory = None) -> int:
    """Say what would vanish or break in a template.

    It is rendered with each of its choices, in a child process with limits, and the projects are checked as they are
    handed out; hooks and extensions are not run. What its exercises name must be there.
    """
    from scaffolder.adopt.kinds import examples
    from scaffolder.check.templates import lint
    from scaffolder.exercises import lint as exercises

    path = path / (directory or "")
    problems = (*lint(path, examples), *exercises.problems(path))
    if as_json:
        print(json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False))
    else:
        for line in _lines(path, problems):
            print(one_line(line))
    return int(bool(problems))


def _lines(path: Path, problems: Sequence[Problem]) -> Iterator[str]:
    for problem in problems:
        yield f"{problem.path}:{problem.line}" if problem.line else problem.path
        yield f"  {problem.message}"
        yield f"  {problem.remedy}"
    count = len(problems)
    yield f"{path}: {count} problem{'s' * (count > 1)}" if count else f"{path}: nothing would vanish or break"
