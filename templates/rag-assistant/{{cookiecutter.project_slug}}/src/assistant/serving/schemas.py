"""Requests and answers of the API; what the package's own types say well is sent as they say it."""

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, Field

from ..settings import Limits
from ..stores.base import Listed
from .web import REQUEST_ID

Values = Annotated[list[Annotated[str, Field(max_length=500)]], Field(min_length=1, max_length=100)]

# A letter or digit, and no control character. Only the API document says so: `checked` refuses others in words.
ASKED = r"^[^\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]*[^\W_][^\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]*$"


class Question(BaseModel, extra="forbid", strict=True):
    question: str
    where: dict[Annotated[str, Field(min_length=1, max_length=100)], Values] = Field(
        default_factory=dict,
        max_length=20,
        description="Metadata field to accepted values; a passage must satisfy every field. GET /documents lists them",
        examples=[{}],
    )


def question_within(characters: int) -> Callable[..., Question]:
    """A dependency that takes a question of at most so many characters."""

    class Limited(Question):
        question: str = Field(
            min_length=1,
            description="The question, as you would ask a colleague",
            json_schema_extra={"pattern": ASKED, "maxLength": characters},
        )

    def given(question: Limited) -> Question:
        return question

    return given


class Taken(BaseModel):
    progress: str = Field(description="Address that says how far the document is", examples=["/uploads/0f1e2d3c"])


class Opinion(BaseModel, extra="forbid", strict=True):
    answer: str = Field(pattern=REQUEST_ID.pattern.join("^$"), description="`x-request-id` of the answer")
    helpful: bool


class Documents(BaseModel):
    documents: list[Listed]
    facets: dict[str, dict[str, int]] = Field(description="For each metadata field how many documents have each value")
    examples: list[str] = Field(description="Questions to begin with")
    missed: list[str] = Field(description="At most one question that a quotation does not answer rightly")


class About(BaseModel):
    """What a client has to know before it asks."""

    title: str
    model: str = Field(description="`quotation`, or the name of the language model that answers")
    threshold: float = Field(description="Confidence below which a question is refused")
    unfitted: str = Field(description="What to know if the threshold is not fitted to the documents, or empty")
    limits: Limits
    suffixes: list[str] = Field(description="Kinds of file that can be uploaded")
    token_to_ask: bool = Field(description="Asking and reading documents need the token")
    token_to_change: bool = Field(description="Uploading, deleting and rating need the token")
