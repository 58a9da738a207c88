"""A request that differs in anything is another one to the cache."""

from pathlib import Path

import pytest

from bench.models.responses import Cache, Completion, Request

ASKED = Request(model="small", prompt="Why?")
OTHERS = {"model": "large", "prompt": "Who?", "temperature": 1.0, "max_tokens": 9, "seed": 1, "repeat": 1}


@pytest.mark.parametrize("field", OTHERS)
def test_another_request_has_no_answer_yet(field: str, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "answers.sqlite", "server")
    cache.put(ASKED, Completion(text="So.", prompt_tokens=1, completion_tokens=1, milliseconds=1))
    assert cache.get(ASKED) is not None
    assert cache.get(ASKED.model_copy(update={field: OTHERS[field]})) is None
