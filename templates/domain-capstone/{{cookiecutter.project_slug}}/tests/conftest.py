"""Fixtures: a small project that is trained and measured once, and a copy of it for each test that changes it."""

import shutil
from contextlib import chdir
from pathlib import Path

import pytest

from capstone import bootstrap, data, evaluation, training
from capstone.serving import latency
from capstone.settings import Settings, load_settings
from toy_project import write

RESAMPLES = 100  # most of an evaluation goes into intervals, and how wide they are, test_bootstrap.py looks at


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project whose model is trained and measured. Tests only read it."""
    folder = tmp_path_factory.mktemp("finished")
    with chdir(folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "RESAMPLES", RESAMPLES)
        settings = write(folder)
        data.check(settings)
        training.train(settings)
        evaluation.evaluate(settings)
    return folder


@pytest.fixture
def project(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the finished project, in which the test runs."""
    folder = tmp_path / "project"
    shutil.copytree(finished, folder)
    (folder / "scaffolder.toml").write_text("[blocks]\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(bootstrap, "RESAMPLES", RESAMPLES)
    monkeypatch.setattr(latency, "ANSWERS", 20)
    return folder


@pytest.fixture
def settings(project: Path) -> Settings:
    return load_settings(project / "settings.toml")
