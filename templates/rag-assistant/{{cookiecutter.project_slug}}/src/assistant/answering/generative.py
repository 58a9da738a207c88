"""Answers by a language model behind an OpenAI-compatible endpoint; its citations are checked against the passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

from openai import OpenAI
from pydantic import BaseModel, Field, ValidationError, ValidatorFunctionWrapHandler, field_validator

from ..endpoint import Endpoint
from ..hits import Hit
from ..settings import Answering
from .base import REFUSAL, Answer, Citation, Usage
from .citations import CitationCheck
from .evidence import EvidenceFinder
from .prompt import Message, load_prompt

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

Count = Annotated[int, Field(ge=0)]
CHARACTERS_PER_TOKEN = 4  # of English, for servers that do not count
MOST_CHARACTERS_PER_TOKEN = 40  # more than that is a server that does not know where to stop


class Delta(BaseModel):
    content: str | None = None


class Choice(BaseModel):
    delta: Delta = Delta()
    finish_reason: str | None = None


class Counted(BaseModel):
    prompt_tokens: Count
    completion_tokens: Count


class Piece(BaseModel):
    """What is read of one event of the stream; the last one has the usage and no choice."""

    choices: list[Choice] = []
    usage: Counted | None = None

    @field_validator("usage", mode="wrap")
    @classmethod
    def _believable(cls, value: object, read: ValidatorFunctionWrapHandler) -> Counted | None:
        """An invalid count does not make the answer invalid."""
        try:
            return cast("Counted | None", read(value))
        except ValidationError:
            return None

    @property
    def text(self) -> str:
        return "".join(choice.delta.content or "" for choice in self.choices)

    @property
    def finished(self) -> bool:
        return any(choice.finish_reason for choice in self.choices)


class Generative:
    """Asks the model only if the passages are likely to hold an answer, and checks every citation."""

    def __init__(self, settings: Answering, finder: EvidenceFinder, base_url: str, api_key: str = "") -> None:
        self._settings = settings
        self._finder = finder
        self._prompt = load_prompt(settings.prompt)
        self._model = settings.model or "default"
        self._endpoint = Endpoint(
            "language model",
            "ASSISTANT_LLM",
            base_url,
            api_key,
            timeout=settings.timeout_seconds,
            retries=settings.retries,
        )

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Answer]:
        """Pieces as they arrive, already with the final numbers, then the answer.

        Raises:
            Unavailable: the server does not answer, stops in the middle, or answers nonsense.
        """
        confidence = self._finder.find(question, hits).confidence
        if not hits or confidence < self._settings.abstain_below:
            yield REFUSAL
            yield self._answer(question, hits, confidence, "", CitationCheck(0), usage=None)
            return
        messages = self._prompt.messages(question, hits)
        check = CitationCheck(len(hits))
        raw, shown = "", ""
        counted: Counted | None = None
        for piece in self._endpoint.items(lambda client: self._pieces(client, messages)):
            raw += piece.text
            counted = piece.usage or counted
            if text := check.feed(piece.text):
                shown += text
                yield text
        if text := check.close():
            shown += text
            yield text
        if not raw.strip():
            raise self._endpoint.nonsense("it sent no text")
        yield self._answer(question, hits, confidence, shown, check, self._usage(messages, raw, counted))

    def _pieces(self, client: OpenAI, messages: list[Message]) -> Iterator[Piece]:
        """The events of the stream; its end without a finish reason is a stream that was cut."""
        length, finished = 0, False
        with client.chat.completions.create(
            model=self._model,
            messages=cast("list[ChatCompletionMessageParam]", messages),
            max_tokens=self._settings.max_tokens,
            temperature=0,
            stream=True,
            stream_options={"include_usage": True},
        ) as events:
            kind = events.response.headers.get("content-type", "")
            if not kind.startswith("text/event-stream"):
                raise self._endpoint.nonsense("it sent no stream of events")
            for event in events:
                piece = self._parsed(event)
                length, finished = length + len(piece.text), finished or piece.finished
                if length > self._settings.max_tokens * MOST_CHARACTERS_PER_TOKEN:
                    raise self._endpoint.nonsense("it sent more than it was asked for")
                yield piece
        if not finished:
            raise self._endpoint.nonsense("it stopped in the middle of an answer")

    def _parsed(self, event: Any) -> Piece:
        try:
            return Piece.model_validate(event.model_dump(warnings=False) if isinstance(event, BaseModel) else event)
        except ValidationError as error:
            raise self._endpoint.nonsense("an event of its stream is not a piece of an answer") from error

    def _answer(
        self,
        question: str,
        hits: Sequence[Hit],
        confidence: float,
        text: str,
        check: CitationCheck,
        usage: Usage | None,
    ) -> Answer:
        abstained = refuses(text) or not check.cited
        cited = () if abstained else check.cited
        return Answer(
            question=question,
            text=REFUSAL if abstained else text,
            citations=tuple(_citation(new, hits[old - 1]) for new, old in enumerate(cited, 1)),
            abstained=abstained,
            confidence=confidence,
            hits=tuple(hits),
            model=self._model,
            prompt=self._prompt.version,
            usage=usage,
            unsupported=check.unsupported,
        )

    def _usage(self, messages: list[Message], text: str, counted: Counted | None) -> Usage:
        if counted is None:
            read = sum(len(message["content"]) for message in messages)
            estimate = Counted(prompt_tokens=tokens(read), completion_tokens=tokens(len(text)))
            return self._priced(estimate, estimated=True)
        return self._priced(counted, estimated=False)

    def _priced(self, counted: Counted, *, estimated: bool) -> Usage:
        prices = self._settings
        cost = (
            counted.prompt_tokens * prices.price_per_million_prompt_tokens
            + counted.completion_tokens * prices.price_per_million_completion_tokens
        ) / 1_000_000
        return Usage(counted.prompt_tokens, counted.completion_tokens, cost, estimated)


def refuses(text: str) -> bool:
    """Whether the model's reply is the sentence that it was told to use for a refusal."""
    return _letters(text).startswith(_letters(REFUSAL))


def tokens(characters: int) -> int:
    """An estimate, at least 1."""
    return max(1, round(characters / CHARACTERS_PER_TOKEN))


def _letters(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalpha())


def _citation(number: int, hit: Hit) -> Citation:
    chunk = hit.chunk
    return Citation(number, chunk.id, chunk.document, chunk.title, chunk.section, chunk.span, chunk.text, hit.score)
