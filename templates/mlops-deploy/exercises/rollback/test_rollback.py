"""The way back from a release: from each point of it, with a deployer that is killed, and with a log that is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import toy_parcels as toy
from service.deploying import acts
from service.deploying.acts import Breach, Checkpoint, Site
from service.deploying.state import State, read_state, write_state
from service.deploying.steps import Deployment
from service.deployments import Line, Log

OLD, NEW, THIRD = "1", "2", "3"
EVIDENCE = [{"name": "brier_increase", "value": 0.02, "bound": 0.005, "passed": False}]
WHY = "brier_increase is 0.02, above 0.005"


class Killed(BaseException):
    """The deployer ends here."""


class Place:
    """Registry, processes and routes in one, which write down what was done to them. Each act is a checkpoint, too."""

    def __init__(self, folder: Path, **aliases: str) -> None:
        self.done, self.aliases, self.share = list[str](), aliases, 0.25
        self.runs = {"canary", "router", "supervisor"} | ({"champion"} & {*aliases})
        self.full, self.breach = 0, False
        self.log, self.folder = Log(folder / "log.jsonl"), folder
        self.look: Checkpoint = lambda _: None
        parts: Any = self
        self.site = Site(toy.settings(), parts, parts, parts, self.log, folder)

    def did(self, act: str) -> None:
        self.done.append(act)
        self.look(act)

    def alias(self, name: str) -> str | None:
        return self.aliases.get(name)

    def set_alias(self, name: str, version: str) -> None:
        if self.breach:
            self.breach = False
            raise Breach(WHY, EVIDENCE)
        self.aliases[name] = version
        self.did(f"{name} is {version}")

    def drop_alias(self, name: str) -> None:
        self.aliases.pop(name, None)
        self.did(f"{name} dropped")

    def set(self, share: float, seconds: float | None = None) -> None:
        if self.full:
            self.full -= 1
            raise OSError(28, "No space left on device")
        self.share = share
        self.did(f"share {share:g}")

    def start(self, name: str, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.runs.add(name)
        self.did(f"{name} runs")

    def stop(self, name: str) -> None:
        self.runs.discard(name)
        self.did(f"{name} stopped")

    def version(self, name: str) -> str | None:
        """What a slot serves; asking is what waiting for it does."""
        found = self.aliases.get({"champion": "champion", "canary": "challenger"}[name]) if name in self.runs else None
        self.did(f"{name} serves {found}")
        return found

    def run(self, state: State, checkpoint: Checkpoint = lambda _: None) -> State:
        write_state(self.folder, state)
        self.look = checkpoint
        return Deployment(self.site, state, lambda *_: "yes", checkpoint).run()

    def lines(self, action: str) -> list[Line]:
        return [line for line in self.log.lines() if line["action"] == action]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "SWITCH_SECONDS", 0.1)
    monkeypatch.setattr(acts, "POLL_SECONDS", 0.01)


Start = tuple[str | None, dict[str, str], dict[str, str]]  # the old version, the aliases, those at the end
STARTS: dict[str, Start] = {
    "canary": (OLD, {"champion": OLD, "challenger": NEW}, {"champion": OLD}),
    "promoted": (OLD, {"champion": NEW, "previous": OLD, "challenger": NEW}, {"champion": OLD}),
    "the first": (None, {"champion": NEW}, {}),
    "the first, before it serves": (None, {}, {}),
    # neither the old nor the new version: a person has decided otherwise
    "a person's choice": (OLD, {"champion": THIRD, "previous": NEW}, {"champion": THIRD, "previous": NEW}),
    "a person's choice, after the first": (None, {"champion": THIRD}, {"champion": THIRD}),
}


def begun(champion: str | None = OLD, version: str = NEW) -> State:
    """A deployment that is about to be rolled back."""
    return State(version=version, champion=champion, step="rollback", why=WHY, evidence=EVIDENCE)


def wrong(place: Place, start: str) -> str:
    """All that is not as it must be after the way back; empty if nothing is."""
    expected, runs = STARTS[start][2], "champion" in place.runs
    checks = {
        f"the aliases are {place.aliases}, and {expected} is right": place.aliases == expected,
        "the canary has a share, or it runs": (place.share, "canary" in place.runs) == (0, False),
        "nobody waited until version 1 serves again": start != "promoted" or "champion serves 1" in place.done,
        f"the champion's process {'runs' if runs else 'does not run'}": runs == ("champion" in expected),
        "the router was stopped": "router" in place.runs,
    }
    return "; ".join(said for said, right in checks.items() if not right)


@pytest.mark.parametrize("start", STARTS)
def test_what_served_before_serves_again(start: str, tmp_path: Path) -> None:
    champion, aliases, _ = STARTS[start]
    place, points = Place(tmp_path, **aliases), list[str]()
    state = place.run(begun(champion), points.append)
    assert not wrong(place, start)
    assert place.done[0] == "share 0", "as long as the canary has a share, it gets requests"
    assert (state.step, state.outcome) == ("done", "rolled back")
    if start in ("promoted", "the first"):
        assert "rollback 0: champion restored" in points, 'call self._point("champion restored") after this act'
    (line,) = place.lines("rolled back")
    assert (line["version"], line["from"], line["to"]) == (NEW, NEW, champion), "from the new version to the old one"
    assert (line["why"], line["evidence"]) == (WHY, EVIDENCE)


@pytest.mark.parametrize("now", [NEW, THIRD])
def test_the_version_that_served_comes_back_and_not_an_older_one(now: str, tmp_path: Path) -> None:
    place = Place(tmp_path, champion=now, previous=OLD, challenger=THIRD)  # 2 replaced 1 last month, now 3 is tried
    place.run(begun(champion=NEW, version=THIRD))
    assert place.aliases == {"champion": NEW, "previous": OLD}, "`previous` tells of the release before this one"


@pytest.mark.parametrize("full", [0, 1])
def test_a_breach_is_noted_and_rolled_back_also_if_the_disk_is_full(full: int, tmp_path: Path) -> None:
    place, points = Place(tmp_path, champion=OLD), list[str]()
    place.breach, place.full = True, full  # the canary's alias cannot be set, say
    state = place.run(State(version=NEW, champion=OLD, step="canary"), points.append)
    assert "canary 0: share 0" in points, 'call self._point("share 0") after this act'
    assert "canary 0: breached logged" in points, "log before the next step: `_move` is the last of the acts"
    assert [(line["action"], line["why"], line["evidence"]) for line in place.log.lines()] == [
        ("breached", WHY, EVIDENCE),
        ("rolled back", WHY, EVIDENCE),
    ], "a share that cannot be taken away on a full disk ends with its lease"
    assert full or points.index("share 0") < points.index("canary 0: breached logged"), (
        "the canary still has a share while the log is written"
    )
    assert (state.outcome, wrong(place, "canary")) == ("rolled back", "")


def test_why_and_evidence_survive_a_kill(tmp_path: Path) -> None:
    def kill(point: str) -> None:
        if point == "rollback 0: begins":
            assert place.lines("breached"), "act, then log, then move: who is killed here never logs it"
            raise Killed

    place = Place(tmp_path, champion=OLD)
    place.breach = True
    with pytest.raises(Killed):
        place.run(State(version=NEW, champion=OLD, step="canary"), kill)
    state = read_state(tmp_path)
    assert state is not None
    assert (state.step, state.why, state.evidence) == ("rollback", WHY, EVIDENCE), "the next run reads the state"


@pytest.mark.parametrize("start", STARTS)
def test_after_a_kill_at_any_point_a_second_run_ends_it(start: str, tmp_path: Path) -> None:
    champion, aliases, _ = STARTS[start]
    for number in range(1, 50):
        (folder := tmp_path / str(number)).mkdir()
        place, points = Place(folder, **aliases), list[str]()

        def kill(point: str, place: Place = place, points: list[str] = points, last: int = number) -> None:
            points.append(point)
            early = wrong(place, start) if place.lines("rolled back") else ""
            assert not early, f"at {point!r}, the log says `rolled back` too early: {early}"
            if len(points) == last:
                raise Killed

        try:
            place.run(begun(champion), kill)
        except Killed:
            place.run(read_state(folder) or begun(champion))
            assert not (bad := wrong(place, start)), f"killed at {points[-1]!r}; after the second run, {bad}"
            count = len(place.lines("rolled back"))
            assert count == 1, f"killed at {points[-1]!r}: the log has {count} lines `rolled back`, and 1 is right"
        else:
            return
    raise AssertionError("it does not end")
