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


class _Answer(BaseModel):
    text: str = Field(validation_alias=AliasPath("choices", 0, "message", "content"))
    prompt_tokens: NonNegativeInt = Field(default=0, validation_alias=AliasPath("usage", "prompt_tokens"))
    completion_tokens: NonNegativeInt = Field(default=0, validation_alias=AliasPath("usage", "completion_tokens"))


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

        Raises:
            Unavailable: after all retries there is no answer, or it cannot be used.
            ModelError: the server refuses the key or the request.
        """
        try:
            with self._client.chat.completions.with_streaming_response.create(
                messages=[{"role": "user", "content": request.prompt}],
                **request.model_dump(exclude={"prompt", "repeat"}),
            ) as received:
                body = next(received.iter_bytes(MOST_BYTES), b"")  # what is longer is cut, and then it is not JSON
            answer = _Answer.model_validate_json(body)
        except (OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, ValidationError) as error:
            kind, text = self._explained(error)
            said = " ".join(text.replace(self._key, "KEY").split())[:400]
            where = re.sub("//[^/]*@", "//", self._settings.server)  # without a password
            raise kind(f'The model "{request.model}" at {where} {said}.') from None
        return Completion(
            text=answer.text,
            prompt_tokens=answer.prompt_tokens or prompt_tokens(request),
            completion_tokens=answer.completion_tokens or text_tokens(answer.text),
            milliseconds=received.elapsed.total_seconds() * 1000,
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
