"""Which combinations of choices a run of the slow proofs takes: each default, and one other in turn.

The turn is the number of commits, so that successive commits go through all of them. `PROOFS=all` takes every one.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from support import combinations

from scaffolder.template import catalog

Answers = Mapping[str, str]
Chosen = tuple[str, Answers]
One = TypeVar("One")


@cache
def turn() -> int | None:
    """The number of commits; None if everything is to be run."""
    if os.environ.get("PROOFS") == "all":
        return None
    counted = subprocess.run(
        ["git", "rev-list", "--count", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    return int(counted.stdout)


def in_turn(every: Sequence[One]) -> list[One]:
    """One of `every`; all of them if everything is to be run."""
    now = turn()
    return list(every) if now is None or not every else [every[now % len(every)]]


def of(template: str) -> list[Chosen]:
    """The default combination of the template's choices, and the others whose turn it is."""
    default, *others = [(template, answers) for answers in combinations(template)]
    return [default, *in_turn(others)]


def of_all() -> list[Chosen]:
    """The same of every template."""
    return [one for template in catalog.names() for one in of(template)]


def named(one: Chosen) -> str:
    """'classical-ml-churn-xgboost'."""
    return "-".join([one[0], *one[1].values()])
