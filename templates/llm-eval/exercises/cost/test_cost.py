"""What calls can cost: estimates, prices and caps, with numbers that can be checked in the head."""

from __future__ import annotations

import pytest

from bench.models.budget import BYTES_PER_TOKEN, TEMPLATE_TOKENS, Caps, Models, Price, prompt_tokens, text_tokens
from bench.models.responses import Completion, ModelError, Request

PRICES = {"tiny": Price(prompt=2, completion=8), "free": Price(prompt=0, completion=0)}
SERVER = Models(url="https://models.example/v1", prices=PRICES)


@pytest.fixture(autouse=True)
def no_other_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BENCH_MODEL_URL", raising=False)


def request(prompt: str = "abc", model: str = "tiny", max_tokens: int = 100) -> Request:
    return Request(model=model, prompt=prompt, max_tokens=max_tokens)


def answer(prompt_tokens: int = 0, completion_tokens: int = 0, price: float = 0) -> Completion:
    return Completion(
        text="Yes.", prompt_tokens=prompt_tokens, completion_tokens=completion_tokens, milliseconds=5, price=price
    )


def test_tokens_of_a_text_are_rounded_up() -> None:
    assert text_tokens("") == 0
    assert text_tokens("a" * BYTES_PER_TOKEN) == 1
    assert text_tokens("a" * BYTES_PER_TOKEN + "a") == 2, "an estimate may be too high, but not too low"


def test_tokens_are_estimated_from_bytes() -> None:
    assert text_tokens("語" * BYTES_PER_TOKEN) == 3, "one such sign has three bytes, and often a token of its own"


def test_a_server_adds_tokens_to_a_prompt() -> None:
    assert prompt_tokens(request("a" * BYTES_PER_TOKEN)) == TEMPLATE_TOKENS + 1


def test_a_price_is_for_a_million_tokens() -> None:
    found = SERVER.priced(request(), answer(500_000, 250_000))
    assert found.price == pytest.approx(1 + 2), "half a million of the prompt at 2, a quarter of the answer at 8"


def test_all_else_of_an_answer_stays() -> None:
    given = answer(10, 5)
    found = SERVER.priced(request(), given)
    assert found.model_copy(update={"price": 0}) == given
    assert given.price == 0, "the answer that was given is not changed"


def test_a_model_may_be_free_but_not_without_a_price() -> None:
    assert SERVER.priced(request(model="free"), answer(10, 10)).price == 0
    with pytest.raises(ModelError, match=r'add \[models\.prices\."new"\]'):
        SERVER.priced(request(model="new"), answer(10, 10))
    with pytest.raises(ModelError, match=r'add \[models\.prices\."new"\]'):
        SERVER.dearest(request(model="new"))


def test_a_model_on_this_machine_is_free() -> None:
    local = Models(url="local:smollm2")
    assert local.priced(request(model="smollm2"), answer(10, 10)).price == 0


def test_the_dearest_answer_is_as_long_as_it_may_be() -> None:
    found = SERVER.dearest(request("a" * BYTES_PER_TOKEN, max_tokens=100))
    assert found.prompt_tokens == TEMPLATE_TOKENS + 1
    assert found.completion_tokens == 100, "before the call nobody knows how long the answer is"
    assert found.price == pytest.approx(((TEMPLATE_TOKENS + 1) * 2 + 100 * 8) / 1_000_000)


@pytest.mark.parametrize(
    ("caps", "each"),
    [
        ({"most_calls": 3}, answer()),
        ({"most_tokens": 60}, answer(15, 5)),
        ({"most_money": 1.5}, answer(price=0.5)),
    ],
)
def test_a_cap_may_be_reached_but_not_exceeded(caps: dict[str, float], each: Completion) -> None:
    check = Caps.model_validate(caps).check
    check([])
    check([each] * 3)
    with pytest.raises(ModelError, match=next(iter(caps))):
        check([each] * 4)


def test_tokens_of_prompts_and_of_answers_count() -> None:
    with pytest.raises(ModelError, match="most_tokens"):
        Caps(most_tokens=10).check([answer(11, 0)])
    with pytest.raises(ModelError, match="most_tokens"):
        Caps(most_tokens=10).check([answer(0, 11)])


def test_the_message_says_what_the_run_can_come_to_and_what_to_do() -> None:
    said = r"can come to 3 calls, 962 tokens and a price of 0\.75, but models\.caps\.most_tokens is 300.* raise this"
    with pytest.raises(ModelError, match=said):
        Caps(most_tokens=300).check([answer(7, 2), answer(900, 2), answer(41, 10, price=0.75)])


def test_a_cap_of_0_allows_nothing() -> None:
    with pytest.raises(ModelError, match="most_calls"):
        Caps(most_calls=0).check([answer()])


def test_a_call_that_could_pass_the_cap_is_refused_before_it_is_made() -> None:
    caps, next_call = Caps(most_money=1), SERVER.dearest(request(max_tokens=100_000))
    caps.check([answer(price=0.15), next_call])
    with pytest.raises(ModelError, match="most_money"):
        caps.check([answer(price=0.25), next_call])
