"""What a run of the slow proofs takes, in any clone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import rotation
from support import combinations, commit_all
from support import git as run_git

from scaffolder.template import catalog

EVERY = [{"case": case, "model": model} for case in "abcd" for model in "xy"]


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is known from before, or kept for after."""
    kept = (rotation.number, rotation.changed, rotation.of)
    monkeypatch.delenv("PROOFS", raising=False)
    monkeypatch.delenv("GREEN", raising=False)
    for each in kept:
        each.cache_clear()
    yield
    for each in kept:
        each.cache_clear()


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of three commits: one template, another one, no template."""
    folder = tmp_path / "full"
    for path in ("templates/classical-ml/a", "templates/rag-assistant/a", "README.md"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("1")
    commit_all(folder)
    for path in ("templates/classical-ml/a", "templates/rag-assistant/a", "README.md"):
        (folder / path).write_text("2")
        run_git(folder, "commit", "-qam", path)
    monkeypatch.setattr(rotation.git, "__kwdefaults__", {"folder": folder})
    return folder


def test_a_template_has_changed_if_it_differs_from_the_commit_before(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (rotation.number(), rotation.changed()) == (4, frozenset())
    run_git(clone, "reset", "-q", "--hard", "HEAD~1")
    rotation.changed.cache_clear()
    assert rotation.changed() == {"rag-assistant"}
    rotation.changed.cache_clear()
    monkeypatch.setenv("GREEN", "HEAD~2")
    assert rotation.changed() == {"classical-ml", "rag-assistant"}


def test_work_that_is_not_committed_counts(clone: Path) -> None:
    (clone / "templates/classical-ml/a").write_text("3")
    assert rotation.changed() == {"classical-ml"}


def test_a_shallow_clone_does_not_know_what_has_changed(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shallow = clone.with_name("shallow")
    run_git(clone.parent, "clone", "-q", "--depth", "1", f"file://{clone}", str(shallow))
    monkeypatch.setattr(rotation.git, "__kwdefaults__", {"folder": shallow})
    assert (rotation.number(), rotation.changed()) == (1, None)
    assert "HEAD~1 is not in this clone" in rotation.described()[0]
    assert len(rotation.of("classical-ml")) == 2


def test_without_git_it_is_turn_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation.git, "__kwdefaults__", {"folder": tmp_path})
    assert (rotation.turn(), rotation.changed()) == (0, None)
    monkeypatch.setenv("PATH", str(tmp_path))
    rotation.number.cache_clear()
    assert rotation.turn() == 0


def test_successive_turns_take_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    for now in range(4):
        monkeypatch.setattr(rotation, "number", lambda now=now: now)
        taken += rotation.in_turn("abcdefghij", 3)
    assert set(taken) == set("abcdefghij")
    assert rotation.in_turn("ab", 3) == ["a", "b"]


@pytest.mark.parametrize("now", range(20))
def test_a_template_that_changed_gets_every_choice(now: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "number", lambda: now)
    found = rotation.each_choice([EVERY[0], *rotation.in_turn(EVERY[1:])], EVERY)
    assert {value for one in found for value in one.values()} == set("abcdxy")
    assert len(found) <= 5
    monkeypatch.setattr(rotation, "changed", lambda: frozenset(catalog.names()))
    for name in catalog.names():
        rotation.of.cache_clear()
        has = {choice for _, answers in rotation.of(name) for choice in answers.items()}
        assert has == {choice for answers in rotation.with_data(name) for choice in answers.items()}


def test_everything_is_every_combination_that_comes_with_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOFS", "all")
    for name in catalog.names():
        assert [answers for _, answers in rotation.of(name)] == rotation.with_data(name)
        assert rotation.with_data(name)[0] == combinations(name)[0]
