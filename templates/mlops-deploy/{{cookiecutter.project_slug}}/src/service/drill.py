"""The drill: the rows are replayed day by day, while versions are released, caught, watched and retrained.

    drill/story.toml -> train, register, deploy (real processes) while replay sends the rows (real requests)

It judges nothing itself: the deployer and the alarm do, and what happened is read from their logs (timeline.py).
"""

import os
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from . import deploying, registry, training
from .data import TRAINING_ROWS
from .deploying.comparison import unseen
from .deploying.processes import Processes
from .deployments import LOG, Line, Log
from .monitoring import watch
from .replay import Replay
from .reporting.metrics import Part
from .routing.config import LISTENING, RouterConfig
from .serving.config import read_config
from .settings import Settings, read_toml

STORY = Path("drill/story.toml")
ACTOR = "drill"
STATE = (Path("var"), Path("registry"), LOG)


class DrillError(ValueError):
    """The drill cannot be run; the message says why."""


class Release(Part):
    """Train this candidate on the outcomes known on a day, and release it."""

    day: date
    candidate: str
    sql: Path = TRAINING_ROWS


class Story(Part):
    until: date
    retraining_day: int = 1  # of each month, on which an alarm is answered: until the best candidate passes its gate
    releases: list[Release]


def drill(settings: Settings) -> int:
    """Play the story. Returns 0.

    Raises:
        DrillError: the project has releases that the drill did not make.
        SettingsError: the story cannot be used.
    """
    story = read_toml(STORY, Story)
    os.environ["SERVICE_ACTOR"] = ACTOR
    os.environ.pop("MLFLOW_TRACKING_URI", None)  # a rehearsal writes nothing to a registry that others use
    _start_over()
    first, *later = story.releases
    config = read_config(RouterConfig)
    play = Drill(settings, story, later, Replay(settings, config.host, config.port))
    try:
        play.release(first, first.day)
        play.finish()
        deploying.up(settings)
        for number in range((story.until - first.day).days + 1):
            play.live(first.day + timedelta(days=number))
        play.finish()
    finally:
        deploying.down()
    return 0


class Drill:
    """The story as far as it has been played."""

    def __init__(self, settings: Settings, story: Story, releases: list[Release], replay: Replay) -> None:
        self.settings, self.story, self.releases, self.replay = settings, story, releases, replay
        self.deployer: subprocess.Popen[bytes] | None = None
        self.due = False  # an alarm waits for its retraining
        self.canary, self.answered = "", 0  # the version that is released, and its answers since the log had
        self.lines = 0  # lines

    def live(self, day: date) -> None:
        """One day: look at what is known, train and release what is due, send the rows."""
        self._watch(day)
        if self.releases and day >= self.releases[0].day and not self.deployer:
            self.release(self.releases.pop(0), day)
        if self.due and day.day == self.story.retraining_day and not self.deployer:
            self._retrain(day)
        requests = self.replay.requests.get(day.isoformat(), [])
        while requests:
            # Not more than the window lacks: so no request is under way when it is full, and the share may change.
            lacking = self.settings.rollout.window_requests - self.answered if self.deployer else len(requests)
            self.answered += self.replay.send(day, requests[:lacking])[self.canary]
            requests = requests[lacking:]
            self._wait()
        self.replay.tell(day)
        self._wait()

    def release(self, release: Release, day: date) -> None:
        """Train and register a version, and start a deployer that works while the rows go on."""
        candidate = training.train(self.settings, until=release.day, candidate=release.candidate, sql=release.sql)
        version = registry.open_registry(self.settings).register(candidate)
        print(f"{day}: trained {release.candidate} as version {version} and release it", flush=True)
        self._deploy(version)

    def finish(self) -> None:
        """Wait until the deployer has ended.

        Raises:
            DrillError: it neither released its version nor rolled it back.
        """
        if self.deployer and self.deployer.poll() is None and Log().lines()[-1]["action"] == "waiting":
            deploying.rollback(self.settings, "the replayed days ended before enough outcomes were known")
        if self.deployer and self.deployer.wait() not in (0, 1):
            raise DrillError(f"the deployer of version {self.canary} stopped, for the reason above")
        self.deployer = None

    def _watch(self, day: date) -> None:
        found = watch.monitor(self.settings, day)
        if found.opened:
            self.due = True
            print(found.sentence, flush=True)

    def _retrain(self, day: date) -> None:
        found = training.retrain(self.settings, day)
        print(f"{day}: {found.sentence}", flush=True)
        if found.version:
            self.due = False
            self._deploy(found.version)

    def _deploy(self, version: str) -> None:
        command = [sys.executable, "-m", "service", "deploy", version]
        if self.settings.rollout.approval == "file":
            deploying.sign(self.settings, version, ACTOR, "the drill")
        else:
            command.append("--yes")
        self.canary = version
        self.deployer = subprocess.Popen(command)  # noqa: S603  # our own command
        self._wait()

    def _wait(self) -> None:
        """While the deployer asks neither for requests nor for outcomes, time stands still: so the story does not
        depend on how fast this machine starts a canary or judges one.
        """
        while self.deployer and self.deployer.poll() is None:
            lines = Log().lines()
            if len(lines) > self.lines:
                self.lines, self.answered = len(lines), 0
            if lines and self._asked(lines[-1]):
                return
            time.sleep(0.1)
        self.finish()

    def _asked(self, line: Line) -> bool:
        """Whether the deployer, whose newest line this is, still lacks requests or outcomes."""
        if line["action"] == "waiting":
            return len(unseen(line["from"], line["to"])) < int(line["to"])
        return line["action"] == "routed" and self.answered < self.settings.rollout.window_requests


def _start_over() -> None:
    """Remove what an earlier drill left, but nothing that a person has released."""
    if others := ", ".join(sorted({str(line.get("who")) for line in Log().lines()} - {ACTOR})):
        raise DrillError(
            f"{LOG} holds releases by {others}, and the drill would remove them with the registry. "
            f"Run it in a fresh copy of this repository; to start over here, delete {LOG}"
        )
    deploying.down()
    for name in LISTENING:
        Processes(read_config(RouterConfig)).check_port(name)
    for path in (*STATE, *Path("approvals").glob("*.toml")):  # which name versions that are removed
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
