"""The types of requests and answers, built from the inputs in the manifest."""

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, create_model

from ..manifest import CategoricalInput, Day, Input, Manifest

LARGEST = float(np.finfo(np.float32).max)  # the model computes in 32 bits
LONGEST = 200  # characters in a category

POLICY = """
**How unusual input is treated**

- A category that was not in the training rows is accepted, and named in `warnings`.
- A number outside the stated bounds is refused with 422: it is usually a mistake upstream (a wrong unit, a shifted
  column), and the model would still return a confident answer.
- An unknown field is refused with 422. Types are strict: `"12"` and `true` are no numbers.
"""


class About(BaseModel):
    version: str
    slot: str
    manifest: Manifest


class Caution(BaseModel):
    field: str
    reason: str


class Answer(BaseModel):
    id: str = Field(description="Also in the header x-request-id. The answer is stored under it, if it is a new one")
    probability: float = Field(ge=0, le=1)
    model_version: str
    warnings: list[Caution] = Field(description="Values that were accepted but were not in the training rows")


class BatchItem(BaseModel):
    probability: float = Field(ge=0, le=1)


class BatchAnswer(BaseModel):
    predictions: list[BatchItem]
    model_version: str


def row_model(manifest: Manifest) -> type[BaseModel]:
    """The inputs of one prediction. Fields have aliases, since an input's name could be that of a pydantic method."""
    fields: dict[str, Any] = {f"input_{place}": _field(item) for place, item in enumerate(manifest.inputs)}
    config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"example": dict(manifest.example)})
    return create_model("Row", __config__=config, **fields)


def request_model(row: type[BaseModel]) -> type[BaseModel]:
    """One row, with what the answer is stored with."""
    named = Field(None, min_length=1, max_length=100, description="The caller's own name for the row")
    asked = Field(None, description="The day on which this is asked; today if absent")
    return create_model("Request", __base__=row, reference=(str | None, named), day=(Day | None, asked))


def batch_model(row: type[BaseModel], most: int) -> type[BaseModel]:
    rows = Annotated[list[row], Field(min_length=1, max_length=most)]  # type: ignore[valid-type]
    return create_model("Batch", __config__=ConfigDict(extra="forbid"), rows=(rows, ...))


def cautions(row: Mapping[str, Any], manifest: Manifest) -> list[Caution]:
    """The categories in `row` that were not in the training rows."""
    return [
        Caution(field=item.name, reason=f"{row[item.name]!r} was not in the training rows")
        for item in manifest.inputs
        if isinstance(item, CategoricalInput) and row[item.name] not in item.choices
    ]


def _field(item: Input) -> tuple[Any, Any]:
    common: dict[str, Any] = {
        "alias": item.name,
        "title": item.name,
        "examples": [item.example],
        "description": item.description,
    }
    if isinstance(item, CategoricalInput):
        text = Field(min_length=1, max_length=LONGEST, json_schema_extra={"x-choices": [*item.choices]}, **common)
        return Annotated[str, text], ...
    low, high = -LARGEST if item.min is None else item.min, LARGEST if item.max is None else item.max
    number = Field(ge=low, le=high, allow_inf_nan=False, **common)
    return (Annotated[float | None, number], None) if item.nullable else (Annotated[float, number], ...)
