"""Readiness: yes only when a version can answer, and whatever is wrong with a new one, the old one goes on."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from service.model import Model, ModelError
from service.registry import Files, Registry, RegistryError
from service.serving.holder import Holder

MANIFEST: Any = SimpleNamespace(example={})
GOOD, BROKEN = Files(b"a model", MANIFEST), Files(b"no model", MANIFEST)


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that are loaded in no time."""

    def load(model: Any, version: str, files: Files) -> None:
        if files == BROKEN:
            raise ModelError(f"version {version} cannot be served")
        model.version, model.manifest = version, files.manifest

    monkeypatch.setattr(Model, "__init__", load)
    monkeypatch.setattr(Model, "scores", lambda *_: [0.5])


class Shelf:
    """A registry in memory: an alias, and the files of each version, or what happens when they are read."""

    def __init__(self, named: str | None, **kept: Files | Exception) -> None:
        self.named, self.kept, self.asked = named, {name.strip("v"): files for name, files in kept.items()}, list[str]()
        self.away = ""
        self.meanwhile: Callable[[], object] = lambda: None

    def alias(self, name: str) -> str | None:
        assert name == "champion"
        if self.away:
            raise RegistryError(self.away)
        return self.named

    def files(self, version: str) -> Files:
        self.asked.append(version)
        self.meanwhile()
        found = self.kept[version]
        if isinstance(found, Exception):
            raise found
        return found


def shelf(named: str | None = "1", second: Any = None) -> Shelf:
    return Shelf(named, v1=GOOD, v2=GOOD if second is None else second, v3=GOOD)


def holding(kept: Shelf) -> Holder:
    return Holder(cast(Registry, kept), "champion")


def serving(holder: Holder) -> str | None:
    return holder.current.version if holder.current else None


def test_a_version_that_is_loaded_is_ready() -> None:
    holder = holding(shelf())
    assert isinstance(holder.current, Model)
    assert holder.state() == {"model_version": "1"}, "nothing else is to be said"


def test_it_is_ready_as_soon_as_the_first_version_has_been_loaded() -> None:
    kept = shelf(None)
    holder = holding(kept)
    assert (holder.current, holder.look()) == (None, False)
    for kept.named in (None, "2"):
        with pytest.raises(ModelError):
            holder.state()  # with "2" the alias is there, and the model is not
    assert holder.look()
    assert holder.state()["model_version"] == "2"


@pytest.mark.parametrize(
    ("second", "kind"), [(BROKEN, ModelError), (RegistryError("model.onnx is lost"), RegistryError)]
)
def test_a_process_does_not_start_with_a_version_that_cannot_serve(second: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        holding(shelf("2", second))


def test_a_model_that_no_longer_answers_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    holder = holding(shelf())
    monkeypatch.setattr(Model, "scores", lambda *_: [float("nan")])
    with pytest.raises(ModelError):
        holder.state()


def test_it_follows_the_alias_and_says_once_that_it_did() -> None:
    kept = shelf()
    holder = holding(kept)
    assert not holder.look(), "the alias names the version that serves"
    kept.named = "2"
    assert holder.look()
    assert (serving(holder), holder.look()) == ("2", False)
    kept.named = "1"
    assert holder.look(), "a rollback is a change like any other"
    assert serving(holder) == "1"
    assert kept.asked == ["1", "2", "1"], "files are read for a change alone"


def test_the_old_version_answers_while_the_new_one_is_loaded() -> None:
    kept, seen = shelf(), list[dict[str, object]]()
    holder = holding(kept)
    kept.meanwhile = lambda: seen.append(holder.state())
    kept.named = "2"
    assert holder.look()
    assert seen == [{"model_version": "1"}], "requests come in all the time, also during the second that loading takes"


FAULTS = [BROKEN, RegistryError("model.onnx is lost"), RuntimeError("nobody thought of this")]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_version_that_cannot_serve_is_refused_and_the_old_one_stays_ready(fault: Any) -> None:
    kept = shelf(second=fault)
    holder = holding(kept)
    old = holder.current
    kept.named = "2"
    assert not holder.look()
    assert holder.current is old
    state = holder.state()
    assert state["model_version"] == "1", "the old version can answer, so the process is ready"
    assert state["refused"] == holder.refused
    assert list(holder.refused) == ["2"]
    assert holder.refused["2"], "with the reason"


def test_a_refused_version_is_not_tried_each_second() -> None:
    kept = shelf(second=BROKEN)
    holder = holding(kept)
    kept.named = "2"
    assert [holder.look() for _ in range(5)] == [False] * 5
    assert kept.asked == ["1", "2"]


@pytest.mark.parametrize("named", ["1", None])
def test_a_refusal_is_over_when_the_alias_goes_away(named: str | None) -> None:
    kept = shelf(second=BROKEN)
    holder = holding(kept)
    kept.named = "2"
    holder.look()
    kept.named = named
    assert not holder.look()
    assert holder.state() == {"model_version": "1"}
    kept.kept["2"], kept.named = GOOD, "2"  # it was mended
    assert holder.look(), "a version that is named anew is tried anew"


def test_a_good_version_ends_a_refusal() -> None:
    kept = shelf(second=BROKEN)
    holder = holding(kept)
    kept.named = "2"
    holder.look()
    kept.named = "3"
    assert holder.look()
    assert holder.state() == {"model_version": "3"}


def test_only_the_version_that_the_alias_names_now_is_called_refused() -> None:
    kept = shelf(second=BROKEN)
    kept.kept["3"] = BROKEN
    holder = holding(kept)
    for kept.named in ("2", "3"):
        holder.look()
    assert list(holder.refused) == ["3"]


def test_without_its_registry_it_goes_on_and_says_so() -> None:
    kept = shelf()
    holder = holding(kept)
    kept.away = "registry.db is locked"
    for _ in range(2):
        assert not holder.look()
        assert holder.state() == {"model_version": "1", "registry": "registry.db is locked"}
    kept.away, kept.named = "", "2"
    assert holder.look()
    assert holder.state() == {"model_version": "2"}, "the trouble is over"


def test_a_refusal_is_remembered_while_the_registry_is_away() -> None:
    kept = shelf(second=BROKEN)
    holder = holding(kept)
    kept.named = "2"
    holder.look()
    for kept.away in ("gone", ""):
        holder.look()
    assert kept.asked == ["1", "2"]
    assert set(holder.state()) == {"model_version", "refused"}
