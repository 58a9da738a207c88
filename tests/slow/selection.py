"""Which proofs a run takes.

Of each template the default, of one of them a further combination of choices; of proofs that have many cases, some; of
those that take minutes (`pytest.mark.long`), a third of each template's. A hash of the files that they prove selects
them, so that the same files are always proven by the same proofs, in any clone and also before they are committed.
Combinations that wait for their owner's data are for `test_adoption`.

Environment variables ask for more, or for a part:

- `GREEN=COMMIT`: a template that differs from this commit gets each choice of its questions once, and all long proofs;
- `TEMPLATE=NAME`: the proofs of this template alone, as thoroughly; `scaffolder` means those of no template;
- `PROOFS=all`: every combination and every case.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from support import ROOT, with_data

from scaffolder.template import catalog
from scaffolder.template.render import walk

Answers = Mapping[str, str]
Chosen = tuple[str, Answers]
One = TypeVar("One")

TOOL = "scaffolder"  # stands for what is in no template


def everything() -> bool:
    return os.environ.get("PROOFS") == "all"


@cache
def only() -> str | None:
    """The template whose proofs alone are asked for, or `TOOL`; None for all."""
    name, known = os.environ.get("TEMPLATE"), [*catalog.names(), TOOL]
    if name and name not in known:
        raise pytest.UsageError(f"There is no template {name}: choose from {', '.join(known)}.")
    return name or None


@cache
def digest(name: str) -> int:
    """A hash of the files of a template, or of the tool, as they lie there now."""
    folder = ROOT / TOOL if name == TOOL else ROOT / "templates" / name
    found = hashlib.sha256()
    for path, *_ in walk(folder, ()):
        found.update(f"{path}\0{os.access(folder / path, os.X_OK)}\0".encode())
        found.update(hashlib.sha256((folder / path).read_bytes()).digest())
    return int.from_bytes(found.digest()[:8])


def picked(every: Sequence[One], count: int, *names: str) -> list[One]:
    """`count` of `every`, in a row, by the files of `names`; all of them if everything is asked for."""
    if everything() or len(every) <= count:
        return list(every)
    start = sum(map(digest, names)) % len(every)
    return [every[(start + place) % len(every)] for place in range(count)]


def third(long: Sequence[One], name: str) -> list[One]:
    """Of the long proofs of a template, or of the tool, those that are taken."""
    return list(long) if thorough(name) else picked(long, (len(long) + 2) // 3, name)


def templates() -> list[str]:
    """The template that shows what is the same in all, or all of them; the one that is asked for, if one is."""
    return [name for name in catalog.names() if name == only()] or picked(catalog.names(), 1, *catalog.names())


@cache
def changed() -> frozenset[str]:
    """The templates that differ from the commit that GREEN names."""
    green = os.environ.get("GREEN")
    if not green:
        return frozenset()
    differ = git("diff", "--name-only", green, "--", "templates")
    new = git("ls-files", "--others", "--exclude-standard", "--", "templates")
    if differ is None or new is None:
        raise pytest.UsageError(f"GREEN={green} is no commit of this clone.")
    return frozenset(Path(path).parts[1] for path in (*differ.splitlines(), *new.splitlines()))


def git(*arguments: str, folder: Path = ROOT) -> str | None:
    """What Git prints; None if it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return None if done.returncode else done.stdout


def thorough(template: str) -> bool:
    """Whether each choice of the template is taken."""
    return everything() or template == only() or template in changed()


def each_choice(taken: Sequence[Answers], every: Sequence[Answers]) -> list[Answers]:
    """`taken`, and of `every` those that have a choice which none before them has.

    That is enough: no condition in a template asks for two choices at once, but for that of the picture it ships.
    """
    found, seen = list(taken), {choice for one in taken for choice in one.items()}
    for one in every:
        if not seen.issuperset(one.items()):
            found.append(one)
            seen |= set(one.items())
    return found


@cache
def of(template: str) -> tuple[Chosen, ...]:
    """The default combination of the template's choices, and the others that are taken."""
    default, *others = with_data(template)
    further = thorough(template) or template in templates()
    taken: list[Answers] = [default, *(picked(others, 1, template) if further else ())]
    if thorough(template):
        taken = each_choice(taken, others)
    return tuple((template, answers) for answers in taken)


def of_all() -> list[Chosen]:
    """The same of every template."""
    return [one for template in catalog.names() for one in of(template)]


def named(one: Chosen) -> str:
    """'classical-ml-churn-xgboost'."""
    return "-".join([one[0], *one[1].values()])


def described() -> list[str]:
    """What this run takes, for the head of its report."""
    if everything():
        why = "everything"
    elif not os.environ.get("GREEN"):
        why = "no GREEN is named, so that no template counts as changed"
    else:
        of_these = ", ".join(name for name in catalog.names() if name in changed()) or "no template"
        why = f"changed since {os.environ['GREEN']}, so that each choice is taken: {of_these}"
    if name := only():
        why = f"those of {name} alone; {why}"
    return [f"slow proofs: {why}", *(f"  {named(one)}" for one in of_all() if only() in (None, one[0]))]
