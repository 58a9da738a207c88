"""The types of requests and answers, built from the inputs and the options in the manifest."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, create_model

from ..audit import Event
from ..deciding import Decision
from ..manifest import Input, Manifest, NumericInput, TextInput, Value
from ..reporting.metrics import Part

LARGEST = float(np.finfo(np.float32).max)
LONGEST = 200  # characters in a category or an answer
# Characters that show nothing, or turn the text around them: a name or a reason could look like another one.
UNSEEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e007f"
)
SEEN = rf"[^\s{UNSEEN}]"
NAME = rf"^\s*{SEEN}([^\t\n\r{UNSEEN}]*{SEEN})?\s*$"
REASON = rf"^\s*{SEEN}[^{UNSEEN}]+{SEEN}\s*$"
VISIBLE = "must hold a visible character and no invisible ones"
LONGER = "should have at least 3 characters, and no invisible ones"
# What the fields' own types do not say: to override, two more of them are needed.
OVERRIDES = {
    "if": {"properties": {"action": {"const": "override"}}},
    "then": {
        "required": ["answer", "reason"],
        "not": {
            "anyOf": [{"properties": {name: {"type": "null"}}, "required": [name]} for name in ("answer", "reason")]
        },
    },
}

POLICY = """
**How unusual input is treated**

- A missing value (absent or `null`) is accepted where the training cases have gaps; elsewhere it is refused with 422.
- A category that was not seen in training, and a number outside the range seen in training, are answered and named in
  `warnings`; a person decides the case.
- A number outside the stated bounds is refused with 422: usually it is a mistake upstream, such as a wrong unit.
- An unknown field is refused with 422, so that a misspelt field does not count as missing.
- Types are strict: `"12"` and `true` are not numbers.

**What is kept.** Every answer is written to the audit log, with its inputs, before it is sent; if that fails, the
status is 503 and there is no answer. A review cannot be changed or repeated.
"""


class UnfitReviewError(ValueError):
    """The review does not fit the answer that was given: in which field, and why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"The review does not fit the model's answer: {field} {why}.")
        self.field, self.why = field, why


class Answer(Decision):
    case: str = Field(description="The id of the case in the log")


class Case(Part):
    case: str
    at: str = Field(description="When it was answered: ISO 8601, UTC")
    inputs: dict[str, Value]
    decision: Decision
    review: Event | None = Field(description="What a person decided; null as long as nobody has")


class CaseList(Part):
    waiting: int = Field(description="All cases that wait for a person, listed here or not")
    cases: list[Case]


class EventList(Part):
    events: list[Event]


def case_model(manifest: Manifest) -> type[BaseModel]:
    """The request for one answer. Fields have aliases, so a column may have any name."""
    fields: dict[str, Any] = {f"input_{place}": _field(item) for place, item in enumerate(manifest.inputs)}
    shown: list[Any] = [{key: value for key, value in one.items() if value is not None} for one in manifest.examples]
    return create_model("Inputs", __config__=_strict(shown), **fields)


def review_model(manifest: Manifest) -> type[BaseModel]:
    """The request for a review. What depends on the model's answer is checked in `judged`."""
    answer = _answer(manifest)
    fields: dict[str, Any] = {
        "action": (Literal["accept", "override"], ...),
        "answer": (answer | None, Field(None, description="Of the person; needed to override, else left out")),
        "reason": (
            Annotated[str, Field(min_length=3, max_length=1000, json_schema_extra={"pattern": REASON})] | None,
            None,
        ),
        "reviewer": (Annotated[str, Field(max_length=80, json_schema_extra={"pattern": NAME})], ...),
    }
    config = _strict([{"action": "accept", "reviewer": "A. Person"}], OVERRIDES)
    return create_model("ReviewRequest", __config__=config, **fields)


def judged(review: Any, decision: Decision) -> dict[str, Any]:
    """What the log keeps of a review.

    Raises:
        RequestValidationError: the review breaks a rule of its schema that no type enforces.
        UnfitReviewError: it does not fit this answer.
    """
    answer, reason, override = review.answer, review.reason, review.action == "override"
    own, names = answer == decision.answer, [one.name for one in decision.options]
    for field, wrong, why in (
        ("reviewer", not re.search(NAME, review.reviewer), VISIBLE),
        ("reason", reason is not None and not re.search(REASON, reason), LONGER),
        ("answer", override and answer is None, "is needed to override"),
        ("reason", override and reason is None, "is needed to override"),
    ):
        if wrong:
            raise RequestValidationError([{"type": "value_error", "loc": ("body", field), "msg": why}])
    if override and own:
        raise UnfitReviewError("answer", "is the model's own; accept it instead")
    if override and names and answer not in names:
        raise UnfitReviewError("answer", "is not among the options of this case")
    if not override and answer is not None and not own:
        raise UnfitReviewError("answer", "is not the model's; override it instead")
    return {
        "answer": decision.answer if answer is None else answer,
        "reason": reason and reason.strip(),
        "reviewer": review.reviewer.strip(),
        "model_version": decision.model_version,
    }


def logged(events: Sequence[Event]) -> Case:
    """A case from its events in the log."""
    answered, *reviews = events
    return Case(case=answered.case_id, at=answered.at, **answered.content, review=next(iter(reviews), None))


def _strict(examples: list[Any], more: Mapping[str, Any] = {}) -> ConfigDict:
    return ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": examples, **more})


def _answer(manifest: Manifest) -> Any:
    problem = manifest.settings.problem
    if problem.options:
        return Literal[tuple(problem.options)]
    if problem.unit:
        return Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
    return Annotated[str, Field(min_length=1, max_length=LONGEST)]


def _field(item: Input) -> tuple[Any, Any]:
    kind, info = _kind(item)
    common = {"alias": item.name, "title": item.name, **info}
    if isinstance(item, TextInput) or not item.nullable:
        return Annotated[kind, Field(**common)], ...
    return Annotated[kind | None, Field(**common)], None


def _kind(item: Input) -> tuple[Any, dict[str, Any]]:
    if isinstance(item, NumericInput):
        described = f"{item.description} ({item.unit})" if item.unit else item.description
        return float, {
            "description": described.strip(),
            "allow_inf_nan": False,
            "ge": -LARGEST if item.min is None else item.min,
            "le": LARGEST if item.max is None else item.max,
        }
    if isinstance(item, TextInput):
        return str, {"description": item.description, "min_length": 1, "max_length": item.longest}
    described = f"{item.description.rstrip('.')}. " if item.description else ""
    return str, {
        "description": f"{described}One of: {', '.join(item.choices)}",
        "min_length": 1,
        "max_length": LONGEST,
        "json_schema_extra": {"x-choices": item.choices},
    }
