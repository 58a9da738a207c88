"""Answers by a language model behind an OpenAI-compatible endpoint; its citations are checked against the passages."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
import openai

from ..documents.text import clean
from ..errors import AssistantError, Unavailable
from ..hits import Hit
from ..settings import Answering
from .base import CHARACTERS_PER_TOKEN, REFUSAL, Answer, Usage
from .citations import CitationCheck
from .confidence import citation, confidence
from .prompt import Prompt
from .wording import refuses, spoken

SERVER = "The language model at ASSISTANT_LLM_URL"
OTHER_NAME = {"max_tokens": "max_completion_tokens"}  # OpenAI's reasoning models know the limit by its new name only
FAILURES: tuple[tuple[Any, str], ...] = (  # the first that fits
    (UnicodeEncodeError, "cannot be sent a key with such characters; check ASSISTANT_LLM_KEY"),
    ((openai.APITimeoutError, TimeoutError), "has not finished in time; try again, or raise timeout_seconds"),
    ((openai.AuthenticationError, openai.PermissionDeniedError), "refuses the key; check ASSISTANT_LLM_KEY"),
    (openai.NotFoundError, "does not know the model or the path; check ASSISTANT_LLM_MODEL and ASSISTANT_LLM_URL"),
    (openai.RateLimitError, "is busy, or its quota is used up; try again later"),
    (openai.InternalServerError, "has failed; try again later"),
    (openai.APIStatusError, "refuses the request; check ASSISTANT_LLM_MODEL and [answering] in settings.toml"),
    (openai.APIConnectionError, "cannot be reached, or hangs up; is the address right, and is it running?"),
    (openai.OpenAIError, "reports an error instead of an answer; try again later"),
    (Exception, "answers, but not in the format of OpenAI's chat completions; is the address right?"),
)
MOST_CHARACTERS_PER_TOKEN = 40  # of an answer
ENDLESS = "does not stop at max_tokens; choose another model or server"
BROKEN_OFF = "stopped in the middle of its answer; try again later"
NO_TEXT = "sends no text; check ASSISTANT_LLM_MODEL, and whether the address is that of an OpenAI-compatible API"
SPENT = "used up max_tokens before it wrote anything, as reasoning models do; raise max_tokens in settings.toml"


@dataclass
class Told:
    """What a server tells beside the text."""

    finish: str = ""  # why the text ends
    counts: list[tuple[Any, Any]] = field(default_factory=list)  # tokens of prompt and completion, by event


class Hurried(httpx2.SyncByteStream):
    """The body of a response, until a deadline: httpx limits the time of each read, and a server may drip for ever."""

    def __init__(self, body: httpx2.SyncByteStream, deadline: float) -> None:
        self._body, self._deadline = body, deadline

    def __iter__(self) -> Iterator[bytes]:
        for part in self._body:
            if time.monotonic() > self._deadline:
                raise TimeoutError
            yield part

    def close(self) -> None:
        self._body.close()


class Generative:
    """Asks the model only if the passages are likely to hold an answer. Safe to use from several threads.

    Raises:
        AssistantError: the address or the prompt cannot be used.
    """

    def __init__(self, settings: Answering, url: str, key: str = "", model: str = "") -> None:
        self._settings, self._model = settings, model or "default"
        self._prompt = Prompt(settings.prompt)
        self._options = {
            "max_tokens": settings.max_tokens,
            "temperature": 0,
            "stream_options": {"include_usage": True},
        }
        # The client would send what it finds in variables of the machine that are meant for OpenAI itself.
        for name in [one for one in os.environ if one.startswith("OPENAI_")]:
            del os.environ[name]

        self._call = threading.local()  # its `deadline` is that of the question that this thread asks

        def hurry(request: Any) -> None:
            left = self._call.deadline - time.monotonic()
            if left <= 0:  # the client tries again after a timeout, too
                raise httpx2.ReadTimeout("", request=request)
            request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), left)

        def limit(response: Any) -> None:
            response.stream = Hurried(response.stream, self._call.deadline)

        try:
            if not url.startswith(("http://", "https://")):
                raise ValueError(url)
            self._client = openai.OpenAI(
                base_url=url,
                api_key=key.strip() or "none",
                organization="",
                project="",
                max_retries=settings.retries,
                http_client=openai.DefaultHttpxClient(event_hooks={"request": [hurry], "response": [limit]}),
            )
        except Exception:
            raise AssistantError("ASSISTANT_LLM_URL is not an address such as http://127.0.0.1:8080/v1") from None

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Answer]:
        """Pieces as they arrive, already with the final numbers, then the answer.

        The answer is a refusal if the model cites none of the passages, whatever the pieces were.

        Raises:
            Unavailable: the server does not answer, stops in the middle, or answers nonsense.
        """
        sure = confidence(question, hits)
        answer = Answer(question, REFUSAL, (), True, sure, tuple(hits), self._model, self._prompt.version)
        if not hits or sure < self._settings.abstain_below:
            yield from (REFUSAL, answer)
            return
        messages, check = self._prompt.messages(question, hits), CitationCheck(len(hits))
        said, told = "", Told()
        for piece in self._pieces(messages, told):
            before, said = spoken(said), said + piece
            if not spoken(said).startswith(before):  # it was thoughts, as their end tells
                before, check = "", CitationCheck(len(hits))
            yield from filter(None, [check.feed(spoken(said)[len(before) :])])
        yield from filter(None, [check.feed("", last=True)])
        text = spoken(said).strip()
        if not (told.finish and text):
            raise Unavailable(f"{SERVER} {SPENT if told.finish == 'length' else BROKEN_OFF if text else NO_TEXT}")
        cited = {} if refuses(check.text) else check.cited
        yield replace(
            answer,
            text=check.text if cited else REFUSAL,
            citations=tuple(citation(new, hits[old - 1]) for old, new in cited.items()),
            abstained=not cited,
            cut_off=bool(cited) and told.finish == "length",
            usage=self._usage(messages, len(said), told.counts),
        )

    # The text as it arrives.
    def _pieces(self, messages: list[dict[str, str]], told: Told) -> Iterator[str]:
        length = 0
        self._call.deadline = time.monotonic() + self._settings.timeout_seconds
        try:
            with self._opened(messages, self._options) as events:
                for event in events:
                    usage = event.usage
                    told.counts.append((getattr(usage, "prompt_tokens", 0), getattr(usage, "completion_tokens", 0)))
                    choices = event.choices or ()
                    piece = clean("".join(choice.delta.content or "" for choice in choices if choice.delta))
                    told.finish = next((one.finish_reason for one in choices), None) or told.finish
                    length += len(piece)
                    yield piece
                    if length > MOST_CHARACTERS_PER_TOKEN * self._settings.max_tokens:
                        raise Unavailable(f"{SERVER} {ENDLESS}")
        except Unavailable:
            raise
        except Exception as error:  # of a server's nonsense, too: broken JSON, fields of another type
            raise self._explained(error, begun=bool(told.counts)) from None  # the cause may hold the key

    # What the server refuses by name is left out, or goes by its other name, from then on.
    def _opened(self, messages: Any, options: dict[str, Any]) -> Any:
        try:
            events = self._client.chat.completions.create(model=self._model, messages=messages, stream=True, **options)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            refused = [name for name in options if name in str(error.body)]
            if not refused or "context" in str(error.body):  # the prompt is too long, whatever else it names
                raise
            others = {OTHER_NAME.get(name, ""): options[name] for name in refused} | options
            return self._opened(messages, {name: others[name] for name in others if name and name not in refused})
        self._options = options
        return events

    def _explained(self, error: Exception, *, begun: bool) -> Unavailable:
        broken_off = begun and type(error) in (openai.APIConnectionError, openai.APIError)
        sentence = BROKEN_OFF if broken_off else next(words for kind, words in FAILURES if isinstance(error, kind))
        said = str(error).replace(self._client.api_key, "...") if isinstance(error, openai.APIStatusError) else ""
        return Unavailable(f"{SERVER} {sentence}", "".join(filter(str.isprintable, said))[:300])

    # The tokens as the server counted them last, or else estimated.
    def _usage(self, messages: list[dict[str, str]], characters: int, counts: Sequence[tuple[Any, Any]]) -> Usage:
        counted = [pair for pair in counts if all(isinstance(count, int) and count > 0 for count in pair)]
        lengths = sum(len(message["content"]) for message in messages), characters
        prompt, completion = counted[-1] if counted else (-(-length // CHARACTERS_PER_TOKEN) for length in lengths)
        prices = (
            prompt * self._settings.price_per_million_prompt_tokens,
            completion * self._settings.price_per_million_completion_tokens,
        )
        return Usage(prompt, completion, sum(prices) / 1_000_000, estimated=not counted)
