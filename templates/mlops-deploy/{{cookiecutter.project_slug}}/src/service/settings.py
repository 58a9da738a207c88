"""Read `settings.toml` and check it: the data, the model's inputs, and every bound that a release is held to.

docs/settings.md explains each key. A key that is left out has the default that stands in settings_schema.py.
"""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, Field, ValidationError, model_validator

from .settings_schema import (
    Alarm,
    Data,
    Feature,
    Gate,
    Periods,
    Recipe,
    Registry,
    Rollout,
    Section,
    Slices,
    Slo,
    Training,
)

__all__ = [
    "Alarm",
    "Data",
    "Feature",
    "Gate",
    "Periods",
    "Recipe",
    "Registry",
    "Rollout",
    "Settings",
    "SettingsError",
    "Slices",
    "Slo",
    "Training",
    "load_settings",
]

FILE = Path("settings.toml")

Content = TypeVar("Content", bound=BaseModel)


class SettingsError(ValueError):
    """`settings.toml` cannot be used; the message says which key and why."""


class Settings(Section):
    data: Data
    features: list[Feature] = Field(min_length=1)
    periods: Periods
    training: Training
    gates: list[Gate] = Field(default=[])
    slices: Slices = Slices()
    rollout: Rollout = Rollout()
    slo: Slo = Slo()
    alarm: Alarm = Alarm()
    registry: Registry = Registry()

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        names = [feature.name for feature in self.features]
        taken = ["reference", "day", self.data.id, self.data.time, self.data.known, self.data.target]
        if twice := sorted({name for name in names if [*names, *taken].count(name) > 1}):
            raise ValueError(f"features: {', '.join(twice)} stands there twice, or has another use")
        for name in self.slices.columns:
            if name not in names:
                raise ValueError(f"slices.columns: {name!r} is no feature{_meant(name, names)}")
        if self.alarm.window_days > self.training.held_out_days:
            raise ValueError(
                f"alarm.window_days ({self.alarm.window_days}) must not be above training.held_out_days "
                f"({self.training.held_out_days}): the held-out outcomes say how large a gap may be"
            )
        return self

    def names(self, *, joined: bool = True) -> list[str]:
        """The inputs, in their order; without `joined`, only those of the data file."""
        return [feature.name for feature in self.features if joined or not feature.joined]

    def recipe(self, candidate: str) -> Recipe:
        """The recipe of that name.

        Raises:
            SettingsError: there is none.
        """
        known = self.training.candidates
        if candidate not in known:
            meant = _meant(candidate, known)
            raise SettingsError(f"{FILE} has no candidate {candidate!r}{meant}; it has {', '.join(known)}")
        return known[candidate]


KEYS = {name for section in Section.__subclasses__() for name in section.model_fields}


def load_settings(path: Path = FILE) -> Settings:
    """Read and check the settings.

    Raises:
        SettingsError: the file is missing, is not TOML, or a value does not fit.
    """
    return read_toml(path, Settings)


def read_toml(path: Path, kind: type[Content]) -> Content:
    """Read and check a file of such a kind. Raises SettingsError as `load_settings`."""
    try:
        return checked(tomllib.loads(path.read_text(encoding="utf-8")), kind, path)
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist; run from the repository's root") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None


def checked(content: Mapping[str, Any], kind: type[Content], path: Path) -> Content:
    """The content of a file of such a kind, which messages name.

    Raises:
        SettingsError: a value does not fit.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise SettingsError(f"{path}: {_sentence(error)}") from None


def _sentence(error: ValidationError) -> str:
    """The first problem, where it is, and the key that was probably meant."""
    first: Any = error.errors()[0]
    where = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{where} is not a key that this code knows{_meant(str(first['loc'][-1]), KEYS)}"
    wrong = first["msg"].removeprefix("Value error, ")
    return f"{where}: {wrong}" if where else str(wrong)


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"; did you mean {near[0]!r}?" if near else ""
