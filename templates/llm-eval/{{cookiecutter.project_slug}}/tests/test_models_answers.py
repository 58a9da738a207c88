"""Answers without a text, and options under other names."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from bench.models.asking import Asker
from bench.models.budget import Models, Price
from bench.models.responses import Cache, Completion, Request
from fake_models import FakeModels, Reply, completion
from test_models import ask, request

NO_TEXT = {
    "empty answer": Reply(completion(None)),
    "refused by the model": Reply(completion(None, refusal="I will not.")),
    "stopped by a filter": Reply(completion("Half of", finish="content_filter")),
    "out of tokens before the answer": Reply(completion("", finish="length")),
}
FILTERED = Reply(json.dumps({"error": {"code": "content_filter", "message": "The prompt was filtered."}}), 400)


@pytest.mark.parametrize(("failure", "reply"), [*NO_TEXT.items(), ("stopped by a filter", FILTERED)])
def test_no_text_is_an_answer_that_fails_and_is_kept(tmp_path: Path, failure: str, reply: Reply) -> None:
    with FakeModels(Reply(), reply, Reply()) as server:
        for _ in range(2):
            found = ask(server.url, tmp_path, *"abc")
            assert [(one.text, one.failure) for one in found] == [("a!", ""), ("", failure), ("c!", "")]
        assert server.asked == ["a", "b", "c"]


def test_options_go_by_the_names_that_the_server_knows(tmp_path: Path) -> None:
    names = (("max_tokens", "max_completion_tokens"), ("seed", ""), ("temperature", ""))
    with FakeModels(Reply()) as server:
        settings = Models(
            url=server.url, prices={"tiny": Price(prompt=0, completion=0)}, answers=str(tmp_path / "a.db")
        )
        with closing(Asker(settings)) as asker:
            asker.complete_all([request("a", send_as=names)])
    assert server.last.keys() == {"model", "messages", "max_completion_tokens", "key"}
    assert server.last["max_completion_tokens"] == 10


class Later(Request):
    """A request with one more option, as `send_as` once was."""

    top_p: float | None = None


def test_answers_that_were_kept_before_a_request_had_an_option_are_found(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "a.db", "one")
    done = Completion(text="a", prompt_tokens=1, completion_tokens=1, milliseconds=1)
    cache.put(request("a"), done)
    assert cache.get(Later.model_validate(request("a").model_dump(exclude_unset=True))) == done
