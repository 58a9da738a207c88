"""The functions of a starter that its owner is to write."""

from __future__ import annotations

from collections.abc import Iterator

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, missing, not_applicable
from scaffolder.check.initial_render import recorded
from scaffolder.check.item import Item
from scaffolder.check.readers.python import modules
from scaffolder.exercises.stubs import Stub, open_stubs
from scaffolder.project import record
from scaffolder.results.finding import Evidence, Level


class Exercises(Item):
    """Exercises: in a starter, no function is left for its owner to write."""

    id = "exercises"
    level = Level.BUILDER
    source = "Project Jupyter et al. 2019, nbgrader (JOSE): tests judge what a student writes in place of a solution"

    def check(self, repo: Repository) -> Verdict:
        """Write the functions that docs/exercises.md lists; `scaffolder exercise` says where you stand.

        Whether they are right, the tests of the exercises say: `make test`.
        """
        generated, left = recorded(repo), list(_left(repo))
        given = len(generated.exercises) if generated else 0
        if left:
            names = dict.fromkeys(stub.exercise for _, stub in left)
            first = Evidence(f"{len(names)} of {max(given, len(names))} exercises are left: {', '.join(names)}")
            return missing(first, *(_said(path, stub) for path, stub in left))
        if not given:
            return not_applicable("it is no starter, so no function was left out")
        return done(Evidence(f"all {given} exercises are written, and 'make test' judges them", record.NAME))


def _left(repo: Repository) -> Iterator[tuple[str, Stub]]:
    for module in modules(repo):
        if not module.is_test:
            yield from ((module.path, stub) for stub in open_stubs(module.text))


def _said(path: str, stub: Stub) -> Evidence:
    return Evidence(f"{stub.function} (exercise {stub.exercise}) is not written", path, stub.line)
