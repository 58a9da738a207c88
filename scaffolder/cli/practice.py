"""`scaffolder practice`: the questions that an interviewer would ask about this project, and faults to find in it.

Exit codes: 0 done; 2 no project, no such copy, or no fault fits; 3 something outside failed.
"""

from __future__ import annotations

import os
import random
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from scaffolder.cli import interview, options
from scaffolder.cli.judging import Conversation, refuse_stop
from scaffolder.cli.output import wrapped
from scaffolder.cli.printing import Result, short, wants_json
from scaffolder.errors import AnswerError, one_line
from scaffolder.exercises.judging import python_of
from scaffolder.practice import drill
from scaffolder.practice.session import Asking, Practice, prepare

MOST_SEED = 999_999_999


def practice(
    path: options.ProjectFolder = Path(),
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="Ask at most this many questions.")] = 10,
    just_list: Annotated[
        bool, typer.Option("--list", help="Show the questions with their answers, and ask nothing.")
    ] = False,
    broken: Annotated[
        bool, typer.Option("--break", help="Plant a fault in a copy of the project, for you to find.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="N", min=0, max=MOST_SEED, help="With --break: which fault."),
    ] = None,
    end: Annotated[bool, typer.Option("--end", help="In such a copy: say what it was, and remove the copy.")] = False,
) -> Result:
    """Ask what an interviewer would ask.

    Answer aloud or in writing, look where the answer stands in your code and reports, and say whether you knew it.
    The questions come in random order. Nothing is kept.

    With --break, find a fault instead: it is planted in a copy beside the project, and you are told the symptom.
    """
    if sum((just_list, broken, end)) > 1 or (seed is not None and not broken):
        raise AnswerError("Give one of --list, --break and --end; --seed belongs to --break.")
    if broken:
        return _plant(path, seed)
    if end:
        return _end(path)
    return _interview(path, most, just_list)


def _interview(path: Path, most: int, just_list: bool) -> Result:
    just_list = just_list or wants_json()
    if not just_list:
        interview.require_terminal("say --list to read the questions and their answers")
    found = prepare(path)
    if not just_list:
        _ask(found, most)
    return Result(_json(path, found), _listed(found) if just_list else ())


def _ask(found: Practice, most: int) -> None:
    """Ask in random order, until the person stops."""
    conversation = Conversation(sys.stdout)
    chosen = random.sample(found.questions, min(most, len(found.questions)))
    knew: list[bool] = []
    for line in _waiting(found):
        conversation.say(line)
    with conversation.sitting(lambda: _total(knew)):
        for number, question in enumerate(chosen, 1):
            _show(conversation, question, f"Question {number} of {len(chosen)}")
            knew.append(conversation.until("\nDid you know it? (y, n; q stops): ", _knew))


def _show(conversation: Conversation, question: Asking, where: str) -> None:
    conversation.say(f"\n{where}\n")
    for line in wrapped(question.ask):
        conversation.say(conversation.bold(line))
    conversation.read("\nAnswer aloud or here, then press Enter: ")
    conversation.say("")
    for line in _answer(question):
        conversation.say(line)


def _answer(question: Asking) -> Iterator[str]:
    yield from wrapped(question.answer)
    for each in question.found:
        place = f"{each.path}:{each.line}" if each.line else each.path
        yield one_line(f"  {place}  {each.fact}".rstrip())
    for place in question.gone:
        yield one_line(f"  {place}: not here any more. Can you say why?")


def _knew(typed: str) -> bool:
    """Whether the person knew it; raises an error if they stop, or type something else."""
    refuse_stop(typed)
    if typed.lower() not in ("y", "yes", "n", "no"):
        raise AnswerError("Type y, n or q.")
    return typed.lower().startswith("y")


def _total(knew: Sequence[bool]) -> str:
    return f"You knew {sum(knew)} of {len(knew)}." if knew else "Nothing was asked to the end."


def _waiting(found: Practice) -> Iterator[str]:
    if found.waiting:
        yield f"Not asked, because reports/metrics.json does not have their numbers: {found.waiting}."


def _listed(found: Practice) -> Iterator[str]:
    for number, question in enumerate(found.questions, 1):
        yield from wrapped(f"{number}. {question.ask}")
        yield from (f"   {line}" for line in _answer(question))
        yield ""
    yield from _waiting(found)


def _json(path: Path, found: Practice) -> dict[str, Any]:
    questions = [asdict(question) for question in found.questions]
    return {
        "schema": 1,
        "path": str(path),
        "template": found.template,
        "questions": questions,
        "waiting": found.waiting,
    }


def _plant(path: Path, seed: int | None) -> Result:
    """Plant the fault that the seed stands for, or any; raises a `ScaffolderError` if that cannot be."""
    planted = drill.plant(path, random.SystemRandom().randrange(10_000) if seed is None else seed)
    place, project = short(Path(planted.folder)), shlex.quote(os.path.relpath(path.resolve(), planted.folder))
    lines = (
        *wrapped(planted.symptom),
        "",
        f"This copy of your last commit has the fault: {place}",
        "Find it there and mend it. Git would tell you where it is, so do not ask it.",
        "",
        f"  cd {place}",
        *(() if python_of(path) else (f"  make -C {project} setup",)),
        f"  PYTHONPATH=src {project}/.venv/bin/python -m pytest",
        "  scaffolder practice --end    to see what it was, and to remove the copy",
    )
    told = {name: getattr(planted, name) for name in ("folder", "branch", "seed", "symptom")}
    return Result({"schema": 1, **told}, lines, done=f"Planted a fault in {place}")


def _end(path: Path) -> Result:
    """Remove the drill in `path`; raises `TargetError` if it holds something that is not committed."""
    begun = drill.begun(path)
    done = f"Removed {begun.folder}"
    files = drill.changed_files(begun)
    stays = drill.end(begun)
    lines = [*wrapped(begun.postmortem), "", f"It was planted in {', '.join(files)}.", f"{done}."]
    if stays:
        lines += wrapped(f"Your commits are on the branch {begun.branch}.")
    told = {"fault": begun.fault, "files": files, "postmortem": begun.postmortem}
    return Result({"schema": 1, **told, "branch": begun.branch if stays else None}, lines, done=done)
