"""The versions of the model, and the aliases that say which of them serves: MLflow's model registry.

MLflow registers the versions; it takes seconds to import, so this code reads its tables and moves the aliases itself. A
service that looks at its alias each second then needs neither MLflow nor a registry that can be written: a copy in an
image will do. And a rollback does not wait for MLflow.
"""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from .mlflow_server import HASHES, TRACKING_URI, Entry, Files, Registry, RegistryError, mlflow_client
from .settings import Settings

__all__ = ["EmbeddedRegistry", "Entry", "Files", "Registry", "RegistryError", "open_registry"]

REGISTRY = Path("registry")
LOCK_SECONDS = 5.0

VERSIONS = """
SELECT version,
  (SELECT json_group_object(key, value) FROM model_version_tags AS t WHERE (t.name, t.version) = (v.name, v.version)),
  (SELECT json_group_array(alias) FROM registered_model_aliases AS a WHERE (a.name, a.version) = (v.name, v.version))
FROM model_versions AS v
WHERE name = ? AND current_stage <> 'Deleted_Internal'
ORDER BY version
"""


class EmbeddedRegistry(Registry):
    """MLflow on SQLite, in a folder that can be moved: registry.db and artifacts/."""

    def __init__(self, name: str, folder: Path = REGISTRY) -> None:
        self.name, self.folder, self.database = name, folder, folder / "registry.db"
        self.where, self.uri = str(self.database), f"sqlite:///{self.database.absolute()}"

    def versions(self) -> list[Entry]:
        with self._open("ro") as database:
            found = database.execute(VERSIONS, [self.name]).fetchall()
        return [Entry(str(one), json.loads(tags), tuple(sorted(json.loads(names)))) for one, tags, names in found]

    def set_alias(self, name: str, version: str) -> None:
        self.version(version)
        with self._open("rw") as database:
            database.execute(
                "INSERT OR REPLACE INTO registered_model_aliases(name, alias, version) VALUES (?, ?, ?)",
                [self.name, name, int(version)],
            )

    def drop_alias(self, name: str) -> None:
        with self._open("rw") as database:
            database.execute("DELETE FROM registered_model_aliases WHERE (name, alias) = (?, ?)", [self.name, name])

    @contextmanager
    def _open(self, mode: str) -> Iterator[sqlite3.Connection]:
        if not self.database.is_file():
            raise RegistryError(
                f"{self.where} does not exist; restore it from a backup or, if it is new, train a model: make train"
            )
        address = f"{self.database.absolute().as_uri()}?mode={mode}"
        with (
            super()._writing(),
            closing(sqlite3.connect(address, timeout=LOCK_SECONDS, isolation_level=None, uri=True)) as database,
        ):
            yield database

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with super()._writing():
            if self.database.exists():
                with self._open("rw") as database:
                    database.execute("BEGIN IMMEDIATE")  # MLflow itself would wait 20 s for a lock
            else:
                self._create()
            yield

    def _create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".new-") as place:  # it takes MLflow seconds to fill
            new = Path(place, "registry.db").absolute()
            mlflow_client(f"sqlite:///{new}").search_registered_models()
            new.rename(self.database)

    def _put(self, files: Mapping[str, bytes], tags: Mapping[str, str]) -> tuple[str, str | None]:
        place = self._place(tags)
        place.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            new = place / f".{name}.{os.getpid()}"  # readable for others, as a service in a container is
            new.write_bytes(content)
            new.replace(place / name)
        return place.relative_to(self.folder).as_posix(), None

    def _repair(self, files: Mapping[str, bytes], tags: Mapping[str, str]) -> None:
        self._put(files, tags)

    def _get(self, entry: Entry, name: str) -> bytes:
        return (self._place(entry.tags) / name).read_bytes()

    def _place(self, tags: Mapping[str, str]) -> Path:
        """A folder named after its content, so that writing it twice does no harm."""
        return self.folder / "artifacts" / "-".join(tags[tag][:12] for tag in HASHES)


def open_registry(settings: Settings) -> Registry:
    """The registry that settings.toml names. Without the address of a server, it is the embedded one: a rehearsal."""
    uri = os.environ.get(TRACKING_URI)
    if settings.registry.kind == "server" and uri:
        return Registry(settings.registry.name, uri)
    return EmbeddedRegistry(settings.registry.name)
