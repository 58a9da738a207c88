"""The output of the commands: lines for people, JSON values for programs. Nothing is printed here."""

from __future__ import annotations

import shlex
import shutil
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from scaffolder import __version__
from scaffolder.cli.printing import short
from scaffolder.errors import one_line
from scaffolder.exercises.declared import declared
from scaffolder.portfolio.guide import Advice
from scaffolder.project.plan import Plan
from scaffolder.template import catalog
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Answer, Question

_WIDTH = 100  # columns, on a terminal that has them


def answer_text(value: Answer) -> str:
    """An answer as a person would write it, on one line."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else one_line(str(value))


def template_list(templates: Iterable[Template]) -> Iterator[str]:
    """A paragraph on each template, and what to type next."""
    for template in templates:
        yield from _summary(template)
        yield from wrapped(f"asks: {', '.join(template.questions)}", "    ", hang=6)
        yield ""
    yield from wrapped("Next: scaffolder describe TEMPLATE, or scaffolder new TEMPLATE")


def _summary(template: Template) -> Iterator[str]:
    about = template.about
    yield from wrapped(f"{template.name}: {about.title}" + (f" (level: {about.level})" if about.level else ""))
    yield from wrapped(about.summary, "    ")
    for skill in about.demonstrates:
        yield from wrapped(f"- {skill}", "    ", hang=2)


def advice_lines(found: Iterable[Advice]) -> Iterator[str]:
    """Which project first, and why, for each background or role; then what counts for all."""
    for advice in found:
        has = f"you have {advice.has}; " if advice.has else ""
        yield from wrapped(f"{advice.name[:1].upper()}{advice.name[1:]}: {has}readers look for {advice.needs}.")
        for number, (name, why) in enumerate(advice.projects, 1):
            yield ""
            yield from wrapped(f"{number}. {name}: {catalog.bundled(name).about.title}", "  ")
            yield from wrapped(why, "     ")
            yield f"     scaffolder new {name}"
        yield ""
    yield from wrapped(
        "One excellent, deployed project is worth more than five unfinished ones: finish the first, with data of your "
        "own, before you begin the second."
    )


def advice_json(advice: Advice) -> dict[str, Any]:
    """The JSON value on the advice for one background or role."""
    projects = [{"template": name, "why": why} for name, why in advice.projects]
    return {"for": advice.name, "has": advice.has or None, "needs": advice.needs, "projects": projects}


def template_details(template: Template, questions: Iterable[Question]) -> Iterator[str]:
    """A template and its questions, with their choices, defaults and rules."""
    yield from _summary(template)
    if exercises := declared(template):
        yield ""
        yield from wrapped(f"Exercises, for new --starter: {', '.join(exercises)}")
    for question in questions:
        yield ""
        yield from wrapped(f"{question.name} [{answer_text(question.default)}]: {question.prompt}")
        yield from wrapped(question.help, "    ")
        for choice in question.choices:
            yield from wrapped(f"- {choice_label(question, choice)}", "    ", hang=2)
        yield from wrapped(question.pattern_hint or "", "    ")


def choice_label(question: Question, choice: str) -> str:
    """A choice and its meaning."""
    label = question.labels.get(choice, choice)
    return label if label.startswith(choice) else f"{choice} - {label}"


def wrapped(text: str, indent: str = "", hang: int = 0) -> list[str]:
    """`text` in lines that fit the terminal; lines after the first are indented by `hang` columns more.

    No word is broken: a longer one than the line, such as a path, stays whole, so that it can be copied.
    """
    width = min(_WIDTH, shutil.get_terminal_size((_WIDTH, 0)).columns)
    further = indent + " " * hang
    return textwrap.wrap(
        one_line(text),
        width,
        initial_indent=indent,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )


def project_created(planned: Plan, commit: str | None) -> Iterator[str]:
    """Lines on what was created, and the next commands to type."""
    git = ", with its first commit on the Git branches main and scaffold" if commit else ""
    yield f"Created {short(planned.target)} ({_size(planned)}){git}."
    yield ""
    yield from _next(planned)


def _next(planned: Plan) -> Iterator[str]:
    yield "Next:"
    yield f"  cd {shlex.quote(short(planned.target))}"
    if planned.answers.exercises:
        yield "  make test"
        yield "  scaffolder exercise"
        yield from wrapped("docs/exercises.md has the tasks; 'make test' says how many are solved.")
        return
    steps = planned.template.next_steps(planned.answers.public, own_data=planned.answers.data is not None)
    yield from (f"  {one_line(command)}" for command in steps)


def project_preview(planned: Plan) -> Iterator[str]:
    """The planned files as an indented tree, with their sizes in bytes."""
    yield f"Would create {short(planned.target)} ({_size(planned)}):"
    yield ""
    shown: set[str] = set()
    for path, file in planned.tree.items():
        folders = path.split("/")[:-1]
        for depth in range(len(folders)):
            folder = "/".join(folders[: depth + 1])
            if folder not in shown:
                shown.add(folder)
                yield f"{'  ' * depth}{folders[depth]}/"
        name = "  " * len(folders) + path.rpartition("/")[2]
        yield f"{name:<60} {len(file.data):>9,}"


def project_json(planned: Plan, commit: str | None, notes: tuple[str, ...], *, dry_run: bool = False) -> dict[str, Any]:
    """The JSON value on a project that was created, or would be."""
    return {
        "path": str(planned.target),
        "template": planned.template.name,
        "version": __version__,
        "source": dict(planned.source),
        "answers": dict(planned.answers.public),
        "data": _data_json(planned),
        "exercises": list(planned.answers.exercises),
        "files": [
            {"path": path, "bytes": len(file.data), "mode": f"{file.mode:o}"} for path, file in planned.tree.items()
        ],
        "git": {"branch": "main", "baseline": "scaffold", "commit": commit} if planned.git else None,
        "notes": list(notes),
        "dry_run": dry_run,
    }


def _data_json(planned: Plan) -> dict[str, Any] | None:
    """The JSON value on the owner's data; None if the project is about the template's."""
    data = planned.answers.data
    return {"kind": data.kind, "files": sorted(data.files), "facts": data.facts} if data else None


def _size(planned: Plan) -> str:
    size = sum(len(file.data) for file in planned.tree.values())
    return f"{len(planned.tree)} files, {size / 1000:,.0f} kB"
