"""Adds up in one pass, and asks for one cap after the other."""

from collections.abc import Sequence


def check(self: Caps, answers: Sequence[Completion]) -> None:
    tokens, money = 0, 0.0
    for answer in answers:
        tokens += answer.prompt_tokens + answer.completion_tokens
        money += answer.price
    total = f"This run can come to {len(answers)} calls, {tokens} tokens and a price of {money:g}, but models.caps."
    advice = "Please raise this setting, or ask less."
    if len(answers) > self.most_calls:
        raise ModelError(f"{total}most_calls is {self.most_calls}. {advice}")
    if tokens > self.most_tokens:
        raise ModelError(f"{total}most_tokens is {self.most_tokens}. {advice}")
    if money > self.most_money:
        raise ModelError(f"{total}most_money is {self.most_money}. {advice}")


def priced(self: Models, request: Request, answer: Completion) -> Completion:
    money = 0.0
    if not self.local:
        if request.model not in self.prices:
            raise ModelError(f'Nobody knows what this costs: add [models.prices."{request.model}"].')
        price = self.prices[request.model]
        money = answer.prompt_tokens / 1e6 * price.prompt + answer.completion_tokens / 1e6 * price.completion
    return Completion(**{**answer.model_dump(), "price": money})


def dearest(self: Models, request: Request) -> Completion:
    longest = Completion(
        text="", prompt_tokens=prompt_tokens(request), completion_tokens=request.max_tokens, milliseconds=0
    )
    return self.priced(request, longest)


def prompt_tokens(request: Request) -> int:
    return text_tokens(request.prompt) + TEMPLATE_TOKENS


def text_tokens(text: str) -> int:
    whole, rest = divmod(len(text.encode("utf-8")), BYTES_PER_TOKEN)
    return whole + (rest > 0)


Caps.check, Models.priced, Models.dearest = check, priced, dearest
