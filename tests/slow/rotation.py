"""Which combinations of choices a run of the slow proofs takes.

Of each template the default, and one other in turn: the turn is the number of commits, so that successive commits go
through all of them. A template that has changed gets every choice of its questions, each at least once. It has changed
if a file of it differs from the commit that the environment variable GREEN names, or else from the commit before this
one. `PROOFS=all` takes every combination. Combinations that wait for their owner's data are for `test_adoption`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from support import ROOT, with_data

from scaffolder.template import catalog

Answers = Mapping[str, str]
Chosen = tuple[str, Answers]
One = TypeVar("One")


def turn() -> int | None:
    """The number of commits; None if everything is to be run."""
    return None if os.environ.get("PROOFS") == "all" else number()


@cache
def number() -> int:
    """The number of commits; in a shallow clone of those that are there, and 0 without Git."""
    return int(git("rev-list", "--count", "HEAD") or 0)


def base() -> str:
    """The commit that this one is compared with."""
    return os.environ.get("GREEN") or "HEAD~1"


@cache
def changed() -> frozenset[str] | None:
    """The templates that differ from the base; None if that is not known, as in a clone without it."""
    paths = git("diff", "--name-only", base(), "--", "templates")
    return None if paths is None else frozenset(Path(path).parts[1] for path in paths.splitlines())


def git(*arguments: str, folder: Path = ROOT) -> str | None:
    """What Git prints; None if it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return None if done.returncode else done.stdout


def in_turn(every: Sequence[One], count: int = 1) -> list[One]:
    """`count` of `every`; all of them if everything is to be run."""
    now = turn()
    if now is None or len(every) <= count:
        return list(every)
    return [every[(now * count + place) % len(every)] for place in range(count)]


def each_choice(taken: Sequence[Answers], every: Sequence[Answers]) -> list[Answers]:
    """`taken`, and of `every` those that have a choice which none before them has; where to begin is by turn.

    That is enough: no condition in a template asks for two choices at once.
    """
    found, seen = list(taken), {choice for one in taken for choice in one.items()}
    start = number() % len(every)
    for one in (*every[start:], *every[:start]):
        if not seen.issuperset(one.items()):
            found.append(one)
            seen |= set(one.items())
    return found


@cache
def of(template: str) -> tuple[Chosen, ...]:
    """The default combination of the template's choices, and the others whose turn it is."""
    every = with_data(template)
    taken: list[Answers] = [every[0], *in_turn(every[1:])]
    if template in (changed() or ()):
        taken = each_choice(taken, every)
    return tuple((template, answers) for answers in taken)


def of_all() -> list[Chosen]:
    """The same of every template."""
    return [one for template in catalog.names() for one in of(template)]


def named(one: Chosen) -> str:
    """'classical-ml-churn-xgboost'."""
    return "-".join([one[0], *one[1].values()])


def described() -> list[str]:
    """What this run takes, for the head of its report."""
    now, differ = turn(), changed()
    if now is None:
        why = "everything"
    elif differ is None:
        why = f"turn {now}; {base()} is not in this clone, so nobody knows which templates have changed"
    else:
        of_these = ", ".join(name for name in catalog.names() if name in differ) or "no template"
        why = f"turn {now}; changed since {base()}, so that every choice is taken: {of_these}"
    return [f"slow proofs: {why}", *(f"  {named(one)}" for one in of_all())]
