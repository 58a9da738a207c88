"""What a run of the slow proofs takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import selection
from support import commit_all
from support import git as run_git

from scaffolder.template import catalog

KEPT = (selection.only, selection.digest, selection.changed, selection.of)
FILES = ("templates/classical-ml/a.py", "templates/rag-assistant/a.py", "scaffolder/a.py")


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is known from before, or kept for after."""
    for name in ("PROOFS", "GREEN", "TEMPLATE"):
        monkeypatch.delenv(name, raising=False)
    forget()
    yield
    forget()


def forget() -> None:
    for each in KEPT:
        each.cache_clear()


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with files of two templates and of the tool."""
    folder = tmp_path / "clone"
    for path in FILES:
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text("1")
    commit_all(folder)
    monkeypatch.setattr(selection, "ROOT", folder)
    monkeypatch.setattr(selection.git, "__kwdefaults__", {"folder": folder})
    return folder


def digests() -> list[int]:
    forget()
    return [selection.digest(name) for name in ("classical-ml", "rag-assistant", selection.TOOL)]


@pytest.mark.parametrize("place", range(3))
def test_a_hash_is_that_of_the_files_as_they_lie_there(clone: Path, place: int) -> None:
    before = digests()
    (clone / "README.md").write_text("of none of them")
    cache = (clone / FILES[place]).parent / "__pycache__"
    cache.mkdir()
    (cache / "a.pyc").touch()
    commit_all(clone)
    assert digests() == before
    (clone / FILES[place]).write_text("2")
    assert [new != old for new, old in zip(digests(), before, strict=True)] == [place == each for each in range(3)]


def test_a_hash_picks_some_and_every_hash_together_all(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    for number in range(10):
        monkeypatch.setattr(selection, "digest", lambda name, number=number: number)
        found = selection.picked("abcdefghij", 3, "x")
        assert len(set(found)) == 3
        taken += found
    assert set(taken) == set("abcdefghij")
    assert selection.picked("ab", 3, "x") == ["a", "b"]
    monkeypatch.setenv("PROOFS", "all")
    assert selection.picked("abcdefghij", 3, "x") == list("abcdefghij")


def test_a_template_has_changed_if_it_differs_from_green(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREEN", run_git(clone, "rev-parse", "HEAD"))
    assert selection.changed() == frozenset()
    (clone / FILES[2]).write_text("2")
    (clone / FILES[0]).write_text("2")
    forget()
    assert selection.changed() == {"classical-ml"}
    run_git(clone, "commit", "-qam", "a template and the tool")
    (clone / "templates/rag-assistant/new.py").touch()
    forget()
    assert selection.changed() == {"classical-ml", "rag-assistant"}


@pytest.mark.parametrize(("name", "value"), [("GREEN", "0123abc"), ("TEMPLATE", "rag")])
def test_a_wrong_name_is_refused(clone: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(pytest.UsageError, match=value):
        selection.thorough("classical-ml")


def test_a_template_that_changed_gets_each_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(selection.of_all()) == len(catalog.names()) + 1
    monkeypatch.setattr(selection, "changed", lambda: frozenset(catalog.names()))
    selection.of.cache_clear()
    assert_each_choice(catalog.names())


def assert_each_choice(names: list[str]) -> None:
    for name in names:
        has = {choice for _, answers in selection.of(name) for choice in answers.items()}
        assert has == {choice for answers in selection.with_data(name) for choice in answers.items()}


@pytest.mark.parametrize("name", catalog.names())
def test_a_template_that_is_asked_for_shows_each_choice_and_what_all_share(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(selection.templates()) == 1
    monkeypatch.setenv("TEMPLATE", name)
    forget()
    assert_each_choice([name])
    assert selection.templates() == [name]
    assert len(selection.described()) == 1 + len(selection.of(name))
