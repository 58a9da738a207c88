"""The file of answers: what is found again, and what must not be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench.models.responses import Cache, Completion, ModelError, Request

ANSWER = Completion(text="Grün, “Blue”\n", prompt_tokens=12, completion_tokens=3, milliseconds=81.5)


class Later(Request):
    """A request as it may be next year, with one more option."""

    top_p: float | None = None


def request(**changes: object) -> Request:
    return Request.model_validate({"model": "tiny", "prompt": "Which colour?", "max_tokens": 10, **changes})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.db"


def test_an_answer_is_found_again_as_it_was(file: Path) -> None:
    cache = Cache(file, "one/v1")
    assert cache.get(request()) is None, "nothing was asked yet"
    cache.put(request(), ANSWER)
    assert cache.get(request()) == ANSWER, "text, tokens and time are those of the call"


def test_a_later_run_finds_it(file: Path) -> None:
    first = Cache(file, "one/v1")
    first.put(request(), ANSWER)
    assert Cache(file, "one/v1").get(request()) == ANSWER


@pytest.mark.parametrize(
    "change",
    [
        {"model": "large"},
        {"prompt": "Which colour? "},
        {"temperature": 0.7},
        {"max_tokens": 11},
        {"seed": 1},
        {"repeat": 1},
        {"send_as": (("seed", ""),)},
    ],
)
def test_another_request_is_another_question(file: Path, change: dict[str, object]) -> None:
    cache = Cache(file, "one/v1")
    cache.put(request(), ANSWER)
    assert cache.get(request(**change)) is None, f"with {change}, it is not what was answered"


def test_a_model_of_the_same_name_on_another_server_is_another_model(file: Path) -> None:
    Cache(file, "one/v1").put(request(), ANSWER)
    assert Cache(file, "two/v1").get(request()) is None, "it was one/v1 that answered"


def test_an_answer_is_found_also_when_requests_have_got_another_field(file: Path) -> None:
    cache = Cache(file, "one/v1")
    cache.put(request(), ANSWER)
    assert cache.get(Later.model_validate(request().model_dump(exclude_unset=True))) == ANSWER, (
        "the new field is None, so nothing changed"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"model": "tiny large", "prompt": "model"}, {"model": "tiny", "prompt": "large model"}),
        ({"model": "tiny|large", "prompt": "model"}, {"model": "tiny", "prompt": "large|model"}),
        ({"model": "tiny-large", "prompt": "model"}, {"model": "tiny", "prompt": "large-model"}),
        ({"model": "tinylarge", "prompt": "model"}, {"model": "tiny", "prompt": "largemodel"}),
        ({"seed": 11, "repeat": 1}, {"seed": 1, "repeat": 11}),
    ],
)
def test_fields_do_not_run_into_each_other(file: Path, one: dict[str, object], other: dict[str, object]) -> None:
    cache = Cache(file, "one/v1")
    cache.put(request(**one), ANSWER)
    assert cache.get(request(**other)) is None, f"{one} and {other} have the same key"


def test_several_answers_lie_side_by_side(file: Path) -> None:
    cache = Cache(file, "one/v1")
    answers = {request(repeat=number): ANSWER.model_copy(update={"text": str(number)}) for number in range(5)}
    for asked, answer in answers.items():
        cache.put(asked, answer)
    assert {asked: cache.get(asked) for asked in answers} == answers


def test_the_same_answer_can_be_kept_twice(file: Path) -> None:
    cache = Cache(file, "one/v1")
    cache.put(request(), ANSWER)
    cache.put(request(), ANSWER)
    assert cache.get(request()) == ANSWER


def test_that_a_model_refused_is_an_answer(file: Path) -> None:
    refused = Completion(text="", prompt_tokens=1, completion_tokens=0, milliseconds=1, failure="refused by the model")
    cache = Cache(file, "one/v1")
    cache.put(request(), refused)
    assert cache.get(request()) == refused, "it would refuse again, so it is not asked again"


def test_a_damaged_answer_is_told_to_the_user(file: Path) -> None:
    cache = Cache(file, "one/v1")
    cache.put(request(), ANSWER)
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("UPDATE answers SET answer = ?", ['{"text": "Gr'])
    with pytest.raises(ModelError, match="damaged"):
        cache.get(request())
