"""`scaffolder exercise`: the way through a starter.

Exit codes: 0 shown, or done; 1 the owner has changed what `--finish` takes away; 2 no starter, or no such exercise;
3 something outside failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from scaffolder.cli import options
from scaffolder.cli import update as updating
from scaffolder.cli.output import wrapped
from scaffolder.cli.printing import Result, noted, short
from scaffolder.errors import AnswerError, UnmetError, shown, suggestion
from scaffolder.exercises import declared, starter
from scaffolder.exercises.declared import Exercise
from scaffolder.exercises.starter import KEPT, PAGE, hours
from scaffolder.project import checkout, generated, solving, update
from scaffolder.project.plan import rendered
from scaffolder.project.record import Record
from scaffolder.project.solving import Standing
from scaffolder.template.answers import chosen, complete
from scaffolder.template.catalog import Template


def exercise(
    path: options.ProjectFolder = Path(),
    hint: Annotated[
        str | None,
        typer.Option("--hint", metavar="ID[:N]", help="Show hint 1, 2 or 3 of an exercise."),
    ] = None,
    solution: Annotated[
        str | None, typer.Option("--solution", metavar="ID", help="Show a solution of an exercise.", show_default=False)
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="With --solution: write it into the file, in place of yours.")
    ] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="When all is solved and tests pass: leave a finished project.")
    ] = False,
) -> Result:
    """Show which exercises of a starter are left.

    With --hint or --solution, show those. An exercise counts as written when no function of it is left to write;
    'make test' judges it.
    """
    if sum(map(bool, (hint, solution, finish))) > 1 or (apply and not solution):
        raise AnswerError("Give one of --hint, --solution and --finish; --apply belongs to --solution.")
    known = solving.record_of(path)
    with generated.opened(known, path) as (kind, _):
        project = solving.finished(kind, known)
        exercises = starter.applicable(project, declared.left_out(declared.declared(kind), known.exercises))
        if hint:
            said = _hint(exercises, hint)
        elif solution and apply:
            said = _apply(path, exercises, solution, project)
        elif solution:
            said = {"exercise": solution, "solution": solving.solution(project, _named(exercises, solution))}
        elif finish:
            said = _finish(path, kind, known, exercises)
        else:
            said = _standing(solving.standings(path, exercises))
    notes = noted(said.pop("notes", ()))
    done = str(said.get("done", "")).rstrip(".")
    return Result({"schema": 1, "path": str(path), **said}, _lines(said), notes, done)


def _named(exercises: Sequence[Exercise], name: str) -> Exercise:
    found = {one.id: one for one in exercises}
    if name not in found:
        raise AnswerError(f"This project has no exercise {shown(name)}: {suggestion(name, found)}")
    return found[name]


def _hint(exercises: Sequence[Exercise], wanted: str) -> dict[str, Any]:
    name, _, number = wanted.partition(":")
    hints = _named(exercises, name).hints
    if number not in ("", *(str(place) for place in range(1, len(hints) + 1))):
        raise AnswerError(f"{shown(number)} is no hint: there are {len(hints)}, such as {name}:1.")
    place = int(number or 1)
    more = f"{name}:{place + 1}" if place < len(hints) else None
    return {"exercise": name, "hint": hints[place - 1], "number": place, "next": more}


def _apply(path: Path, exercises: Sequence[Exercise], name: str, project: Any) -> dict[str, Any]:
    files = solving.applied(path, project, _named(exercises, name), exercises)
    checkout.write(path, files)
    return {"exercise": name, "done": f"Wrote our solution of {name} into {short(path / next(iter(files)))}."}


def _finish(path: Path, kind: Template, known: Record, exercises: Sequence[Exercise]) -> dict[str, Any]:
    """Commit the project without its exercises; raises `AnswerError` if a function is left."""
    left = [stub for one in solving.standings(path, exercises) for stub in one.left]
    if left:
        raise AnswerError(f"There is something left to write: {', '.join(sorted({each.exercise for each in left}))}.")
    project = updating.opened(path)
    answers = complete(kind, chosen(known.answers), data=project.data)
    made = rendered(kind, replace(answers, exercises=known.exercises), known.source)
    if not update.merged(project.repo, project.commit, project.base, made).current:
        raise AnswerError("The template has changed since this project was made: 'scaffolder update' first.")
    untested = solving.refuse_failing(path, exercises)
    finished = rendered(kind, answers, known.source)
    found = solving.without_course(project.repo, project.commit, project.base, finished, exercises)
    if found.merge.conflicts:
        changed = ", ".join(shown(each.path) for each in found.merge.conflicts)
        raise UnmetError(
            f"You have changed {changed}, which would go: move what you want to keep, and take the change back."
        )
    commit = updating.carry_out(project, found, answers, "updated", "Finish the exercises")
    return {
        "commit": commit,
        "done": f"This is a finished project now (commit {commit[:7]}); the tests of the exercises are in {KEPT}.",
        "notes": [untested] if untested else [],
    }


def _standing(found: Sequence[Standing]) -> dict[str, Any]:
    return {
        "exercises": [
            {
                "id": each.exercise.id,
                "title": each.exercise.title,
                "level": each.exercise.level,
                "minutes": each.exercise.minutes,
                "file": each.exercise.file,
                "left": [{"function": stub.function, "line": stub.line} for stub in each.left],
            }
            for each in found
        ]
    }


def _lines(said: dict[str, Any]) -> Iterator[str]:
    if "exercises" in said:
        yield from _overview(said["exercises"])
    elif "hint" in said:
        yield from wrapped(said["hint"])
        if said["next"]:
            yield f"More: scaffolder exercise --hint {said['next']}"
    else:
        yield from str(said.get("done") or said["solution"]).splitlines()


def _overview(exercises: Sequence[dict[str, Any]]) -> Iterator[str]:
    written = sum(not each["left"] for each in exercises)
    yield f"{written} of {len(exercises)} exercises are written; 'make test' judges them."
    yield ""
    for each in exercises:
        first = each["left"][0] if each["left"] else None
        place = f"{each['file']}:{first['line']}, {first['function']}" if first else "written"
        yield f"  {each['id']:<12} {hours(each['minutes']):>7}  {place}"
    yield ""
    if following := next((each["id"] for each in exercises if each["left"]), ""):
        yield f"{PAGE} has the tasks. A hint: scaffolder exercise --hint {following}"
    else:
        yield "When 'make test' passes: scaffolder exercise --finish"
