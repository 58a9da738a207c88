"""A site without models: a registry in a file, slots that are no processes, and traffic that comes while one waits.

Everything is kept in files, so that a deployer can be killed and another one can go on.
"""

import json
import os
import random
import signal
import sqlite3
import time
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from service import deploying
from service.deploying import acts, comparison, steps
from service.deploying.acts import Site
from service.deploying.processes import Processes
from service.deployments import Line, Log
from service.registry import Files, Registry, RegistryError
from service.routing.config import RouterConfig
from service.routing.routes import ACCESS, VAR, JsonRoutes
from service.settings import Gate, Rollout, Settings, Slo, load_settings

ROOT = Path(__file__).parents[1]
ROLLOUT = Rollout(window_requests=20, least_seconds=0, most_seconds=60, lease_seconds=60, replay_rows=100, most_looks=2)
TABLES = """
    CREATE TABLE IF NOT EXISTS predictions(id, at, reference, day, version, slot, inputs, score);
    CREATE TABLE IF NOT EXISTS outcomes(reference, known_on, outcome);
"""
GOOD, BAD, FAILING, REFUSING = "2", "3", "4", "5"  # versions; 1 is the first champion

Content = dict[str, Any]


def manifest(settings: Settings, value: float = 0.9) -> Any:
    """What the deployer reads of a manifest: inputs, training day and metrics."""
    metrics = [
        SimpleNamespace(name=gate.metric, value=value if gate.min is not None else 1 - value) for gate in settings.gates
    ]
    inputs = [SimpleNamespace(name="x", kind="numeric")]
    return SimpleNamespace(inputs=inputs, metrics=metrics, known_until=date(2015, 12, 31))


class FileRegistry:
    """Aliases in `aliases.json`; a file `broken` makes the registry fail."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def aliases(self) -> dict[str, str]:
        if Path("broken").exists():
            raise RegistryError("the registry is gone")
        path = Path("aliases.json")
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def alias(self, name: str) -> str | None:
        return self.aliases().get(name)

    def set_alias(self, name: str, version: str) -> None:
        Path("aliases.json").write_text(json.dumps({**self.aliases(), name: version}))

    def drop_alias(self, name: str) -> None:
        found = {key: value for key, value in self.aliases().items() if key != name}
        Path("aliases.json").write_text(json.dumps(found))

    def files(self, version: str) -> Files:
        if version not in "12345":
            raise RegistryError(f"there is no version {version!r}")
        return Files(b"model " + version.encode(), manifest(self.settings))


class FakeSlots:
    """Slots that run if there is a file with their name; asking whether the canary lives brings a hundred requests."""

    def __init__(self, registry: FileRegistry) -> None:
        self.registry, self.random = registry, random.Random(1)
        self.traffic, self.config = True, RouterConfig()

    def alive(self, name: str) -> bool:
        if name == "canary" and self.traffic:
            self.requests(100)
        return Path(name).exists()

    def start(self, name: str, meanwhile: Callable[[], object] = lambda: None) -> None:
        meanwhile()
        Path(name).touch()

    def stop(self, name: str) -> None:
        Path(name).unlink(missing_ok=True)

    def version(self, name: str) -> str | None:
        alias = "champion" if name == "champion" else "challenger"
        return self.registry.alias(alias) if Path(name).exists() else None

    def scores(self, name: str, rows: list[Content]) -> list[float]:
        version = self.version(name)
        return [probability(version, row) for row in rows]

    def requests(self, count: int) -> None:
        routes, versions = JsonRoutes(), {name: self.version(name) for name in ("champion", "canary")}
        with ACCESS.open("a") as log, sqlite3.connect(VAR / "service.db") as database:
            database.execute("PRAGMA synchronous = OFF")
            for _ in range(count):
                number = self.random.random()
                slot = routes.slot(f"{number}")
                version = versions[slot]
                status = {FAILING: 500, REFUSING: 422}.get(version or "", 200)
                log.write(json.dumps({"at": time.time(), "slot": slot, "status": status, "ms": 3.0}) + "\n")
                row = (time.time(), version, slot, probability(version, {"x": number}))
                database.execute("INSERT INTO predictions(at, version, slot, score) VALUES (?, ?, ?, ?)", row)


def probability(version: str | None, row: Content) -> float:
    """The share of ones at x is x; version 3 says far too much."""
    return min(1.0, float(row["x"]) + 0.4) if version == BAD else float(row["x"])


def make(folder: Path, champion: str | None = "1", **rollout: Any) -> Settings:
    """Make a site in this folder, which must be the current one, and return its settings."""
    (folder / "sql").symlink_to(ROOT / "sql")
    VAR.mkdir()
    ACCESS.touch()
    with sqlite3.connect(VAR / "service.db") as database:
        database.executescript("PRAGMA synchronous = OFF;" + TABLES)
        draw = random.Random(2)
        for number in range(200):
            x = draw.random()
            row = (f"r{number}", json.dumps({"x": x}), x)
            database.execute("INSERT INTO predictions(at, reference, inputs, score) VALUES (0, ?, ?, ?)", row)
            database.execute("INSERT INTO outcomes VALUES (?, '2016-01-01', ?)", (f"r{number}", int(draw.random() < x)))
        database.execute("INSERT INTO outcomes VALUES ('later', '2016-01-02', 1)")  # so that the day before is over
    gates = [Gate(metric="roc_auc", min=0.65)]
    changes = {"rollout": ROLLOUT.model_copy(update=rollout), "slo": Slo(), "gates": gates}
    settings = load_settings(ROOT / "settings.toml").model_copy(update=changes)
    if champion:
        FileRegistry(settings).set_alias("champion", champion)
        for name in ("champion", "router"):
            Path(name).touch()
    return settings


def take_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the deployer work on this site, and look often."""
    monkeypatch.setattr(deploying, "open_site", site)
    for module in (acts, comparison, steps):
        monkeypatch.setattr(module, "POLL_SECONDS", 0.001)


def site(settings: Settings) -> Site:
    """What `deploying.open_site` returns in these tests."""
    registry = FileRegistry(settings)
    return Site(settings, cast(Registry, registry), cast(Processes, FakeSlots(registry)), JsonRoutes(), Log())


def killed_at(point: int | str, settings: Settings, version: str) -> str:
    """Deploy in another process that kills itself at a checkpoint; returns the checkpoint's name, or ""."""
    seen: list[str] = []

    def checkpoint(name: str) -> None:
        if name not in seen:
            seen.append(name)
            Path("checkpoint").write_text(name)
        if point in (len(seen), name):
            os.kill(os.getpid(), signal.SIGKILL)

    done = in_child(lambda: deploying.deploy(settings, version, yes=True, checkpoint=checkpoint))
    return "" if done else Path("checkpoint").read_text()


def in_child(work: Callable[[], object]) -> bool:
    """Whether the work came to its end in a process of its own; False if that was killed."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def actions() -> list[str]:
    return [line["action"] for line in lines()]


def lines() -> list[Line]:
    return Log().lines()
