import json
import sys
import time
from contextlib import closing
from pathlib import Path
from subprocess import Popen
from threading import Event

import pytest

from bench.models.asking import Asker
from bench.models.budget import Models
from bench.models.endpoint import MOST_BYTES
from bench.models.responses import Cache, Completion, ModelError, Request, Unavailable
from fake_models import FakeModels, Reply, completion

KEY = "sk-secret-1234"
CHILD = f"import sys; sys.path[:0] = {sys.path!r}\n"  # a process that imports what this one can


def request(text: str, **changes: object) -> Request:
    values = {"model": "tiny", "prompt": text, "max_tokens": 10}
    return Request.model_validate({**values, **changes})


def ask(url: str, folder: Path, *texts: str, **changes: object) -> list[Completion]:
    values = {
        "url": url,
        "answers": str(folder / "answers.db"),
        "prices": {"tiny": {"prompt": 1000, "completion": 2000}},
    }
    quick = {"requests_per_minute": 1e6, "retries": 0, "timeout_seconds": 60, "concurrency": 1}
    with closing(Asker(Models.model_validate({**values, **quick, **changes}))) as asker:
        asker.check([request(text) for text in texts])
        return asker.complete_all([request(text) for text in texts])


def test_an_answer_is_counted_priced_and_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_MODEL_KEY", KEY)
    with FakeModels(Reply()) as server:
        with pytest.raises(ModelError, match=r'add \[models.prices."tiny"\]'):
            ask(server.url, tmp_path, "Why?", prices={})
        monkeypatch.setenv("BENCH_MODEL_URL", server.url)
        first, again = (ask("local:giant", tmp_path, "Why?") for _ in range(2))
    assert [(one.text, one.prompt_tokens, one.completion_tokens, one.price) for one in first] == [
        ("Why?!", 7, 2, 0.011)
    ]
    assert (again, server.asked) == (first, ["Why?"])
    assert server.last == {
        "model": "tiny",
        "messages": [{"role": "user", "content": "Why?"}],
        "temperature": 0,
        "max_tokens": 10,
        "seed": 0,
        "key": f"Bearer {KEY}",
    }


@pytest.mark.parametrize(
    "change",
    [{"repeat": 1}, {"seed": 1}, {"temperature": 1}, {"max_tokens": 11}, {"model": "b"}, {"send_as": (("seed", ""),)}],
)
def test_every_part_of_a_request_and_its_server_make_the_key(tmp_path: Path, change: dict[str, object]) -> None:
    done = Completion(text="a", prompt_tokens=1, completion_tokens=1, milliseconds=1)
    one, two = Cache(tmp_path / "a.db", "one/v1"), Cache(tmp_path / "a.db", "two/v1")
    one.put(request("a"), done)
    assert one.get(request("a")) == done
    assert one.get(request("a", **change)) is two.get(request("a")) is None


LIES = {
    r"\(the address often ends in /v1\): Invalid JSON: .*<!doctype html>": Reply("<!doctype html><p>Welcome"),
    r"Invalid JSON: .*'\{\"key\": \"KEY": Reply('{"key": "' + KEY),
    f"Invalid JSON: EOF .* column {MOST_BYTES}": Reply(" " * (MOST_BYTES + 9)),
    r"\(choices\.0\.message\.content\): Field required": Reply('{"choices": []}'),
    r"\(choices\.0\.message\.content\): Input should be a valid string: 1": Reply(completion(1)),
    r"\(usage\.prompt_tokens\): .* greater than or equal to 0": Reply(completion("a", prompt_tokens=-1)),
    "Input should be an object": Reply("[1]"),
    "cuts the connection": Reply(promise=10_000),
    r"refuses the key; check BENCH_MODEL_KEY \(status 401\)": Reply(KEY, 401),
    "refuses the key; .* may use": Reply("", 403),
    "is not there; check the model's name": Reply("", 404),
    "refuses the request: .* no KEY, no seed": Reply(json.dumps({"error": {"message": f"no {KEY}, no\nseed"}}), 400),
    r"busy \(status 429\)": Reply("", 429),
    r"failed or is busy \(status 500\)": Reply("", 500),
}


@pytest.mark.parametrize("sentence", LIES)
def test_a_lie_is_one_sentence_without_the_key_and_what_was_answered_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sentence: str
) -> None:
    monkeypatch.setenv("BENCH_MODEL_KEY", KEY)
    with FakeModels(Reply(), LIES[sentence], Reply()) as server:
        with pytest.raises(ModelError, match=f'^The model "tiny" at http://127.*{sentence}.*\\.$') as caught:
            ask(server.url, tmp_path, "a", "b")
        assert KEY not in str(caught.value)
        assert isinstance(caught.value, Unavailable) == ("refuses" not in sentence and "not there" not in sentence)
        assert [one.text for one in ask(server.url, tmp_path, "a", "b")] == ["a!", "b!"]
        assert server.asked == ["a", "b", "b"]


def test_a_server_that_is_late_is_given_up(tmp_path: Path) -> None:
    with FakeModels(Reply(seconds=1)) as server, pytest.raises(Unavailable, match=r"not answer within 0\.2 seconds"):
        ask(server.url, tmp_path, "a", timeout_seconds=0.2)


def test_nobody_listens_or_the_key_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:9/v1 cannot be reached"):
        ask("http://127.0.0.1:9/v1/", tmp_path, "a")
    monkeypatch.setenv("BENCH_MODEL_KEY", "sk\nsecret")
    with pytest.raises(ModelError, match="BENCH_MODEL_KEY has characters that no key has, such as a line break; set"):
        ask("http://127.0.0.1:9/v1", tmp_path, "a")


def test_what_passes_is_tried_again_as_late_as_the_server_says(tmp_path: Path) -> None:
    started = time.monotonic()
    with FakeModels(
        Reply("", 429, retry_after="0.3"),
        Reply('{"choices": [{"message": {"content": "a word"}}], "usage": null}'),
    ) as server:
        done = ask(server.url, tmp_path, "Why?", retries=1)[0]
    milliseconds = (time.monotonic() - started) * 1000
    assert 0 < done.milliseconds <= milliseconds - 300  # of the last attempt alone
    assert (done.prompt_tokens, done.completion_tokens) == (42, 2)  # estimates


def test_threads_keep_the_order_and_the_rate_and_ask_once(tmp_path: Path) -> None:
    texts = ["a" * n for n in range(1, 9)]
    started = time.monotonic()
    with FakeModels(Reply(seconds=0.2)) as server:
        done = ask(server.url, tmp_path, *texts, *texts, concurrency=4, requests_per_minute=1200)
    assert [one.text for one in done] == [f"{text}!" for text in texts * 2]
    assert sorted(server.asked) == texts
    assert time.monotonic() - started > 7 * 60 / 1200


@pytest.mark.parametrize(("cap", "value"), [("most_calls", 2), ("most_tokens", 152), ("most_money", 0.182)])
def test_a_run_that_could_exceed_a_cap_makes_no_call(tmp_path: Path, cap: str, value: float) -> None:
    with FakeModels(Reply()) as server:
        with pytest.raises(ModelError, match=rf"3 calls, 153 tokens and a price of 0\.183, but models\.caps\.{cap} is"):
            ask(server.url, tmp_path, *"abcc", caps={cap: value})
        assert server.asked == []
        assert len(ask(server.url, tmp_path, *"abcc", caps={cap: value + 1})) == 4
        assert len(ask(server.url, tmp_path, *"abcc", caps={"most_calls": 0})) == 4


def test_a_cap_also_holds_when_answers_cost_more_than_estimated(tmp_path: Path) -> None:
    with FakeModels(Reply(), Reply(completion("much", prompt_tokens=900)), Reply()) as server:
        with pytest.raises(ModelError, match=r"come to 3 calls, 962 tokens .* raise this setting"):
            ask(server.url, tmp_path, *"abcd", caps={"most_tokens": 300})
        assert server.asked == ["a", "b"]


def test_after_an_error_the_rest_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    over, close = Event(), Asker.close

    def close_at_last(asker: Asker) -> None:
        over.set()
        close(asker)

    monkeypatch.setattr(Asker, "close", close_at_last)
    with (
        FakeModels(Reply(), Reply("", 404), Reply(after=over)) as server,
        pytest.raises(ModelError, match="not there"),
    ):
        ask(server.url, tmp_path, *"abcdefghi")
    assert server.asked in (["a", "b"], ["a", "b", "c"])  # one may have begun


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    texts = [f"question {number}" for number in range(12)]
    with FakeModels(*[Reply()] * 5, Reply(seconds=60_000), Reply()) as server:
        code = f"import test_models as t; t.ask({server.url!r}, t.Path({str(tmp_path)!r}), *{texts})"
        with Popen([sys.executable, "-c", CHILD + code]) as process:
            while len(server.asked) < 6 and process.poll() is None:
                time.sleep(0.01)
            process.kill()
        assert [one.text for one in ask(server.url, tmp_path, *texts)] == [f"{text}!" for text in texts]
    assert server.asked == [*texts[:6], *texts[5:]]


def test_a_damaged_cache_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "answers.db"
    with FakeModels(Reply()) as server:
        ask(server.url, tmp_path, "a")
        whole = path.read_bytes()
        for damaged in (b"not a database" * 100, whole[:5000], whole.replace(b'"text"', b'"next"')):
            path.write_bytes(damaged)
            with pytest.raises(ModelError, match=r"answers.db, is damaged .* not replaced"):
                ask(server.url, tmp_path, "a")
            assert path.read_bytes() == damaged
