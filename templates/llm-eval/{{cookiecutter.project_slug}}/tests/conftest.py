from pathlib import Path
from shutil import copytree

import pytest

import toy
from bench import bootstrap, encoders


def small_world(patch: pytest.MonkeyPatch, root: Path) -> Path:
    """In the folder, with the toy's embedder and without any model that is optional."""
    patch.chdir(root)
    patch.setattr(encoders, "embedder", lambda name: toy.Words())
    patch.setattr(encoders, "PACKAGE", "a_package_that_nobody_has")
    patch.setattr(bootstrap, "RESAMPLES", 100)  # enough where the width of an interval does not matter
    patch.delenv("BENCH_MODEL_URL", raising=False)
    patch.delenv("BENCH_MODEL_KEY", raising=False)
    return root


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small benchmark that was never run; the test runs in its folder."""
    toy.build(tmp_path)
    return small_world(monkeypatch, tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("finished")
    toy.build(root)
    with pytest.MonkeyPatch.context() as patch:
        small_world(patch, root)
        toy.publish()
    return root


@pytest.fixture
def published(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small benchmark after `evaluate`; a copy for each test."""
    return small_world(monkeypatch, copytree(finished, tmp_path / "bench"))
