"""What a language model's answers cost: told, and asked for, before anything is sent."""

import sys
from collections.abc import Sequence

from ..answering.base import CHARACTERS_PER_TOKEN
from ..errors import AssistantError
from ..settings import Answering
from .cases import Case

INSTRUCTIONS = 2000  # characters of the prompt, about


def agree(quoted: Sequence[Case], settings: Answering, *, yes: bool) -> None:
    """Say how many calls, tokens and how much money the model's answers take, and ask a person unless `yes`.

    Args:
        quoted: the same questions without the model, which costs nothing and shows which ones are refused unasked.
        settings: limits and prices.
        yes: the answer, if it is known.

    Raises:
        AssistantError: nobody is there to be asked.
        SystemExit: the answer was no; exit code 130, as of an interrupt, since 1 would mean a failed gate.
    """
    asked = [case for case in quoted if case.answer.confidence >= settings.abstain_below]
    characters = sum(
        INSTRUCTIONS + len(case.question.question) + sum(len(hit.chunk.text) for hit in case.answer.hits)
        for case in asked
    )
    prices = settings.price_per_million_prompt_tokens, settings.price_per_million_completion_tokens
    cost = (characters / CHARACTERS_PER_TOKEN * prices[0] + len(asked) * settings.max_tokens * prices[1]) / 1_000_000
    priced = f"{cost:.2f} {settings.currency} at the settings' prices"
    print(
        f"The language model is asked {len(asked)} question{'' if len(asked) == 1 else 's'}: about "
        f"{characters // CHARACTERS_PER_TOKEN:,} tokens to read and at most {len(asked) * settings.max_tokens:,} to "
        f"write, {priced if any(prices) else 'for which settings.toml has no price'}. This is an estimate: "
        f"{CHARACTERS_PER_TOKEN} characters are taken for a token, and a call that fails is tried again."
    )
    if not yes and not sys.stdin.isatty():
        raise AssistantError("nobody is here to say yes, so the language model was not asked; say it with YES=1")
    print("" if yes else "Go on? [y/N] ", end="", flush=True)
    if not yes and sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        print("Nothing was done.")
        raise SystemExit(130)
