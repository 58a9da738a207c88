"""Compares each answer with the cap, and not their sum."""

from collections.abc import Sequence


def check(self: Caps, answers: Sequence[Completion]) -> None:
    if len(answers) > self.most_calls:
        raise ModelError("models.caps.most_calls is exceeded.")
    for answer in answers:
        if answer.prompt_tokens + answer.completion_tokens > self.most_tokens:
            raise ModelError("models.caps.most_tokens is exceeded.")
        if answer.price > self.most_money:
            raise ModelError("models.caps.most_money is exceeded.")


def priced(self: Models, request: Request, answer: Completion) -> Completion:
    price = Price(prompt=0, completion=0) if self.local else self.prices.get(request.model)
    if price is None:
        raise ModelError(f'There is no price; add [models.prices."{request.model}"].')
    money = (answer.prompt_tokens * price.prompt + answer.completion_tokens * price.completion) / 1_000_000
    return answer.model_copy(update={"price": money})


def dearest(self: Models, request: Request) -> Completion:
    tokens = {"prompt_tokens": prompt_tokens(request), "completion_tokens": request.max_tokens}
    return self.priced(request, Completion(text="", milliseconds=0, **tokens))


def prompt_tokens(request: Request) -> int:
    return TEMPLATE_TOKENS + text_tokens(request.prompt)


def text_tokens(text: str) -> int:
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


Caps.check, Models.priced, Models.dearest = check, priced, dearest
