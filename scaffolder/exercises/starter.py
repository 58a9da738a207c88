"""Makes a starter of a finished project: functions that its owner writes, tests that judge them, a page of tasks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePosixPath

from scaffolder.errors import TemplateError
from scaffolder.exercises.declared import Exercise
from scaffolder.exercises.stubs import SourceError, defines, stubbed
from scaffolder.tree import File, Tree, make_tree

PAGE = "docs/exercises.md"
TESTS = "tests/exercises"
KEPT = "tests/behaviour"  # the place of these tests in the finished project
AGENTS = "AGENTS.md"  # what coding assistants read first
_HOOK = "\nfrom . import _exercises  # noqa: F401 - it says which function is not written yet\n"
_FOR_AGENTS = """\
- The functions that raise `NotImplementedError("exercise …")` are exercises of the owner, who wants to learn to write
  them: explain, ask and give hints, but do not write them. docs/exercises.md has the tasks.
"""
_IN_ORDER = "    # EXERCISES\n"
_WORKFLOWS = ".github/workflows/"
_TESTED = re.compile(r"\bmake test\b|\btasks\.py test\b|\bpytest\b")
_JOB = re.compile(r"^(  [\w-]{1,100}:[ \t]*\n)((?:(?!  [\w-]).*(?:\n|\Z))*)", re.MULTILINE)  # its name, its lines
_SKIPPED = "  EXERCISES_LEFT: skip  # a function that is not written yet is no failure here; a wrong one is\n"
_WAITS = (
    "    # It needs the whole program, so it waits; 'scaffolder exercise --finish' takes these two lines away.\n"
    "    if: vars.EXERCISES == 'solved'\n"
)


def starter(finished: Tree, exercises: Sequence[Exercise]) -> Tree:
    """The finished project without the functions of the exercises, and with what a starter has besides.

    An exercise whose file or functions the project lacks, since it was made with other choices, is left out.
    """
    here = applicable(finished, exercises)
    given = dict(_given(finished, here)) if here else {}
    changed = {_entry(finished, here), AGENTS, *(path for path in finished if path.startswith(_WORKFLOWS))}
    if taken := sorted(given.keys() & finished.keys() - changed):
        raise TemplateError(f"A starter needs the place of {taken[0]}, which the template writes itself.")
    return make_tree([*{**finished, **_cut(finished, here), **given}.items()])


def applicable(finished: Tree, exercises: Sequence[Exercise]) -> list[Exercise]:
    """The exercises whose file the project has, with all of their functions."""
    return [one for one in exercises if one.file in finished and _defined(one, finished[one.file].data)]


@lru_cache(maxsize=512)
def _defined(exercise: Exercise, data: bytes) -> bool:
    try:
        return defines(data.decode(), exercise.functions)
    except (SourceError, UnicodeDecodeError) as error:
        raise TemplateError(f"An exercise cannot be made from {exercise.file}: {error}.") from None


def without(text: str, exercises: Iterable[Exercise]) -> str:
    """A module without the functions of these exercises; raises `SourceError`."""
    for one in exercises:
        text = stubbed(text, one.id, one.functions, one.without)
    return text


def _cut(finished: Tree, exercises: Sequence[Exercise]) -> dict[str, File]:
    cut: dict[str, File] = {}
    for one in exercises:
        file = cut.get(one.file, finished[one.file])
        try:
            cut[one.file] = File(without(file.data.decode(), [one]).encode(), file.mode)
        except SourceError as error:
            raise TemplateError(f"An exercise cannot be made from {one.file}: {error}.") from None
    return cut


def _given(finished: Tree, exercises: Sequence[Exercise]) -> Iterator[tuple[str, File]]:
    """The files that only a starter has, and those that get a few lines for it."""
    listed = "".join(f'    "{one.id}": "{one.file}",\n' for one in exercises)
    yield "conftest.py", File(_text("conftest.txt").replace(_IN_ORDER, listed).encode())
    yield PAGE, File(page(exercises).encode())
    yield f"{TESTS}/__init__.py", File(b"")
    for one in exercises:
        yield f"{TESTS}/test_{one.id}.py", File(one.test.encode())
    yield from _workflows(finished)
    if AGENTS in finished:
        yield AGENTS, File(finished[AGENTS].data.rstrip() + b"\n" + _FOR_AGENTS.encode(), finished[AGENTS].mode)
    if entry := _entry(finished, exercises):
        yield entry, File(finished[entry].data + _HOOK.encode(), finished[entry].mode)
        yield entry.replace("__init__.py", "_exercises.py"), File(_text("module.txt").encode())


def _workflows(finished: Tree) -> Iterator[tuple[str, File]]:
    """The workflows that run tests, for which it is no failure if a function is not written yet.

    Their other jobs need the whole program, so they wait, unless they have a condition of their own.
    """
    for path, file in finished.items():
        if path.startswith(_WORKFLOWS) and _TESTED.search(text := file.data.decode("utf-8", "replace")):
            head, marker, jobs = text.partition("\njobs:\n")
            env, there, others = head.partition("\nenv:\n")
            head = f"{env}\nenv:\n{_SKIPPED}{others}" if there else f"{head}\nenv:\n{_SKIPPED}"
            yield path, File(f"{head}{marker}{_JOB.sub(_waiting, jobs)}".encode(), file.mode)


def _waiting(job: re.Match[str]) -> str:
    """A job of a workflow that waits, unless it runs tests or has a condition."""
    if _TESTED.search(job[0]) or re.search(r"^    if:", job[0], re.MULTILINE):
        return job[0]
    return f"{job[1]}{_WAITS}{job[2]}"


def _entry(finished: Tree, exercises: Sequence[Exercise]) -> str:
    """The `__init__.py` of the package that the exercises are in; empty if they are in none."""
    above = (str(parent / "__init__.py") for one in exercises for parent in reversed(PurePosixPath(one.file).parents))
    return next((path for path in above if path in finished), "")


@lru_cache
def _text(name: str) -> str:
    return (files("scaffolder.exercises") / f"given/{name}").read_text("utf-8")


def page(exercises: Sequence[Exercise]) -> str:
    """docs/exercises.md: the tasks in their order, and the way through them."""
    from jinja2 import Template

    template = Template(_text("page.md"), trim_blocks=True)
    text = str(template.render(exercises=exercises, ids={one.id for one in exercises}, hours=hours))
    return f"{text.rstrip()}\n"


def hours(minutes: int) -> str:
    """A time in words, such as '45 min' or '1.5 h'."""
    return f"{minutes} min" if minutes < 60 else f"{round(minutes / 30) / 2:g} h"
