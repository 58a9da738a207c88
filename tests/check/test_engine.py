"""Facts are computed once; what a person can put right is flawed, a bug of ours is an error."""

from __future__ import annotations

import pytest

from scaffolder.check import examine
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.engine.verdict import FactError, Verdict, done
from scaffolder.check.item import Item
from scaffolder.check.items import BY_ID, EIGHT, ITEMS
from scaffolder.results.finding import Evidence, Level, State

asked: list[str] = []


@fact
def length(repo: Repository) -> int:
    """A fact that says how often it was computed."""
    asked.append("length")
    return len(repo.snapshot.paths)


@fact
def broken(repo: Repository) -> int:
    """A fact that cannot be had."""
    asked.append("broken")
    raise FactError("settings.toml is not TOML")


class Long(Item):
    """Length: there is a file."""

    id = "long"
    level = Level.BUILDER
    source = "test"

    def check(self, repo: Repository) -> Verdict:
        """Add a file."""
        return done(Evidence(str(length(repo) + length(repo))))


class Broken(Long):
    """Broken: cannot be had."""

    def check(self, repo: Repository) -> Verdict:
        """Mend it."""
        return done(Evidence(str(broken(repo))))


@pytest.fixture
def repo() -> Repository:
    asked.clear()
    return Repository(Snapshot.of_files({"a.md": b"", "b.md": b""}))


def test_a_fact_is_computed_once_for_each_repository(repo: Repository) -> None:
    assert Long.finding(repo).evidence == (Evidence("4"),)
    assert length(Repository(Snapshot.of_files({}))) == 0
    assert asked == ["length", "length"]


def test_what_a_person_can_put_right_is_flawed_and_said_once(repo: Repository) -> None:
    found = [Broken.finding(repo), Broken.finding(repo)]
    assert asked == ["broken"]
    assert {(each.state, each.evidence, each.remedy) for each in found} == {
        (State.FLAWED, (Evidence("settings.toml is not TOML"),), "Mend it.")
    }


def test_a_bug_in_a_fact_does_not_hide_the_other_findings(monkeypatch: pytest.MonkeyPatch, repo: Repository) -> None:
    monkeypatch.setattr(BY_ID["staleness"], "passage", lambda *_: 1 / 0)
    found = examine.examine(repo, "it")
    (error,) = found.errors
    assert (error.item, error.state, error.evidence, error.remedy) == ("staleness", State.ERROR, (), "")
    assert error.reason.startswith("scaffolder could not check this item (ZeroDivisionError: division by zero)")
    assert (found.level, found.rated) == (None, False)
    assert len(found.findings) == len(ITEMS)


def test_the_eight_come_first() -> None:
    assert tuple(item.id for item in ITEMS[: len(EIGHT)]) == EIGHT
