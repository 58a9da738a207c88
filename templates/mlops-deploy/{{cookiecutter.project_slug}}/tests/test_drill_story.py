"""The drill plays its story day by day: what is trained when, and who waits for whom."""

import os
import subprocess
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import toy_parcels as toy
from real_site import free_port
from service import deploying, drill, registry, training
from service.deployments import LOG, Log
from service.monitoring import watch

WINDOW, A_DAY = 5, 2  # requests
DAYS = [date(2024, 3, 16) + timedelta(days=number) for number in range(148)]
REQUESTS = {day.isoformat(): ["a request"] * A_DAY for day in DAYS}
STORY = """
until = 2024-08-10
releases = [
  { day = 2024-03-16, candidate = "logistic" },
  { day = 2024-03-20, candidate = "boosting" },
  { day = 2024-03-21, candidate = "logistic_log" },
  { day = 2024-04-29, candidate = "boosting" },
]
retraining_day = 1
"""


class Stage:
    """What the drill moves, without models, processes and requests."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.sent, self.told, self.asked = list[date](), list[tuple[date, str]](), 0
        self.windows, self.passes, self.ends = list[int](), [False, True], {"boosting": 0}
        patch.setattr(drill, "Replay", lambda *_: SimpleNamespace(requests=REQUESTS, send=self.send, tell=self.ended))
        patch.setattr(training, "train", lambda *_, candidate, **__: self.tell(candidate))
        patch.setattr(training, "retrain", self.retrain)
        patch.setattr(registry, "open_registry", lambda _: SimpleNamespace(register=lambda _: "7"))
        patch.setattr(deploying, "up", lambda _: self.tell("up"))
        patch.setattr(watch, "monitor", self.monitor)
        patch.setattr(subprocess, "Popen", lambda command: Deployer(self, command))
        patch.setattr(time, "sleep", lambda _: None)

    def today(self) -> date:
        return self.sent[-1] + timedelta(days=1) if self.sent else date(2024, 3, 16)

    def tell(self, what: str) -> None:
        assert "MLFLOW_TRACKING_URI" not in os.environ, "others use that registry"
        self.told.append((self.today(), what))

    def send(self, _: date, requests: list[str]) -> Counter[str | None]:
        self.asked += len(requests)
        return Counter({"7": len(requests), "1": 100})

    def ended(self, day: date) -> None:
        self.sent.append(day)

    def monitor(self, _: Any, day: date) -> Any:
        return SimpleNamespace(opened=day == date(2024, 4, 20), sentence=f"{day}: an alarm")

    def retrain(self, _: Any, day: date) -> Any:
        self.tell("all candidates")
        return SimpleNamespace(version="7" if self.passes.pop(0) else None, sentence="")


class Deployer:
    """It asks for requests twice, and takes its time to judge them."""

    def __init__(self, stage: Stage, command: list[str]) -> None:
        assert command[-3:] == ["deploy", "7", "--yes"]
        self.stage, self.shares, self.polls = stage, 2, 0
        self.code = stage.ends.get(stage.told[-1][1], 1)
        self.ask()

    def ask(self) -> None:
        self.stage.asked = 0
        Log().append("1", "routed", "7")

    def poll(self) -> int | None:
        self.polls += 1
        assert self.polls < 100, "drill and deployer wait for each other"
        if self.stage.asked >= WINDOW and not self.polls % 5:
            self.stage.windows.append(self.stage.asked)
            self.shares -= 1
            if self.shares:
                self.ask()
        return None if self.shares else self.code

    def wait(self) -> int:
        return self.code


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.chdir(tmp_path)
    for name, value in {"SERVICE_ACTOR": "ines", "MLFLOW_TRACKING_URI": "http://mlflow"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ROUTER_PORT", str(free_port()))
    drill.STORY.parent.mkdir()
    drill.STORY.write_text(STORY, encoding="utf-8")
    return Stage(monkeypatch)


def play() -> int:
    return drill.drill(toy.settings(rollout={"window_requests": WINDOW, "approval": "interactive"}))


def test_a_release_waits_for_the_one_before_and_a_retraining_for_its_day(stage: Stage) -> None:
    assert play() == 0
    assert stage.sent == DAYS
    assert [(f"{day:%m-%d}", what) for day, what in stage.told] == [
        ("03-16", "logistic"),
        ("03-16", "up"),
        ("03-20", "boosting"),
        ("03-25", "logistic_log"),  # due while the one before was tried out
        ("04-29", "boosting"),
        ("06-01", "all candidates"),  # on 05-01, a canary is tried out
        ("07-01", "all candidates"),  # since the first did not pass its gate
    ]
    assert stage.windows == [WINDOW] * 8, "no request is sent while a deployer judges"
    assert {line["who"] for line in Log().lines()} == {drill.ACTOR}


def test_a_deployer_that_cannot_go_on_ends_the_drill(stage: Stage) -> None:
    stage.ends["boosting"] = 2
    with pytest.raises(drill.DrillError, match="the deployer of version 7 stopped"):
        play()
    assert [what for _, what in stage.told] == ["logistic", "up", "boosting"]
    assert LOG.exists()
