"""The steps of `scaffolder practice --break`: plant a fault, give a hint, say whether it is gone, and end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from scaffolder.cli.output import wrapped
from scaffolder.cli.printing import print_json, print_lines, short
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
    from scaffolder.practice import drill

    planted = drill.plant(path, random.SystemRandom().randrange(10_000) if seed is None else seed)
    place = short(planted.folder)
    lines = (
        *wrapped(planted.fault.symptom),
        "",
        f"This copy of your last commit has the fault: {place}",
        "Find it there and mend it. 'git diff' and 'git log -p' would tell you where it is.",
        "",
        f"  cd {place}",
        "  scaffolder practice --hint     the next of three hints",
        "  scaffolder practice --check    when you think that it is gone",
        "  scaffolder practice --end      to see what it was, and to remove the copy",
    )
    told = {"folder": str(planted.folder), "branch": planted.branch, "seed": planted.seed}
    return Said({**told, "symptom": planted.fault.symptom}, lines, f"Planted a fault in {place}")


def hint(path: Path) -> Said:
    """The next hint of the drill in `path`; raises `TargetError` if there is none."""
    from scaffolder.practice import drill

    text, number = drill.hint(drill.begun(path))
    return Said({"hint": text, "number": number}, (f"Hint {number} of {drill.HINTS}", *wrapped(text)))


def check(path: Path) -> Said:
    """Whether the fault in `path` is gone, with code 1 if not; raises `TargetError` if that cannot be tried."""
    from scaffolder.practice import drill

    begun = drill.begun(path)
    found = drill.judge(begun)
    solved = found.gone and found.whole
    told: dict[str, Any] = asdict(found) | ({"postmortem": begun.fault.postmortem} if solved else {})
    return Said(told, tuple(_verdict(begun, found)), code=0 if solved else 1)


def _verdict(begun: Drill, found: Verdict) -> Iterator[str]:
    if not found.gone:
        yield "The fault is still there."
    elif not found.whole:
        yield from ("The fault is gone, but a test of the project fails now:", "", *found.output.splitlines())
    else:
        yield "The fault is gone, and the tests of the project pass."
        yield from wrapped(_TESTS[found.caught])
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
    drill.end(begun)
    files = [change.file for change in begun.fault.changes]
    lines = (*wrapped(begun.fault.postmortem), "", f"It was planted in {', '.join(dict.fromkeys(files))}.")
    done = f"Removed {short(begun.folder)}"
    told = {"fault": begun.fault.id, "files": files, "postmortem": begun.fault.postmortem}
    return Said(told, (*lines, f"{done}."), done)
