"""Fixtures for several test files: the settings, a quickly trained model and a client of its service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from predictor.manifest import Manifest, read_manifest
from predictor.serving.app import Config, create_app
from predictor.serving.schemas import example
from predictor.settings import Settings, load_settings
from sample_model import Row, train_sample

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load_settings(ROOT / "settings.toml")


@pytest.fixture(scope="session")
def artifacts_folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_sample(settings, tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="session")
def manifest(artifacts_folder: Path) -> Manifest:
    return read_manifest(artifacts_folder)


@pytest.fixture(scope="session")
def config(artifacts_folder: Path) -> Config:
    return Config(allowed_hosts="testserver", artifacts=artifacts_folder, max_batch=8, max_body_bytes=150_000)


@pytest.fixture(scope="session")
def client(config: Config) -> Iterator[TestClient]:
    with TestClient(create_app(config), raise_server_exceptions=True) as running:
        yield running


@pytest.fixture
def row(manifest: Manifest) -> Row:
    """The manifest's example as a request."""
    return dict(example(manifest))
