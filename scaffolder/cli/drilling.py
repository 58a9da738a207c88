"""The steps of `scaffolder practice --break`: plant a fault, give a hint, say whether it is gone, and end."""

from __future__ import annotations

import os
import random
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from scaffolder.cli.output import wrapped
from scaffolder.cli.printing import print_json, print_lines, print_notes, short
from scaffolder.cli.streams import after

if TYPE_CHECKING:
    from scaffolder.practice.drill import Drill, Verdict


@dataclass(frozen=True)
class Said:
    """The result of a step, for programs and for people; `done` says what it has changed."""

    json: dict[str, Any]
    lines: tuple[str, ...]
    done: str = ""
    code: int = 0


def tell(said: Said, as_json: bool) -> None:
    """Print the result, and leave with its code."""
    with after(said.done):
        if as_json:
            print_json({"schema": 1, **said.json})
        else:
            print_lines(said.lines)
    if said.code:
        raise typer.Exit(said.code)


def plant(path: Path, seed: int | None) -> Said:
    """Plant the fault that the seed stands for, or any; raises a `ScaffolderError` if that cannot be."""
    from scaffolder.exercises.judging import python_of
    from scaffolder.practice import drill

    planted = drill.plant(path, random.SystemRandom().randrange(10_000) if seed is None else seed)
    place, project = short(planted.folder), shlex.quote(os.path.relpath(path.resolve(), planted.folder))
    lines = (
        *wrapped(planted.fault.symptom),
        "",
        f"This copy of your last commit has the fault: {place}",
        "Find it there and mend it. Git would tell you where it is, so do not ask it.",
        "",
        f"  cd {place}",
        *(() if python_of(path) else (f"  make -C {project} setup",)),
        f"  PYTHONPATH=src {project}/.venv/bin/python -m pytest",
        "  scaffolder practice --hint     the next of three hints",
        "  scaffolder practice --check    when you think that it is gone",
        "  scaffolder practice --end      to see what it was, and to remove the copy",
    )
    told = {"folder": str(planted.folder), "branch": planted.branch, "seed": planted.seed}
    return Said({**told, "symptom": planted.fault.symptom}, lines, f"Planted a fault in {place}")


def hint(path: Path) -> Said:
    """The next hint of the drill in `path`; raises `TargetError` if there is none."""
    from scaffolder.practice import drill

    begun = drill.begun(path)
    text, number = drill.hint(begun)
    head = f"Hint {number} of {drill.HINTS}"
    return Said({"hint": text, "number": number}, (head + " was the last:" * (number == begun.hints), *wrapped(text)))


def check(path: Path) -> Said:
    """Whether the fault in `path` is gone, with code 1 if not; raises `TargetError` if that cannot be tried."""
    from scaffolder.practice import drill

    begun = drill.begun(path)
    print_notes(["Running the tests of the fault, and then those of the project."])
    found = drill.judge(begun)
    told: dict[str, Any] = asdict(found) | ({"postmortem": begun.fault.postmortem} if found.caught else {})
    return Said(told, tuple(_verdict(begun, found)), code=0 if found.gone and found.whole else 1)


def _verdict(begun: Drill, found: Verdict) -> Iterator[str]:
    if not found.gone:
        yield "The fault is still there."
    elif not found.whole:
        yield from ("The fault is gone, but a test of the project fails now:", "", *found.output.splitlines())
    else:
        yield "The fault is gone, and the tests of the project pass."
        yield from wrapped(_TESTS[found.caught])
        if found.caught:
            yield from ("", *wrapped(begun.fault.postmortem))


_TESTS = {
    None: "Now write the test that would have caught it, and run this once more: no test has changed so far.",
    False: "Your test would not have caught it: it passes with the fault, too.",
    True: "Your test fails with the fault, so it would have caught it.",
}


def end(path: Path) -> Said:
    """Remove the drill in `path`; raises `TargetError` if it holds something that is not committed."""
    from scaffolder.practice import drill

    begun = drill.begun(path)
    done = f"Removed {begun.folder}"
    stays = drill.end(begun)
    files = list(dict.fromkeys(change.file for change in begun.fault.changes))
    lines = [*wrapped(begun.fault.postmortem), "", f"It was planted in {', '.join(files)}.", f"{done}."]
    if stays:
        tests = drill.tested(begun)
        take = f"'git cherry-pick {' '.join(tests)}' takes your tests over" if tests else "none of them changes a test"
        lines += wrapped(f"Your commits are on the branch {begun.branch}; {take}.")
    told = {"fault": begun.fault.id, "files": files, "postmortem": begun.fault.postmortem}
    return Said({**told, "branch": begun.branch if stays else None}, tuple(lines), done)
