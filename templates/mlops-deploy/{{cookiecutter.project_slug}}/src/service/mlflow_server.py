"""What every registry does, and how it is done on an MLflow server. registry.py opens the one that is set."""

import logging
import os
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .manifest import MANIFEST_FILE, MODEL_FILE, Manifest, read_manifest

if TYPE_CHECKING:
    from mlflow import MlflowClient

TRACKING_URI = "MLFLOW_TRACKING_URI"  # where the server is, in server mode
EXPERIMENT = "0"  # MLflow's default one
HASHES = {"model_sha256": MODEL_FILE, "manifest_sha256": MANIFEST_FILE}  # the tags that hold the hash of each file

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_CONFIGURE_LOGGING": "false",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "GIT_PYTHON_REFRESH": "quiet",
}


class RegistryError(ValueError):
    """The registry cannot be used, or lacks what was asked for; the message says why."""


class Entry(NamedTuple):
    """A version with its tags (where it comes from, the SHA-256 of its files) and the aliases that point to it."""

    version: str
    tags: Mapping[str, str]
    aliases: tuple[str, ...]


class Files(NamedTuple):
    """A trained model, as ONNX, and its description."""

    model: bytes
    manifest: Manifest


class Registry:
    """One model's versions on an MLflow server.

    Every method raises RegistryError when the registry is gone, locked or full.
    """

    def __init__(self, name: str, uri: str) -> None:
        self.name, self.uri = name, uri
        self.where = f"the MLflow server {uri}"  # for messages
        if not uri.startswith(("http://", "https://")):
            raise RegistryError(f"{TRACKING_URI} is no address of a server, such as http://localhost:5000: {uri}")

    def register(self, made: Files) -> str:
        """Keep a trained model and return its version: a new one, or the one that has exactly these files."""
        files = {MODEL_FILE: made.model, MANIFEST_FILE: made.manifest.model_dump_json(indent=2).encode()}
        hashes = {tag: sha256(files[name]).hexdigest() for tag, name in HASHES.items()}
        facts = made.manifest.model_dump(mode="json", exclude={"name", "inputs", "metrics", "baseline", "versions"})
        tags = {**{name: str(value) for name, value in facts.items() if value is not None}, **hashes}
        with self._writing():
            if not self.client.search_registered_models(f"name = '{self.name}'"):
                self.client.create_registered_model(self.name)
            for entry in self.versions():
                if hashes.items() <= entry.tags.items():
                    self._repair(files, tags)
                    return entry.version
            source, run_id = self._put(files, tags)
            return str(self.client.create_model_version(self.name, source, run_id, tags).version)

    def _repair(self, files: Mapping[str, bytes], tags: Mapping[str, str]) -> None:
        """Put files that are registered already back, should somebody have damaged them; a server guards its own."""

    def versions(self) -> list[Entry]:
        """All versions, oldest first."""
        with self._writing():
            found = self.client.search_model_versions(f"name = '{self.name}'")
            aliases = self.client.get_registered_model(self.name).aliases if found else {}
        return [
            Entry(
                str(one.version),
                dict(one.tags),
                tuple(sorted(alias for alias, version in aliases.items() if str(version) == str(one.version))),
            )
            for one in sorted(found, key=lambda one: int(one.version))
        ]

    def version(self, version: str) -> Entry:
        """The entry of that version."""
        entries = {entry.version: entry for entry in self.versions()}
        if version not in entries:
            raise RegistryError(f"{self.where} has no version {version!r}; it has {', '.join(entries) or 'none'}")
        return entries[version]

    def files(self, version: str) -> Files:
        """The files of a version, if they are those that were registered; ManifestError if this code is too old."""
        entry, found = self.version(version), {}
        for tag, name in HASHES.items():
            try:
                found[name] = self._get(entry, name)
            except OSError as error:
                raise RegistryError(f"version {version}: {name} cannot be read: {error}") from error
            if sha256(found[name]).hexdigest() != entry.tags.get(tag):
                raise RegistryError(f"version {version}: {name} is not the file that was registered; register it again")
        return Files(found[MODEL_FILE], read_manifest(found[MANIFEST_FILE], f"version {version}: {MANIFEST_FILE}"))

    def alias(self, name: str) -> str | None:
        """The version that has this alias; None if none has."""
        return next((entry.version for entry in self.versions() if name in entry.aliases), None)

    def set_alias(self, name: str, version: str) -> None:
        """Move an alias in one step: a reader sees the old version or the new one."""
        self.version(version)
        with self._writing():
            self.client.set_registered_model_alias(self.name, name, version)

    def drop_alias(self, name: str) -> None:
        """Remove an alias; it need not exist."""
        if self.alias(name) is not None:
            with self._writing():
                self.client.delete_registered_model_alias(self.name, name)

    @cached_property
    def client(self) -> "MlflowClient":
        return mlflow_client(self.uri)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn what MLflow, SQLite and the disk can raise into a RegistryError."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise RegistryError(f"{self.where} cannot be used: {error}") from error
        except Exception as error:
            if type(error).__module__.partition(".")[0] not in ("mlflow", "sqlalchemy"):
                raise
            # Their messages go on with SQL.
            raise RegistryError(f"{self.where} refuses: {str(error).partition(chr(10))[0]}") from error

    def _put(self, files: Mapping[str, bytes], tags: Mapping[str, str]) -> tuple[str, str | None]:
        """Keep the files; returns where, and the MLflow run that holds them if there is one."""
        run_id = self.client.create_run(EXPERIMENT, tags=dict(tags)).info.run_id
        with tempfile.TemporaryDirectory() as place:
            for name, content in files.items():
                Path(place, name).write_bytes(content)
            self.client.log_artifacts(run_id, place, "model")
        self.client.set_terminated(run_id)
        return f"runs:/{run_id}/model", run_id

    def _get(self, entry: Entry, name: str) -> bytes:
        with self._writing(), tempfile.TemporaryDirectory() as place:
            run_id = str(self.client.get_model_version(self.name, entry.version).run_id)
            return Path(self.client.download_artifacts(run_id, f"model/{name}", place)).read_bytes()


def mlflow_client(uri: str) -> "MlflowClient":
    """MLflow, imported when it is first needed, without telemetry and without its messages."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlflow import MlflowClient
    for logger in ("mlflow", "alembic"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    return MlflowClient(uri, uri)
