"""The way back from a release: from each point of it, with a deployer that is killed, and with a log that is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

import toy_parcels as toy
from service.deploying import steps
from service.deploying.processes import Processes
from service.deploying.site import ASKED, Breach, Checkpoint, Site
from service.deploying.state import State, read_state, write_state
from service.deploying.steps import Deployment
from service.deployments import Line, Log
from service.registry import Registry, RegistryError
from service.routing.routes import Routes

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
        self.site = Site(
            toy.settings(), cast(Registry, self), cast(Processes, self), cast(Routes, self), self.log, folder
        )

    def alias(self, name: str) -> str | None:
        return self.aliases.get(name)

    def set_alias(self, name: str, version: str | None) -> None:
        if not isinstance(version, str):
            raise RegistryError(f"there is no version {version!r}")
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

    def alive(self, name: str) -> bool:
        return name in self.runs

    def start(self, name: str, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.runs.add(name)

    def stop(self, name: str) -> None:
        self.done.append(f"{name} stopped")
        self.runs.discard(name)

    def version(self, name: str) -> str | None:
        """What a slot serves; asking is what waiting for it does."""
        found = self.aliases.get({"champion": "champion", "canary": "challenger"}[name]) if self.alive(name) else None
        self.done.append(f"{name} serves {found}")
        return found

    def run(self, state: State, checkpoint: Checkpoint = lambda _: None) -> State:
        write_state(self.folder, state)
        return Deployment(self.site, state, lambda *_: "yes", checkpoint).run()

    def lines(self, action: str) -> list[Line]:
        return [line for line in self.log.lines() if line["action"] == action]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for a version that never serves shall not wait long."""
    monkeypatch.setattr(steps, "SWITCH_SECONDS", 0.1)
    monkeypatch.setattr(steps, "POLL_SECONDS", 0.01)


def begun(champion: str | None = OLD, version: str = NEW) -> State:
    """A deployment that is about to be rolled back."""
    return State(version=version, champion=champion, step="rollback", why=WHY, evidence=EVIDENCE)


def gone(place: Place) -> bool:
    """Whether the canary has no share, no process and no alias."""
    return (place.share, "canary" in place.runs, "challenger" in place.aliases) == (0, False, False)


def test_a_canary_is_removed_and_the_champion_stays(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=OLD, challenger=NEW)
    state = place.run(begun())
    assert gone(place)
    assert place.aliases == {"champion": OLD}
    assert (state.step, state.outcome) == ("done", "rolled back")


def test_a_version_that_was_promoted_gives_its_place_back(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=NEW, previous=OLD, challenger=NEW)
    place.run(begun())
    assert place.aliases == {"champion": OLD}, (
        "the old version is the champion again, and so no longer the previous one"
    )
    assert gone(place)
    assert "champion is 1" in place.done
    assert "champion serves 1" in place.done[place.done.index("champion is 1") :], "wait until it serves: `_serve`"


def test_the_version_that_served_comes_back_and_not_an_older_one(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=NEW, previous=OLD, challenger=THIRD)  # 2 replaced 1 last month, now 3 is tried
    place.run(begun(champion=NEW, version=THIRD))
    assert place.aliases == {"champion": NEW, "previous": OLD}, (
        "2 served when this release began; `previous` tells of the release before it"
    )


def test_the_share_is_taken_away_before_anything_else(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=NEW, previous=OLD, challenger=NEW)
    place.run(begun())
    assert place.done[0] == "share 0", "as long as the canary has a share, it gets requests"


def test_a_champion_that_somebody_chose_meanwhile_stays(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=THIRD, previous=NEW, challenger=NEW)
    place.run(begun())
    assert place.aliases["champion"] == THIRD, "neither the old nor the new version: a person has decided otherwise"
    assert gone(place)
    assert len(place.lines("rolled back")) == 1


def test_without_an_old_version_nothing_is_served(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=NEW)
    place.run(begun(champion=None))
    assert place.aliases == {}
    assert "champion" not in place.runs
    assert place.lines("rolled back")[0]["to"] is None


def test_the_first_release_may_fail_before_it_serves(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert place.run(begun(champion=None)).outcome == "rolled back"
    assert place.aliases == {}


def test_the_log_says_what_was_live_and_why_it_is_not(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=NEW, previous=OLD, challenger=NEW)
    place.run(begun())
    (line,) = place.lines("rolled back")
    assert (line["version"], line["from"], line["to"]) == (NEW, NEW, OLD), "from the new version to the old one"
    assert (line["why"], line["evidence"]) == (WHY, EVIDENCE)


def test_a_breach_is_noted_with_its_evidence_and_rolled_back(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=OLD)
    place.breach = True  # the canary's alias cannot be set, say
    state = place.run(State(version=NEW, champion=OLD, step="canary"))
    assert [line["action"] for line in place.log.lines()] == ["breached", "rolled back"]
    for line in place.log.lines():
        assert (line["why"], line["evidence"]) == (WHY, EVIDENCE)
    assert (state.why, state.evidence, state.outcome) == (WHY, EVIDENCE, "rolled back")
    assert gone(place)


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
    assert (state.step, state.why, state.evidence) == ("rollback", WHY, EVIDENCE), (
        "the next run reads them from the state"
    )


def test_a_breach_takes_the_share_first(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=OLD, challenger=NEW)
    (tmp_path / ASKED).write_text("Ada asked for it")

    def look(point: str) -> None:
        if point.endswith("breached logged"):
            assert place.share == 0, "the canary still has a share while the log is written"

    place.run(State(version=NEW, champion=OLD, step="observe"), look)
    assert place.lines("rolled back")[0]["why"] == "Ada asked for it"
    assert gone(place)


def test_a_full_disk_does_not_keep_it_from_going_back(tmp_path: Path) -> None:
    place = Place(tmp_path, champion=OLD)
    place.breach, place.full = True, 1
    assert place.run(State(version=NEW, champion=OLD, step="canary")).outcome == "rolled back", (
        "the share could not be taken away at once, and ends with its lease"
    )
    assert gone(place)


CASES: dict[str, tuple[str | None, dict[str, str], dict[str, str]]] = {
    "canary": (OLD, {"champion": OLD, "challenger": NEW}, {"champion": OLD}),
    "promoted": (OLD, {"champion": NEW, "previous": OLD, "challenger": NEW}, {"champion": OLD}),
    "first": (None, {"champion": NEW}, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_after_a_kill_at_any_point_a_second_run_ends_it(case: str, tmp_path: Path) -> None:
    champion, aliases, expected = CASES[case]
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
        assert number > 5, f"too few points, call self._point after each act: {points}"
        return
    raise AssertionError("it does not end")


def test_a_kill_leaves_a_share_to_nobody(tmp_path: Path) -> None:
    seen: list[Any] = []
    place = Place(tmp_path, champion=NEW, previous=OLD, challenger=NEW)
    place.run(begun(), lambda point: seen.append((point, place.share)))
    assert {share for _, share in seen} == {0}
    assert any("champion restored" in point for point, _ in seen), "the checkpoint after the alias has been moved back"
