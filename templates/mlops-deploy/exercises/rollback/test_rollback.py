"""The way back from a release: from each point of it, with a deployer that is killed, and with a log that is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import toy_parcels as toy
from service.deploying import steps
from service.deploying.site import Breach, Checkpoint, Site
from service.deploying.state import State, read_state, write_state
from service.deploying.steps import Deployment
from service.deployments import Line, Log

OLD, NEW, THIRD = "1", "2", "3"
EVIDENCE = [{"name": "brier_increase", "value": 0.02, "bound": 0.005, "passed": False}]
WHY = "brier_increase is 0.02, above 0.005"


class Killed(BaseException):
    """The deployer ends here."""


class Place:
    """Registry, processes and routes in one, which write down what was done to them."""

    def __init__(self, folder: Path, **aliases: str) -> None:
        self.done, self.aliases, self.share = list[str](), aliases, 0.25
        self.runs, self.full, self.breach = {"champion", "canary", "router", "supervisor"}, 0, False
        self.log, self.folder = Log(folder / "log.jsonl"), folder
        parts: Any = self
        self.site = Site(toy.settings(), parts, parts, parts, self.log, folder)

    def alias(self, name: str) -> str | None:
        return self.aliases.get(name)

    def set_alias(self, name: str, version: str) -> None:
        if self.breach:
            self.breach = False
            raise Breach(WHY, EVIDENCE)
        self.done.append(f"{name} is {version}")
        self.aliases[name] = version

    def drop_alias(self, name: str) -> None:
        self.done.append(f"{name} dropped")
        self.aliases.pop(name, None)

    def set(self, share: float, seconds: float | None = None) -> None:
        if self.full:
            self.full -= 1
            raise OSError(28, "No space left on device")
        self.done.append(f"share {share:g}")
        self.share = share

    def start(self, name: str, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.runs.add(name)

    def stop(self, name: str) -> None:
        self.done.append(f"{name} stopped")
        self.runs.discard(name)

    def version(self, name: str) -> str | None:
        """What a slot serves; asking is what waiting for it does."""
        found = self.aliases.get({"champion": "champion", "canary": "challenger"}[name]) if name in self.runs else None
        self.done.append(f"{name} serves {found}")
        return found

    def run(self, state: State, checkpoint: Checkpoint = lambda _: None) -> State:
        write_state(self.folder, state)
        return Deployment(self.site, state, lambda *_: "yes", checkpoint).run()

    def lines(self, action: str) -> list[Line]:
        return [line for line in self.log.lines() if line["action"] == action]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "SWITCH_SECONDS", 0.1)
    monkeypatch.setattr(steps, "POLL_SECONDS", 0.01)


STARTS: dict[
    str, tuple[str | None, dict[str, str], dict[str, str]]
] = {  # the old version, the aliases, those at the end
    "canary": (OLD, {"champion": OLD, "challenger": NEW}, {"champion": OLD}),
    "promoted": (OLD, {"champion": NEW, "previous": OLD, "challenger": NEW}, {"champion": OLD}),
    "the first": (None, {"champion": NEW}, {}),
    "the first, before it serves": (None, {}, {}),
}


def begun(champion: str | None = OLD, version: str = NEW) -> State:
    """A deployment that is about to be rolled back."""
    return State(version=version, champion=champion, step="rollback", why=WHY, evidence=EVIDENCE)


def gone(place: Place) -> bool:
    """Whether the canary has no share, no process and no alias."""
    return (place.share, "canary" in place.runs, "challenger" in place.aliases) == (0, False, False)


@pytest.mark.parametrize("start", STARTS)
def test_what_served_before_serves_again(start: str, tmp_path: Path) -> None:
    champion, aliases, expected = STARTS[start]
    place = Place(tmp_path, **aliases)
    state = place.run(begun(champion))
    assert place.aliases == expected, "`previous` does not name the version that is the champion again"
    assert gone(place)
    assert place.done[0] == "share 0", "as long as the canary has a share, it gets requests"
    assert (state.step, state.outcome) == ("done", "rolled back")
    if start == "promoted":
        assert "champion serves 1" in place.done[place.done.index("champion is 1") :], "wait until it does: `_serve`"
    if start == "the first":
        assert "champion" not in place.runs, "there is nothing to go back to, so nothing is served"
    (line,) = place.lines("rolled back")
    assert (line["version"], line["from"], line["to"]) == (NEW, NEW, champion), "from the new version to the old one"
    assert (line["why"], line["evidence"]) == (WHY, EVIDENCE)


def test_the_version_that_served_comes_back_and_not_an_older_one(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=NEW, previous=OLD, challenger=THIRD)  # 2 replaced 1 last month, now 3 is tried
    place.run(begun(champion=NEW, version=THIRD))
    assert place.aliases == {"champion": NEW, "previous": OLD}, (
        "2 served when this release began; `previous` tells of the release before it"
    )


def test_a_champion_that_somebody_chose_meanwhile_stays(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=THIRD, previous=NEW, challenger=NEW)
    place.run(begun())
    assert place.aliases["champion"] == THIRD, "neither the old nor the new version: a person has decided otherwise"
    assert gone(place)


def test_a_breach_is_noted_with_its_evidence_and_rolled_back(tmp_path: Path) -> None:
    def look(point: str) -> None:
        if point == "canary 0: breached logged":
            assert place.share == 0, "the canary still has a share while the log is written"

    place = Place(tmp_path, champion=OLD)
    place.breach = True  # the canary's alias cannot be set, say
    state = place.run(State(version=NEW, champion=OLD, step="canary"), look)
    assert [line["action"] for line in place.log.lines()] == ["breached", "rolled back"]
    for line in place.log.lines():
        assert (line["why"], line["evidence"]) == (WHY, EVIDENCE)
    assert (state.outcome, gone(place)) == ("rolled back", True)


def test_why_and_evidence_survive_a_kill(tmp_path: Path) -> None:
    def kill(point: str) -> None:
        if point == "rollback 0: begins":
            raise Killed

    place = Place(tmp_path, champion=OLD)
    place.breach = True
    with pytest.raises(Killed):
        place.run(State(version=NEW, champion=OLD, step="canary"), kill)
    state = read_state(tmp_path)
    assert state is not None
    assert (state.step, state.why, state.evidence) == ("rollback", WHY, EVIDENCE), "the next run reads the state"


def test_a_full_disk_does_not_keep_it_from_going_back(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=OLD)
    place.breach, place.full = True, 1
    state = place.run(State(version=NEW, champion=OLD, step="canary"))
    assert (state.outcome, gone(place)) == ("rolled back", True), (
        "a share that cannot be taken away ends with its lease"
    )


@pytest.mark.parametrize("start", STARTS)
def test_after_a_kill_at_any_point_a_second_run_ends_it(start: str, tmp_path: Path) -> None:
    champion, aliases, expected = STARTS[start]
    for number in range(1, 50):
        (folder := tmp_path / str(number)).mkdir()
        place, points = Place(folder, **aliases), list[str]()

        def checkpoint(point: str, place: Place = place, points: list[str] = points, last: int = number) -> None:
            points.append(point)
            if place.lines("rolled back"):
                assert (place.aliases, gone(place)) == (expected, True), f"the log says it too early, at {point!r}"
            if len(points) == last:
                raise Killed

        try:
            place.run(begun(champion), checkpoint)
        except Killed:
            left = read_state(folder)
            assert left is not None
            Deployment(place.site, left, lambda *_: "yes").run()
            assert (place.aliases, gone(place)) == (expected, True), points[-1]
            assert len(place.lines("rolled back")) == 1, f"killed at {points[-1]!r}, and logged twice"
            continue
        assert number > 4, f"too few points, call self._point after each act: {points}"
        return
    raise AssertionError("it does not end")
