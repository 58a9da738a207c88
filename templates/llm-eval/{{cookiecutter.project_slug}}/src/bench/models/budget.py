"""The settings of models, what calls cost at most before they are made, and the caps that no run exceeds."""

import math
import os
from collections.abc import Sequence

from pydantic import Field

from ..reporting.metrics import Part
from .responses import Completion, ModelError, Request

# Estimates, where nothing is counted yet.
BYTES_PER_TOKEN = 3  # of UTF-8; English has 4 to 5, so that they err on the expensive side
TEMPLATE_TOKENS = 40  # that a server adds to the messages, such as a system prompt of its own


class Price(Part):
    """Money per million tokens."""

    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)


class Caps(Part):
    """What one run may use at most. Answers from the cache cost nothing; a call and its retries count once."""

    most_calls: int = Field(default=1_000, ge=0)
    most_tokens: int = Field(default=2_000_000, ge=0)
    most_money: float = Field(default=5, ge=0)

    def check(self, answers: Sequence[Completion]) -> None:
        """Raises ModelError if a run that gets these answers exceeds a cap."""
        used = {
            "most_calls": len(answers),
            "most_tokens": sum(answer.prompt_tokens + answer.completion_tokens for answer in answers),
            "most_money": sum(answer.price for answer in answers),
        }
        for name, cap in self.model_dump().items():
            if used[name] > cap:
                raise ModelError(
                    f"This run can come to {used['most_calls']:,} calls, {used['most_tokens']:,} tokens and "
                    f"a price of {used['most_money']:,g}, but models.caps.{name} is {cap:,}. What was answered is "
                    "kept; raise this setting, or ask less."
                )


class Models(Part):
    """[models] in `settings.toml`, with [models.caps] and a [models.prices."NAME"] for each model."""

    url: str = Field(default="local:smollm2", pattern="^(local:|https?://)")  # the base address, often ending in /v1
    answers: str = "artifacts/answers.db"  # the cache
    prices: dict[str, Price] = Field(default={})  # one for each model of a server; a local model is free
    caps: Caps = Caps()
    timeout_seconds: float = Field(default=60, gt=0, le=3600)
    retries: int = Field(default=3, ge=0, le=10)
    requests_per_minute: float = Field(default=300, gt=0)
    concurrency: int = Field(default=4, ge=1, le=32)  # calls at a time; a local model answers one at a time

    @property
    def server(self) -> str:
        """The base address: BENCH_MODEL_URL, or else the setting.

        Raises:
            ModelError: it is no address.
        """
        url = (os.environ.get("BENCH_MODEL_URL", "").strip() or self.url).rstrip("/")
        if url == "local:" or not url.startswith(("local:", "http://", "https://")):
            raise ModelError("BENCH_MODEL_URL is no address; it must be http://, https:// or local:, and what follows.")
        return url

    @property
    def local(self) -> str:
        """The name of the model on this machine; empty if a server is asked."""
        return self.server.removeprefix("local:") if self.server.startswith("local:") else ""

    def priced(self, request: Request, answer: Completion) -> Completion:
        """The answer with its price.

        Raises:
            ModelError: the settings do not say what the model costs.
        """
        price = Price(prompt=0, completion=0) if self.local else self.prices.get(request.model)
        if price is None:
            raise ModelError(
                f'The settings have no price for the model "{request.model}", so its cost cannot be limited; add '
                f'[models.prices."{request.model}"] with "prompt" and "completion" per million tokens, 0 if it is free.'
            )
        money = (answer.prompt_tokens * price.prompt + answer.completion_tokens * price.completion) / 1_000_000
        return answer.model_copy(update={"price": money})

    def dearest(self, request: Request) -> Completion:
        """An answer that costs as much as one can, which is as long as it may be; raises as `priced` does."""
        return self.priced(
            request,
            Completion(
                text="",
                prompt_tokens=prompt_tokens(request),
                completion_tokens=request.max_tokens,
                milliseconds=0,
            ),
        )


def prompt_tokens(request: Request) -> int:
    return TEMPLATE_TOKENS + text_tokens(request.prompt)


def text_tokens(text: str) -> int:
    return math.ceil(len(text.encode()) / BYTES_PER_TOKEN)
