"""The verdict on a canary: its own errors, its slow answers, and which differences are more than chance."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from service.deploying.analysis import LEAST, Check, Window, live_checks, replay_checks
from service.settings import Slo

SLO = Slo(error_rate=0.1, p95_ms=250, prediction_shift=0.5, brier_increase=0.005, calibration_gap=0.05)


def filled(canary: Sequence[int] = (), champion: Sequence[int] = (), ms: Sequence[float] = ()) -> Window:
    """A window with requests of these statuses."""
    window = Window(Path("there is no log"))
    times = [*ms] or [5.0] * len(canary)
    window.requests["canary"] = [
        {"slot": "canary", "status": each, "ms": took} for each, took in zip(canary, times, strict=True)
    ]
    window.requests["champion"] = [{"slot": "champion", "status": each, "ms": 5.0} for each in champion]
    return window


def live(window: Window, canary: Sequence[float] = (), champion: Sequence[float] = ()) -> dict[str, Check]:
    return named(live_checks(window, canary, champion, SLO))


def named(found: Sequence[Check]) -> dict[str, Check]:
    """The checks by name, if they can be written as JSON, and if an interval decides wherever there is one."""
    for check in found:
        try:
            json.dumps(check._asdict())
        except TypeError as error:
            pytest.fail(f"{check.name} cannot be written as JSON, so use plain float, int and bool: {error}")
        low, high = check.interval or (check.value, check.value)
        if check.name in ("brier_increase", "calibration_gap"):
            expected = True if high <= check.bound else False if low > check.bound else None
            assert check.passed is expected, f"{check}: all of its interval must be on one side of the bound"
        else:
            assert check.passed is (low <= check.bound), f"{check}: it fails only if all of its interval is above"
    return {check.name: check for check in found}


@pytest.mark.parametrize(
    ("canary", "champion", "rate"),
    [
        ([200] * 98 + [500, 502], [200] * 10, 0.02),
        ([200] * 95 + [422] * 5, [200] * 95 + [422] * 5, 0.0),
        ([200] * 95 + [422] * 5, [200] * 99 + [422], 0.04),
        ([200] * 100, [200] * 90 + [422] * 10, 0.0),
        ([200] * 96 + [500, 500, 422, 404], [200] * 50, 0.04),
        ([200] * 97 + [400] * 3, [], 0.03),
        ([200] * 90 + [500] * 10, [200] * 90 + [500] * 10, 0.1),
        ([200] * 95 + [422] * 5, [200] * 19 + [422], 0.0),
        ([500], [], 1.0),
    ],
)
def test_errors_are_the_canarys_own(canary: Sequence[int], champion: Sequence[int], rate: float) -> None:
    check = live(filled(canary, champion))["error_rate"]
    assert check.value == pytest.approx(rate), "each 5xx counts; 4xx only as far as the champion's share is smaller"
    assert (check.passed, check.bound, check.n) == (rate <= 0.1, 0.1, len(canary)), "n: the canary's requests"


@pytest.mark.parametrize(
    ("statuses", "champion", "ms", "passed"),
    [
        ([200] * 100, 0, [10.0] * 96 + [900.0] * 4, True),
        ([200] * 100, 0, [10.0] * 94 + [900.0] * 6, False),
        ([200] * 100, 1900, [10.0] * 50 + [900.0] * 50, False),
        ([200] * 90 + [504] * 10, 0, [10.0] * 90 + [900.0] * 10, False),
        ([200] * 100, 0, [250.0] * 100, True),
    ],
)
def test_the_canarys_slow_requests_decide(statuses: list[int], champion: int, ms: list[float], passed: bool) -> None:
    check = live(filled(statuses, [200] * champion, ms))["p95_ms"]
    assert check.passed is passed, "95 of 100 of the canary's requests, with those that failed, take at most 250 ms"
    assert (check.bound, check.n) == (250, 100)


def spread(count: int, middle: float = 0.5, seed: int = 1) -> list[float]:
    """Scores with a standard deviation of a tenth, or so."""
    draw = random.Random(seed)
    return [middle + draw.gauss(0, 0.1) for _ in range(count)]


@pytest.mark.parametrize(("canary", "champion"), [(LEAST - 1, 500), (500, LEAST - 1), (0, 0)])
def test_too_few_answers_say_nothing_about_the_scores(canary: int, champion: int) -> None:
    found = live(filled([200] * 50), spread(canary, 0.9), spread(champion, 0.1))
    assert set(found) == {"error_rate", "p95_ms"}, f"fewer than {LEAST} different requests for one of the slots"


def shift(canary: Sequence[float], champion: Sequence[float]) -> Check:
    found = live(filled([200] * 50), canary, champion)
    assert "prediction_shift" in found, f"scores of {LEAST} different requests for each slot are enough"
    return found["prediction_shift"]


def test_enough_answers_are_compared() -> None:
    assert not shift(spread(LEAST, 0.2), spread(LEAST, 0.7)).passed, "0.2 and 0.7 are five deviations apart"


@pytest.mark.parametrize("middle", [0.3, 0.7])
def test_a_shift_is_measured_in_deviations_of_the_champion(middle: float) -> None:
    check = shift([middle + 3 * (x - 0.5) for x in spread(800)], spread(800, seed=2))
    assert check.value == pytest.approx(2, rel=0.1), "the means are two of the champion's deviations apart"
    assert not check.passed
    low, high = check.interval or (0, 0)
    assert low < check.value < high
    assert high - low == pytest.approx(2 * 1.96 * (9 / 800 + 1 / 800) ** 0.5, rel=0.15), "the canary is uncertain"
    assert (check.bound, check.n) == (0.5, 50)


def test_few_scores_of_the_champion_are_uncertain_too() -> None:
    low, high = shift(spread(2000, 0.6), spread(30, seed=2)).interval or (0, 0)
    assert high - low > 0.8 * 2 * 1.96 / 30**0.5, "resample both, or add both variances"


def test_a_shift_that_may_be_chance_passes() -> None:
    champion = [0.4, 0.6] * 10  # of deviation 0.1
    check = shift([x + 0.07 for x in champion], champion)
    assert check.value == pytest.approx(0.7, rel=0.05), "above the bound of 0.5"
    assert check.passed, "but its interval of 20 requests reaches below it"
    assert not shift([x + 0.07 for x in champion * 20], champion * 20).passed, "of 400 requests, it does not"


def test_a_champion_that_always_says_the_same_can_be_compared() -> None:
    assert shift([0.5] * 30, [0.5] * 30).passed, "both say the same"
    assert not shift([0.6] * 30, [0.5] * 30).passed, "a deviation of 0 counts as 1e-9"


def replay(canary: Sequence[float], champion: Sequence[float], outcomes: Sequence[int]) -> dict[str, Check]:
    found = named(replay_checks(canary, champion, outcomes, SLO))
    assert {name: (check.bound, check.n) for name, check in found.items()} == {
        "brier_increase": (0.005, len(outcomes)),
        "calibration_gap": (0.05, len(outcomes)),
    }, "bound and number of rows"
    return found


def drawn(count: int, seed: int = 1) -> tuple[list[float], list[int]]:
    """Chances, and outcomes that come true with them."""
    draw = random.Random(seed)
    chances = [draw.uniform(0.1, 0.9) for _ in range(count)]
    return chances, [int(draw.random() < each) for each in chances]


def test_the_values_are_those_of_all_rows() -> None:
    champion, outcomes = [0.2, 0.4, 0.6, 0.8] * 10, [0, 0, 1, 1] * 10
    found = replay([x + 0.1 for x in champion], champion, outcomes)
    assert found["brier_increase"].value == pytest.approx(0.11 - 0.1), "mean squares of the differences"
    assert found["calibration_gap"].value == pytest.approx(0.1), "0.6 - 0.5 of the canary, 0 of the champion"
    for check in found.values():
        assert check.interval is not None
        assert check.interval[0] <= check.value <= check.interval[1]


def test_noise_is_no_worse() -> None:
    chances, outcomes = drawn(500)
    draw = random.Random(2)
    near = [x + draw.gauss(0, 0.03) for x in chances]
    assert all(check.passed for check in replay(near, chances, outcomes).values())


def test_a_worse_version_breaks_both() -> None:
    chances, outcomes = drawn(500)
    found = replay([x / 3 for x in chances], chances, outcomes)
    assert {check.passed for check in found.values()} == {False}, "scores of a third are worse in both"


def test_a_small_loss_on_the_same_rows_is_seen() -> None:
    chances, outcomes = drawn(1000)
    worse = [x + 0.03 * (x - outcome) for x, outcome in zip(chances, outcomes, strict=True)]
    check = replay(worse, chances, outcomes)["brier_increase"]
    assert check.passed is False, "a little worse on each row: only differences row by row show it"


def test_of_few_rows_nothing_is_shown() -> None:
    canary, champion, outcomes = [0.2, 0.8] * 10, [0.4, 0.6] * 10, [0, 1] * 6 + [1, 0] * 4
    check = replay(canary, champion, outcomes)["brier_increase"]
    assert check.value == pytest.approx(0.04), "above the bound of 0.005"
    assert check.passed is None, "but its interval of 20 rows reaches below it, so neither is shown"
    assert replay(canary * 20, champion * 20, outcomes * 20)["brier_increase"].passed is False, "of 400 rows"


def test_more_looks_have_wider_intervals() -> None:
    chances, outcomes = drawn(500)
    one, four = (replay_checks([0.5] * 500, chances, outcomes, SLO, looks)[0].interval or (0, 0) for looks in (1, 4))
    assert (four[1] - four[0]) / (one[1] - one[0]) == pytest.approx(2.498 / 1.960, rel=0.02), "1 - 0.05 / 4 each"


def test_a_calibration_gap_counts_by_its_size() -> None:
    outcomes = [0, 1] * 1000  # so many that the interval is shorter than the bound
    found = replay([0.6] * 2000, [0.4] * 2000, outcomes)["calibration_gap"]
    assert found.value == pytest.approx(0), "0.1 too much is as bad as 0.1 too little"
    assert found.passed
