"""Takes prices for a thousand tokens, as they once were."""

from collections.abc import Sequence


def check(self: Caps, answers: Sequence[Completion]) -> None:
    used = {
        "most_calls": len(answers),
        "most_tokens": sum(answer.prompt_tokens + answer.completion_tokens for answer in answers),
        "most_money": sum(answer.price for answer in answers),
    }
    for name, cap in self.model_dump().items():
        if used[name] > cap:
            calls, tokens, money = used.values()
            raise ModelError(
                f"This run can come to {calls} calls, {tokens} tokens and a price of {money:g}, "
                f"but models.caps.{name} is {cap}; raise this setting, or ask less."
            )


def priced(self: Models, request: Request, answer: Completion) -> Completion:
    price = Price(prompt=0, completion=0) if self.local else self.prices.get(request.model)
    if price is None:
        raise ModelError(f'There is no price; add [models.prices."{request.model}"].')
    money = (answer.prompt_tokens * price.prompt + answer.completion_tokens * price.completion) / 1_000
    return answer.model_copy(update={"price": money})


def dearest(self: Models, request: Request) -> Completion:
    tokens = {"prompt_tokens": prompt_tokens(request), "completion_tokens": request.max_tokens}
    return self.priced(request, Completion(text="", milliseconds=0, **tokens))


def prompt_tokens(request: Request) -> int:
    return TEMPLATE_TOKENS + text_tokens(request.prompt)


def text_tokens(text: str) -> int:
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


Caps.check, Models.priced, Models.dearest = check, priced, dearest
