"""The types of requests and answers, built from the inputs in the manifest."""

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, create_model

# <text>
from ..inputs import LONGEST_TEXT, OTHER, CategoricalInput, Input, NumericInput, TextInput, words
# </text>
# <plain>
from ..inputs import OTHER, CategoricalInput, Input, NumericInput
# </plain>
from ..model import Manifest
from ..outcome import Decision

LARGEST = float(np.finfo(np.float32).max)  # the model computes in 32 bits
LONGEST = 200  # characters in a category

POLICY = f"""
**How unusual input is treated**

- A missing value (absent or `null`) is accepted where the input allows it and treated as in training;
  elsewhere it is refused with 422.
- A category never seen in training is accepted, treated as `{OTHER}`, and named in `warnings`. New categories
  are normal in real life; the model reads them as "none of the known ones".
- A number outside the stated bounds is refused with 422. Such a value is usually a mistake upstream (a wrong unit, a
  shifted column), and the model would still return a confident answer.
# <text>
- Of a text, the model reads the words that it knows from training; a text without any is accepted and named in
  `warnings`.
# </text>
- A number within the bounds but outside the range seen in training is accepted and named in `warnings`.
- An unknown field is refused with 422, so that a misspelt field does not count as missing.
- Types are strict: `"12"` and `true` are not numbers.
"""


class Reason(BaseModel):
    feature: str
    value: float | str | None = Field(description="As given; null when missing")
    # <text>
    typical: float | str = Field(description="Median or mode of the training data; empty if the value is a text")
    # </text>
    # <plain>
    typical: float | str = Field(description="Median or mode of the training data")
    # </plain>
    effect: float = Field(description="How much the answer changes because of this value instead of the typical one")


class Caution(BaseModel):
    field: str
    reason: str


class Prediction(Decision):
    reasons: list[Reason] = Field(description="The strongest effects, strongest first")
    warnings: list[Caution] = Field(description="Values that were accepted but are unlike the training data")
    model_version: str


def row_model(manifest: Manifest) -> type[BaseModel]:
    """The type of a request for one prediction, `Row`; it refuses what `POLICY` says is refused.

    Each input is a field that is called `item.key` and has `item.name` as alias, so a column may have any name. A
    request uses the aliases. A nullable input may be absent or null, which is None; the others must be given. Types are
    strict, and other fields are forbidden.

    - A number is finite, as the reason says for NaN, and within its `min` and `max`; one without such a bound is within
      plus or minus `LARGEST`.
    - A category has 1 to `LONGEST` characters, and may be new to the model.
    # <text>
    - A text has at most `LONGEST_TEXT` characters.
    # </text>

    The JSON schema has the entity as title, and `example(manifest)` as its `example`. Of a field, the title is its
    name, the one in `examples` is `item.example`, and the description has what `item.description` says, the unit of a
    number, and the choices of a category, which are in `x-choices`, too.
    """
    fields: dict[str, Any] = {item.key: _field(item) for item in manifest.inputs}
    shown: dict[str, Any] = {"example": example(manifest)}
    config = ConfigDict(extra="forbid", strict=True, title=manifest.entity.capitalize(), json_schema_extra=shown)
    return create_model("Row", __config__=config, **fields)


def values(request: Any) -> dict[str, Any]:
    """A validated request with the names of the manifest. Its type is created at run time, hence `Any`."""
    return dict(request.model_dump(by_alias=True))


def example(manifest: Manifest) -> dict[str, float | str]:
    return {item.name: item.example for item in manifest.inputs}


def cautions(row: Mapping[str, Any], manifest: Manifest) -> list[Caution]:
    """The values of `row` that are unlike the training data, in the order of the inputs. `row` has all inputs."""
    return [
        Caution(field=item.name, reason=reason)
        for item in manifest.inputs
        if (reason := unlike_training(row[item.name], item))
    ]


def unlike_training(value: Any, item: Input) -> str | None:
    """Why a valid value is unlike the training data; None if it is not, and for a missing value.

    - A category that is none of the choices, nor `OTHER`: "'Rome' is new to the model and treated as 'other'".
    # <text>
    - A text none of whose `inputs.words` is among the input's: "has no word that the model knows".
    # </text>
    - A number outside of `item.seen`, whose ends are inside: "9999 is outside the range seen in training, 18 to 90",
      formatted with `:g`.
    """
    if value is None:
        return None
    if isinstance(item, CategoricalInput):
        return None if value in (*item.choices, OTHER) else f"{value!r} is new to the model and treated as '{OTHER}'"
    # <text>
    if isinstance(item, TextInput):
        return None if set(item.words).intersection(words(value)) else "has no word that the model knows"
    # </text>
    first, last = item.seen
    if first <= value <= last:
        return None
    return f"{value:g} is outside the range seen in training, {first:g} to {last:g}"


def _field(item: Input) -> tuple[Any, Any]:
    # <text>
    if isinstance(item, TextInput):
        kind, info = _text(item)
    else:
        kind, info = _number(item) if isinstance(item, NumericInput) else _category(item)
    # </text>
    # <plain>
    kind, info = _number(item) if isinstance(item, NumericInput) else _category(item)
    # </plain>
    common = {"alias": item.name, "title": item.name, "examples": [item.example], **info}
    if item.nullable:
        return Annotated[kind | None, Field(**common)], None
    return Annotated[kind, Field(**common)], ...


def _number(item: NumericInput) -> tuple[Any, dict[str, Any]]:
    described = f"{item.description} ({item.unit})" if item.unit else item.description
    bounds = {
        "ge": -LARGEST if item.min is None else item.min,
        "le": LARGEST if item.max is None else item.max,
    }
    return float, {"description": described.strip(), "allow_inf_nan": False, **bounds}


def _category(item: CategoricalInput) -> tuple[Any, dict[str, Any]]:
    described = f"{item.description}. " if item.description else ""
    return str, {
        "description": f"{described}One of: {', '.join(item.choices)}",
        "min_length": 1,
        "max_length": LONGEST,
        "json_schema_extra": {"x-choices": item.choices},
    }
# <text>


def _text(item: TextInput) -> tuple[Any, dict[str, Any]]:
    return str, {"description": item.description or "Free text", "max_length": LONGEST_TEXT}
# </text>
