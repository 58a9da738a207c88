"""Read `settings.toml`: benchmark, statistics, model server, gates. docs/settings.md explains each key."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import BenchError
from .models.budget import Models

FILE = Path("settings.toml")

Kind = Literal["search", "classify"]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Task(Section):
    """One part of the benchmark: its cases, and what is said about them."""

    file: str
    unit: str  # what one case is, such as question
    headline: str  # the metric that the comparisons and the gates are about
    slices: list[str] = []  # fields of a case by which results are also shown
    documents: str = ""  # the folder to search in


class Data(Section):
    """The list of all files of the benchmark with their hashes, as sha256sum writes it, and its own hash."""

    file: str = "data/SHA256SUMS"
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Statistics(Section):
    seed: int = 20261101
    permutations: int = Field(default=10_000, ge=100)
    alpha: float = Field(default=0.05, gt=0, lt=0.5)  # of all comparisons of one look together
    min_slice: int = Field(default=10, ge=2)  # a smaller slice is not shown


class Gate(Section):
    """A bound on the test result of an experiment's candidate, enforced by `make evaluate` if that experiment leads."""

    experiment: str
    metric: str
    min: float | None = None
    max: float | None = None


class Settings(Section):
    title: str
    lead: list[str] = Field(min_length=1)  # experiments: the first that could be measured leads the report
    data: Data
    tasks: dict[Kind, Task] = Field(min_length=1)
    statistics: Statistics = Statistics()
    models: Models = Models()
    gates: list[Gate] = []


Model = TypeVar("Model", bound=BaseModel)


def load_settings(path: Path = FILE) -> Settings:
    """Read and check the settings.

    Raises:
        BenchError: the file is missing, is not TOML, or a value does not fit.
    """
    settings = checked(Settings, read_toml(path), path)
    if any(gate.min is gate.max is None for gate in settings.gates):
        raise BenchError(f"{path}: gates: each needs min or max, or nothing can break it")
    return settings


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        BenchError: it cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BenchError(f"{path} cannot be read ({error.strerror}); run from the repository's root") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BenchError(f"{path} is not valid TOML: {error}") from None


def checked(kind: type[Model], content: Any, where: Path | str) -> Model:
    """The content as a `kind`.

    Raises:
        BenchError: a value does not fit; the message names the first one.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise BenchError(f"{where}: {problem(error, kind)}") from None


def problem(error: ValidationError, kind: type[BaseModel] | None = None) -> str:
    """The first thing that does not fit, and where; with a `kind`, also the nearest key to one that it has not."""
    first = min(error.errors(), key=lambda one: kind is None or one["type"] != "extra_forbidden")
    said = first["msg"].replace(" at line 1 column", ", column")
    if first["type"] == "extra_forbidden" and kind:
        schema = kind.model_json_schema()
        keys = {key for part in (schema, *schema.get("$defs", {}).values()) for key in part.get("properties", {})}
        near = get_close_matches(str(first["loc"][-1]), keys - {first["loc"][-1]}, n=1)
        said = f"no key of this section; {f'did you mean {near[0]!r}?' if near else 'docs/settings.md has them all'}"
    return ": ".join(filter(None, [".".join(map(str, first["loc"])), said]))
