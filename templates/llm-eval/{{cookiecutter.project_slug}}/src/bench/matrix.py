"""Read `systems.toml`: the parts that systems are made of, and the experiments that compare them.

An experiment varies one part, its `factor`, and crosses it with the other parts of its grid. Every system is compared
with the one that has the baseline's part in its place and is the same otherwise.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import Field

from .errors import BenchError
from .settings import Kind, Model, Section, checked, read_toml

FILE = Path("systems.toml")
# What a system of each task is made of, in the order of its name, which leaves out `none`.
PARTS: dict[Kind, tuple[str, ...]] = {
    "search": ("retriever", "chunker", "reranker"),
    "classify": ("classifier", "prompt", "model"),
}
NONE = "none"
# What a system needs; the rest is optional.
NEEDED: dict[Kind, tuple[set[str], ...]] = {
    "search": ({"retriever", "chunker"},),
    "classify": ({"classifier"}, {"prompt", "model"}),
}

Options = Mapping[str, Any]


class System(Section):
    """One combination of parts, such as retriever `bm25` over the passages of chunker `headings`."""

    task: Kind
    parts: dict[str, str]  # kind of part -> the name under which systems.toml declares it

    @property
    def name(self) -> str:
        return "/".join(part for part in self.parts.values() if part != NONE)


class Experiment(Section):
    task: Kind
    question: str  # what it asks, for people
    factor: str
    baseline: str  # the part that the others have to beat
    candidate: str  # the part that is to be shown better, named before the test cases are read
    grid: dict[str, list[str]] = Field(min_length=1)
    items: int | None = Field(default=None, ge=2)  # only so many cases: for systems that are slow or cost money
    repeats: int = Field(default=1, ge=1, le=20)  # of each case: for models that sample

    def systems(self) -> list[System]:
        """Every combination of the grid."""
        kinds = [kind for kind in PARTS[self.task] if kind in self.grid]
        return [
            System(task=self.task, parts=dict(zip(kinds, names, strict=True)))
            for names in product(*(self.grid[kind] for kind in kinds))
        ]

    def rival(self, system: System, part: str | None = None) -> System:
        """The same system with the baseline's part, or another one, as the factor."""
        return System(task=self.task, parts={**system.parts, self.factor: part or self.baseline})

    def pairs(self) -> Iterator[tuple[System, System]]:
        """Each baseline with each system that is compared with it."""
        for system in self.systems():
            if system.parts[self.factor] != self.baseline:
                yield self.rival(system), system

    def rivals(self) -> Iterator[tuple[System, System]]:
        """Each other system with the candidate of the headline, but for its baseline: one of them is the runner-up."""
        baseline, candidate = self.lead()
        for system in self.systems():
            if system not in (baseline, candidate):
                yield system, candidate

    def lead(self) -> tuple[System, System]:
        """The baseline and the candidate of the headline: those with the first of all other parts."""
        first = self.systems()[0]
        return self.rival(first), self.rival(first, self.candidate)


class Matrix(Section):
    """All of `systems.toml`. The options of a part are checked by the code that makes it."""

    chunker: dict[str, dict[str, Any]] = Field(default={})
    retriever: dict[str, dict[str, Any]] = Field(default={})
    reranker: dict[str, dict[str, Any]] = Field(default={})
    classifier: dict[str, dict[str, Any]] = Field(default={})
    prompt: dict[str, dict[str, Any]] = Field(default={})
    model: dict[str, dict[str, Any]] = Field(default={})
    experiments: dict[str, Experiment] = Field(min_length=1)

    def options(self, kind: str, name: str) -> Options:
        """What systems.toml says about a part."""
        declared: dict[str, dict[str, Any]] = getattr(self, kind)
        return declared.get(name, {})

    def part(self, model: type[Model], kind: str, system: System) -> Model:
        """The options of a part of a system, such as its retriever.

        Raises:
            BenchError: they do not fit.
        """
        name = system.parts[kind]
        return checked(model, self.options(kind, name), f"systems.toml: {kind}.{name}")


def load_matrix(path: Path = FILE) -> Matrix:
    """Read and check the experiments.

    Raises:
        BenchError: the file is missing or is not TOML, a value does not fit, or a name is not declared.
    """
    return checked_matrix(read_toml(path), path)


def checked_matrix(content: Mapping[str, Any], path: Path) -> Matrix:
    """The parts and experiments in the content of a file, which messages name.

    Raises:
        BenchError: a value does not fit, or a name is not declared.
    """
    matrix = checked(Matrix, content, path)
    for name, experiment in matrix.experiments.items():
        where = f"{path}: experiments.{name}"
        known(experiment.factor, experiment.grid, f"{where}: factor")
        for kind, names in experiment.grid.items():
            known(kind, PARTS[experiment.task], f"{where}: grid")
            for part in names:
                known(part, [*getattr(matrix, kind), NONE], f"{where}: {kind}")
        if not any(needed <= experiment.grid.keys() for needed in NEEDED[experiment.task]):
            ways = " or ".join(" and ".join(sorted(needed)) for needed in NEEDED[experiment.task])
            raise BenchError(f"{where}: grid: a system of the task {experiment.task} needs {ways}")
        if experiment.baseline == experiment.candidate:
            raise BenchError(f"{where}: the candidate {experiment.candidate!r} is the baseline; choose another part")
        for part in (experiment.baseline, experiment.candidate):
            known(part, experiment.grid[experiment.factor], f"{where}: {experiment.factor}")
    return matrix


def known(name: str, names: Mapping[str, Any] | list[str] | tuple[str, ...], where: str) -> str:
    """The name, if it is one of `names`.

    Raises:
        BenchError: it is not; the message suggests the nearest one.
    """
    if name in names:
        return name
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names) or 'none'}"
    raise BenchError(f"{where}: {name!r} is not known; {hint}")
