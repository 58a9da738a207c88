"""The requests of a window: which ones count, and when they are enough for a verdict."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from service.deploying.analysis import Window
from service.settings import Rollout, Slo

SLO = Slo(error_rate=0.1)
ROLLOUT = Rollout(window_requests=20, least_seconds=0)


def line(slot: str, status: int = 200, ms: float = 5.0) -> str:
    return json.dumps({"slot": slot, "status": status, "ms": ms}) + "\n"


@pytest.fixture
def access(tmp_path: Path) -> Path:
    return tmp_path / "access.jsonl"


def add(access: Path, text: str) -> None:
    with access.open("a", encoding="utf-8") as file:
        file.write(text)


def counts(window: Window) -> tuple[int, int]:
    return window.count("champion"), window.count("canary")


def test_requests_from_before_the_window_do_not_count(access: Path) -> None:
    add(access, line("canary", 500) * 50)
    window = Window(access)
    add(access, line("canary") + line("champion") * 2)
    window.read()
    assert counts(window) == (2, 1), "the 50 errors belong to an older canary"


def test_each_line_counts_once_however_often_the_log_is_read(access: Path) -> None:
    window = Window(access)
    try:
        window.read()
    except FileNotFoundError:
        pytest.fail("there may be no log yet, and then there is nothing to read")
    assert counts(window) == (0, 0), "there is no log yet"
    for _ in range(3):
        add(access, line("canary"))
        window.read()
        window.read()
    assert counts(window) == (0, 3)


def test_half_a_line_is_read_when_it_is_whole(access: Path) -> None:
    window, whole = Window(access), line("canary", 503)
    add(access, line("champion") + whole[:20])
    window.read()
    assert counts(window) == (1, 0)
    add(access, whole[20:] + line("champion"))
    window.read()
    assert counts(window) == (2, 1), "the line was cut in two, and is one line all the same"
    assert window.count("canary", 500) == 1


def test_the_offset_counts_bytes(access: Path) -> None:
    wide = json.dumps({"slot": "canary", "status": 200, "path": "日本\u2028" * 60}, ensure_ascii=False) + "\n"
    add(access, wide)
    window = Window(access)
    for number in (1, 2, 3):
        add(access, wide + line("champion"))
        window.read()
        assert counts(window) == (number, number), "a letter such as 日 has three bytes; only \\n ends a line"
        assert window.offset == access.stat().st_size, "all bytes have been taken in"


@pytest.mark.parametrize("other", ["no line", "null", "[1]", "5"])
def test_what_is_no_json_object_is_left_out(access: Path, other: str) -> None:
    window = Window(access)
    add(access, other + "\n" + line("canary"))
    try:
        window.read()
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        pytest.fail(f"a line {other!r} ends the reading, {error!r}: `deployments.parse` leaves it out")
    assert counts(window) == (0, 1), f"the line after {other!r} is whole, and counts"


def filled(access: Path, canary: Sequence[int] = (), champion: Sequence[int] = ()) -> Window:
    """A window with requests of these statuses."""
    window = Window(access)
    for slot, statuses in {"canary": canary, "champion": champion}.items():
        window.requests[slot] = [{"slot": slot, "status": each, "ms": 5.0} for each in statuses]
    return window


@pytest.mark.parametrize(
    ("canary", "champion", "full"), [(19, 0, False), (19, 500, False), (20, 0, True), (21, 9, True)]
)
def test_a_window_is_full_when_the_canary_has_answered_enough(
    access: Path, canary: int, champion: int, full: bool
) -> None:
    assert filled(access, [200] * canary, [200] * champion).full(ROLLOUT, SLO) is full, "the champion's do not count"


def test_a_refusal_is_an_answer(access: Path) -> None:
    assert filled(access, [422] * 20).full(ROLLOUT, SLO), "the canary has answered 20 requests, whatever it said"


def test_a_window_lasts_a_while(access: Path) -> None:
    window, slow = filled(access, [200] * 40), ROLLOUT.model_copy(update={"least_seconds": 600})
    assert not window.full(slow, SLO), "40 requests in no time are enough requests, but not enough time"
    window.since -= 601
    assert window.full(slow, SLO)


def test_a_canary_that_fails_too_often_is_judged_at_once(access: Path) -> None:
    slow = ROLLOUT.model_copy(update={"least_seconds": 600})
    assert not filled(access, [500] * 2).full(slow, SLO), "a tenth of 20 may fail, and that are 2"
    assert filled(access, [200, 502, 500, 503]).full(slow, SLO), "3 of 4 have failed, so there is no need to wait"
    strict, fifty = Slo(error_rate=0.01), slow.model_copy(update={"window_requests": 50})
    assert filled(access, [500]).full(fifty, strict), "not one of 50 may fail if a hundredth may"
    assert not filled(access, [422] * 9).full(slow, SLO), "what the caller did wrong is no failure"
    assert not filled(access, [200], [500] * 9).full(slow, SLO), "the champion failed, and not the canary"
