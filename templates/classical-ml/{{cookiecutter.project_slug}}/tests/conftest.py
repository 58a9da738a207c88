"""Fixtures for several test files: a toy project in which everything has been run, and its service."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

import toy
from predictor.model import Manifest, read_manifest
from predictor.serving.app import Config, create_app
from predictor.serving.schemas import example
from toy import Project, Row

# The profile that pyproject.toml names, with fewer examples, and fixtures that all examples of a test share.
hypothesis_settings.register_profile(
    "ci",
    hypothesis_settings.get_profile("ci"),
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return toy.run(tmp_path_factory.mktemp("project"), toy.settings(), toy.table())


@pytest.fixture(scope="session")
def manifest(project: Project) -> Manifest:
    return read_manifest(project.folder / "artifacts")


@pytest.fixture(scope="session")
def config(project: Project) -> Config:
    folder = project.folder / "artifacts"
    return Config(allowed_hosts="testserver", artifacts=folder, max_body_bytes=150_000)


@pytest.fixture(scope="session")
def client(config: Config) -> Iterator[TestClient]:
    with TestClient(create_app(config), raise_server_exceptions=True) as running:
        yield running


@pytest.fixture
def row(manifest: Manifest) -> Row:
    """The manifest's example as a request."""
    return dict(example(manifest))
