"""Calls to a server with OpenAI's protocol: limits of time, rate and size, and a clear sentence for each failure."""

import re
import threading
import time

import httpx2
from openai import APIStatusError, APITimeoutError, OpenAI, OpenAIError
from pydantic import AliasPath, BaseModel, Field, NonNegativeInt, ValidationError

from .budget import Models, prompt_tokens, text_tokens
from .responses import Completion, ModelError, Request, Unavailable

MOST_BYTES = 8_000_000  # of one answer with everything around it
WRONG = {  # status -> what to do about it
    401: "refuses the key; check BENCH_MODEL_KEY (status 401)",
    403: "refuses the key; check BENCH_MODEL_KEY and what it may use (status 403)",
    404: "is not there; check the model's name, and the address, which often ends in /v1 (status 404)",
}


FILTERED = "stopped by a filter"  # a kind of error, as are these, by the reason why an answer ends
FAILURES = {"content_filter": FILTERED, "length": "out of tokens before the answer"}


class _Answer(BaseModel):
    text: str | None = Field(validation_alias=AliasPath("choices", 0, "message", "content"))
    refusal: str | None = Field(default=None, validation_alias=AliasPath("choices", 0, "message", "refusal"))
    finish: str | None = Field(default=None, validation_alias=AliasPath("choices", 0, "finish_reason"))
    prompt_tokens: NonNegativeInt = Field(default=0, validation_alias=AliasPath("usage", "prompt_tokens"))
    completion_tokens: NonNegativeInt = Field(default=0, validation_alias=AliasPath("usage", "completion_tokens"))

    @property
    def failure(self) -> str:
        """Why there is no answer; empty if there is one."""
        if (self.text or "").strip() and self.finish != "content_filter":
            return ""
        return "refused by the model" if self.refusal else FAILURES.get(self.finish or "", "empty answer")


class Endpoint:
    """One server; threads may share it.

    Retries (no connection, timeout, 408, 409, 429, 5xx) are the `openai` client's: it waits as long as Retry-After
    says, up to 2 minutes, or 0.5 to 8 seconds. Each attempt waits for its turn under `requests_per_minute`.
    """

    def __init__(self, url: str, key: str, settings: Models) -> None:
        self._settings, self._key = settings, key or "no key"
        self._turn, self._next = threading.Lock(), 0.0
        try:
            self._client = OpenAI(
                base_url=url,
                api_key=self._key,
                timeout=settings.timeout_seconds,
                max_retries=settings.retries,
                http_client=httpx2.Client(
                    event_hooks={"request": [self._wait]},
                    trust_env=not settings.local,  # a proxy cannot reach this machine's loopback
                ),
            )
        except httpx2.InvalidURL as error:
            raise ModelError(f"The address of the model server cannot be used: {error}; see BENCH_MODEL_URL.") from None

    def ask(self, request: Request) -> Completion:
        """The model's answer, without its price. Tokens that the server does not count are estimated.

        No text is an answer, too: a refusal or a filter's doing comes again each time, and is a failure of the model.

        Raises:
            Unavailable: after all retries there is no answer, or it cannot be used.
            ModelError: the server refuses the key or the request.
        """
        try:
            with self._client.chat.completions.with_streaming_response.create(
                model=request.model,
                messages=[{"role": "user", "content": request.prompt}],
                extra_body=_options(request),
            ) as received:
                body = next(received.iter_bytes(MOST_BYTES), b"")  # what is longer is cut, and then it is not JSON
            answer = _Answer.model_validate_json(body)
        except (OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, ValidationError) as error:
            if isinstance(error, APIStatusError) and error.code == "content_filter":  # of the prompt
                tokens = prompt_tokens(request)
                return Completion(text="", prompt_tokens=tokens, completion_tokens=0, milliseconds=0, failure=FILTERED)
            kind, text = self._explained(error)
            said = " ".join(text.replace(self._key, "KEY").split())[:400]
            where = re.sub("//[^/]*@", "//", self._settings.server)  # without a password
            raise kind(f'The model "{request.model}" at {where} {said}.') from None
        return Completion(
            text="" if answer.failure else answer.text or "",
            prompt_tokens=answer.prompt_tokens or prompt_tokens(request),
            completion_tokens=answer.completion_tokens or text_tokens(answer.text or answer.refusal or ""),
            milliseconds=received.elapsed.total_seconds() * 1000,
            failure=answer.failure,
        )

    def _wait(self, _: httpx2.Request) -> None:
        with self._turn:
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + 60 / self._settings.requests_per_minute

    def _explained(self, error: Exception) -> tuple[type[ModelError], str]:
        match error:
            case ValidationError():
                first = error.errors()[0]
                place = ".".join(map(str, first["loc"])) or "the address often ends in /v1"
                return Unavailable, f"sent an answer that cannot be used ({place}): {first['msg']}: {first['input']!r}"
            case APITimeoutError() | httpx2.TimeoutException():
                return Unavailable, f"does not answer within {self._settings.timeout_seconds:g} seconds"
            case APIStatusError(status_code=code) if code == 429 or code >= 500:
                return Unavailable, f"has failed or is busy (status {code}); try again later"
            case APIStatusError(status_code=code, message=message):
                return ModelError, WRONG.get(code, f"refuses the request: {message}")
        return Unavailable, "cannot be reached or cuts the connection; check the address, and that it is running"


def _options(request: Request) -> dict[str, float]:
    """What is sent beside the prompt, under the names that the server knows."""
    values, other = request.model_dump(include={"temperature", "max_tokens", "seed"}), dict(request.send_as or ())
    names = {name: other.get(name, name) for name in values}
    return {names[name]: value for name, value in values.items() if names[name]}
