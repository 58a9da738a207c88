"""Fixtures: a small project that is trained and measured once, a copy of it for each test, and a log and a service."""

import shutil
from contextlib import chdir
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import toy_case
from capstone import bootstrap, data, evaluation, training
from capstone.audit import AuditLog
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


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    """An empty log."""
    return toy_case.log(tmp_path)


@pytest.fixture
def filled(log: AuditLog) -> AuditLog:
    """Three cases that were referred, and the review of the first."""
    for case in "abc":
        log.append("answered", case, toy_case.ANSWERED)
    log.append("accepted", "a", toy_case.REVIEW)
    return log


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """A reviewer at a service with an empty log."""
    return toy_case.client(tmp_path)
