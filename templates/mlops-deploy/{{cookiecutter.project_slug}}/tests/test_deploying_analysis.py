"""A window of requests, and what is judged by it."""

import json
import random
import sqlite3
from pathlib import Path

import pytest

import toy_site
from service.deploying.analysis import Window, judge, live_checks, replay_checks, unjudged
from service.routing.routes import VAR
from service.settings import Slo

SLO = Slo(error_rate=0.01, p95_ms=250, prediction_shift=0.5, brier_increase=0.005, calibration_gap=0.05)


def test_a_window_reads_whole_lines_once(tmp_path: Path) -> None:
    access = tmp_path / "access.jsonl"
    access.write_text('{"slot": "canary", "status": 200}\n')
    window = Window(access)
    for part in ('{"slot": "canary", "sta', 'tus": 200}\nno line\n{"slot": "champion", "status": 503}\n', ""):
        access.write_text(access.read_text() + part)
        window.read()
    assert (window.count("canary"), window.count("champion"), window.count("champion", 500)) == (1, 1, 1)


def test_a_canary_that_fails_is_judged_at_once() -> None:
    window = Window()
    for status, judged in ((499, False), (500, True)):
        window.requests["canary"] = [{"slot": "canary", "status": status, "ms": 1.0}]
        assert window.full(toy_site.ROLLOUT, SLO) is judged


def test_noise_is_no_worse_and_a_worse_model_is() -> None:
    draw = random.Random(1)
    truth = [draw.random() for _ in range(500)]
    outcomes = [int(draw.random() < x) for x in truth]
    near = [min(1, max(0, x + draw.gauss(0, 0.03))) for x in truth]
    assert all(check.passed for check in replay_checks(near, truth, outcomes, SLO))
    off = {check.name: check.passed for check in replay_checks([x / 2 for x in truth], truth, outcomes, SLO)}
    assert off == {"brier_increase": False, "calibration_gap": False}


@pytest.mark.parametrize("different", [False, True])
def test_copies_of_one_row_say_nothing_about_a_shift(
    different: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = toy_site.make(tmp_path)
    window = Window()
    window.requests["canary"] = [{"slot": "canary", "status": 200, "ms": 1.0}] * 100
    with sqlite3.connect(VAR / "service.db") as database:
        for slot, score in (("champion", 0.9), ("canary", 0.1)):
            for number in range(100):
                row = (window.since, slot, json.dumps({"x": number * different}), score + number * different / 1e4)
                database.execute("INSERT INTO predictions(at, slot, inputs, score) VALUES (?, ?, ?, ?)", row)
    checks = judge(window, settings)
    assert {check.name for check in checks if not check.passed} == ({"prediction_shift"} if different else set())
    assert unjudged(checks).startswith("too few different requests") != different


def test_a_slow_canary_and_shifted_scores_break_their_bounds(tmp_path: Path) -> None:
    window, draw = Window(tmp_path / "access.jsonl"), random.Random(1)
    window.requests["canary"] = [{"slot": "canary", "status": 200, "ms": 900.0 * (n > 80)} for n in range(100)]
    scores = [draw.random() for _ in range(100)]
    found = {check.name: check.passed for check in live_checks(window, [x / 5 for x in scores], scores, SLO)}
    assert found == {"error_rate": True, "p95_ms": False, "prediction_shift": False}
    json.dumps([check._asdict() for check in live_checks(window, scores, scores, SLO)])
    for most, judged in ((19, False), (20, True)):
        names = {check.name for check in live_checks(window, scores[:most], scores, SLO)}
        assert ("prediction_shift" in names) is judged


@pytest.mark.parametrize(("failed", "ms", "passed"), [(1, 250.0, True), (2, 250.1, False)])
def test_what_reaches_its_bound_passes_and_what_exceeds_it_fails(failed: int, ms: float, passed: bool) -> None:
    window = Window()
    window.requests["canary"] = [{"slot": "canary", "status": 500 if n < failed else 200, "ms": ms} for n in range(100)]
    assert {check.name: check.passed for check in live_checks(window, [], [], SLO)} == {
        "error_rate": passed,
        "p95_ms": passed,
    }
