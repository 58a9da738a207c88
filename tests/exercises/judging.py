"""The solutions of the exercises of our own templates, and how their tests judge them."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from scaffolder.exercises import starter
from scaffolder.exercises.declared import Exercise, declared
from scaffolder.project import plan
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render
from scaffolder.tree import Tree

NOTHING, OURS = "nothing", "ours"
PASSED, FAILED = 0, 1


class Case(NamedTuple):
    """An exercise with one solution: `NOTHING`, `OURS`, or a file."""

    exercise: str
    solution: str
    right: bool


def cases(template: str) -> Iterator[Case]:
    folder = catalog.bundled(template).folder / "exercises"
    for exercise in declared(catalog.bundled(template)):
        yield Case(exercise, NOTHING, False)
        yield Case(exercise, OURS, True)
        for kind in ("right", "wrong"):
            for file in sorted((folder / exercise / kind).glob("*.py")):
                yield Case(exercise, str(file), kind == "right")


@cache
def project(template: str, **answers: str) -> Tree:
    kind = catalog.bundled(template)
    return render(kind, complete(kind, chosen(answers)))


def started(template: str, ids: tuple[str, ...] = (), **answers: str) -> Tree:
    every = declared(catalog.bundled(template))
    return starter.starter(project(template, **answers), [every[name] for name in ids or every])


def misjudged(template: str, place: Path, python: str) -> dict[Case, int]:
    """The right solutions that the tests refuse and the wrong ones that they accept, with pytest's exit codes."""
    every, asked = declared(catalog.bundled(template)), list(cases(template))
    plan.write(started(template), place)
    told = [request(every, case, place, template) for case in asked]
    judge = [python, str(Path(__file__).with_name("judge.py"))]
    done = subprocess.run(judge, cwd=place, input=json.dumps(told), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    codes = dict(zip(asked, json.loads(done.stdout), strict=True))
    return {case: code for case, code in codes.items() if code != (PASSED if case.right else FAILED)}


def request(every: Mapping[str, Exercise], case: Case, place: Path, template: str) -> dict[str, Any]:
    """A case as the judge takes it; the exercises that come before are solved as we have it."""
    solved = {name: place / f"{name}.solution" for name in (*before(every, case.exercise), case.exercise)}
    for name, file in solved.items():
        file.write_bytes(project(template)[every[name].file].data)
    if case.solution == NOTHING:
        del solved[case.exercise]
    elif case.solution != OURS:
        solved[case.exercise] = Path(case.solution)
    solutions = [(module(every[name]), str(file)) for name, file in solved.items()]
    return {"test": f"tests/exercises/test_{case.exercise}.py", "solutions": solutions}


def before(every: Mapping[str, Exercise], name: str) -> list[str]:
    """The exercises that come before another one, the first first."""
    return list(dict.fromkeys(one for each in every[name].after for one in (*before(every, each), each)))


def module(exercise: Exercise) -> str:
    return ".".join(PurePosixPath(exercise.file).with_suffix("").parts[1:])


def absent(template: str) -> set[str]:
    """The packages that the tests of a template's exercises import, and that are not installed here."""
    own = {PurePosixPath(path).stem for path in project(template) if path.startswith("tests/")}
    own |= {path.split("/")[1] for path in project(template) if path.startswith("src/")}
    named = {name for one in declared(catalog.bundled(template)).values() for name in imported(one.test)}
    return {name for name in named - own - sys.stdlib_module_names if find_spec(name) is None}


def imported(text: str) -> Iterator[str]:
    """The packages that a module imports."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)


TEMPLATES = [name for name in catalog.names() if declared(catalog.bundled(name))]
