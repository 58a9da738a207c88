"""The types of requests and answers, built from the inputs and the options in the manifest."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field, create_model

from ..audit import Event
from ..deciding import Decision
from ..manifest import Input, Manifest, NumericInput, TextInput, Value
from ..reporting.metrics import Part

LARGEST = float(np.finfo(np.float32).max)
LONGEST = 200  # characters in a category or an answer
REASON = r"\S[\s\S]+\S"  # at least three characters, blanks around them not counted

POLICY = """
**How unusual input is treated**

- A missing value (absent or `null`) is accepted where the training cases have gaps; elsewhere it is refused with 422.
- A category that was not seen in training, and a number outside the range seen in training, are answered and named in
  `warnings`; a person decides the case.
- A number outside the stated bounds is refused with 422: usually it is a mistake upstream, such as a wrong unit.
- An unknown field is refused with 422, so that a misspelt field does not count as missing.
- Types are strict: `"12"` and `true` are not numbers.

**What is kept.** Every answer is written to the audit log, with its inputs, before it is sent; if that fails, the
status is 503 and there is no answer. A review needs a reviewer's token, which names who decided; it cannot be changed
or repeated.
"""


class Answer(Decision):
    case: str = Field(description="The id of the case in the log")


class Case(Part):
    case: str
    at: str = Field(description="When it was answered: ISO 8601, UTC")
    inputs: dict[str, Value]
    decision: Decision
    review: Event | None = Field(description="What a person decided; null as long as nobody has")


class CaseList(Part):
    reviewer: str = Field(description="Whose token was sent")
    waiting: int = Field(description="All cases that wait for a person, listed here or not")
    cases: list[Case]


class EventList(Part):
    events: list[Event]


def case_model(manifest: Manifest) -> type[BaseModel]:
    """The request for one answer. Fields have aliases, so a column may have any name."""
    fields: dict[str, Any] = {f"input_{place}": _field(item) for place, item in enumerate(manifest.inputs)}
    shown: list[Any] = [{key: value for key, value in one.items() if value is not None} for one in manifest.examples]
    return create_model("Inputs", __config__=_strict(shown), **fields)


def review_model(manifest: Manifest) -> Any:
    """The request for a review, which accepts or overrides; `judged` compares it with the model's answer."""
    reason = Annotated[str, Field(min_length=3, max_length=1000, pattern=REASON)]
    accept = create_model(
        "Accept", __config__=_strict([{"action": "accept"}]), action=Literal["accept"], reason=(reason | None, None)
    )
    override = create_model(
        "Override", __config__=_strict([]), action=Literal["override"], answer=_answer(manifest), reason=reason
    )
    return Annotated[accept | override, Field(discriminator="action")]


def judged(review: Any, reviewer: str, decision: Decision) -> dict[str, Any]:
    """What the log keeps of a review; the answer is 409 if it does not fit the decision."""
    answer, options = decision.answer, [option.name for option in decision.options]
    if review.action == "override":
        answer = review.answer
        if answer == decision.answer:
            raise HTTPException(409, "This is the model's own answer: accept it instead.")
        if options and answer not in options:
            raise HTTPException(409, "This answer is not among the options of the case.")
    said = {"answer": answer, "reason": review.reason and review.reason.strip()}
    return {**said, "reviewer": reviewer, "model_version": decision.model_version}


def logged(events: Sequence[Event]) -> Case:
    """A case from its events in the log."""
    answered, *reviews = events
    return Case(case=answered.case_id, at=answered.at, **answered.content, review=next(iter(reviews), None))


def _strict(examples: list[Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": examples})


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
