"""The registry: versions and aliases, and what happens when its files are damaged, locked, moved or gone."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow.exceptions import MlflowException

import toy_model
import toy_parcels
from service import mlflow_server
from service import registry as module
from service.registry import EmbeddedRegistry, Registry, RegistryError, open_registry
from toy_model import NAME, artifact, candidate


@pytest.fixture
def made(tmp_path: Path) -> EmbeddedRegistry:
    return toy_model.registry(tmp_path / "registry")


def test_a_version_has_its_files_tags_and_aliases(made: EmbeddedRegistry) -> None:
    assert [entry.version for entry in made.versions()] == ["1", "2"]
    assert (made.alias("champion"), made.alias("challenger")) == ("1", None)
    entry = made.version("1")
    assert entry.aliases == ("champion",)
    assert entry.tags["commit"] == "b" * 40
    assert (entry.tags["rows"], entry.tags["known_until"]) == ("300", "2015-11-01")
    assert made.files("2") == (toy_model.model_file(2), toy_model.manifest())


def test_registering_a_version_again_mends_a_damaged_file(made: EmbeddedRegistry) -> None:
    toy_model.artifact(made, "2").write_bytes(b"damaged")
    assert made.register(candidate(2)) == "2"
    assert made.files("2").model == toy_model.model_file(2)


def test_the_same_files_are_registered_once(made: EmbeddedRegistry) -> None:
    assert made.register(candidate(2)) == "2"
    assert made.register(candidate(2, commit=None)) == "3"
    assert "commit" not in made.version("3").tags


def test_an_alias_moves_and_goes(made: EmbeddedRegistry) -> None:
    made.set_alias("champion", "2")
    made.set_alias("previous", "1")
    assert (made.alias("champion"), made.alias("previous")) == ("2", "1")
    for _ in range(2):  # it need not exist
        made.drop_alias("previous")
        assert made.alias("previous") is None


def test_it_says_what_mlflow_says(made: EmbeddedRegistry) -> None:
    """Versions and aliases are read from MLflow's own tables, which another MLflow could change."""
    made.register(candidate(3))
    made.set_alias("challenger", "2")
    made.client.delete_model_version(NAME, "3")
    for entry in made.versions():
        told = made.client.get_model_version(NAME, entry.version)
        assert (dict(entry.tags), sorted(entry.aliases)) == (told.tags, sorted(told.aliases))
    assert [entry.version for entry in made.versions()] == ["1", "2"]


def test_it_can_be_moved(made: EmbeddedRegistry, tmp_path: Path) -> None:
    moved = EmbeddedRegistry(NAME, made.folder.rename(tmp_path / "elsewhere"))
    assert moved.files("1").model == toy_model.model_file(1)
    moved.set_alias("champion", "2")
    assert moved.alias("champion") == "2"


def test_an_alias_moves_without_mlflow(made: EmbeddedRegistry) -> None:
    """Which takes seconds to import: a rollback does not wait for it."""
    program = (
        "import sys; from pathlib import Path; from service.registry import EmbeddedRegistry; "
        f"made = EmbeddedRegistry({NAME!r}, Path(sys.argv[1])); made.set_alias('previous', '1'); "
        "made.set_alias('champion', '2'); made.drop_alias('previous'); "
        "print(made.alias('champion'), made.alias('previous'), 'mlflow' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(made.folder)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert answer.split() == ["2", "None", "False"]


def test_reading_needs_neither_mlflow_nor_permission_to_write(made: EmbeddedRegistry) -> None:
    for path in (made.database, made.folder):
        path.chmod(0o555)
    program = (
        "import sys; from pathlib import Path; from service.registry import EmbeddedRegistry; "
        f"made = EmbeddedRegistry({NAME!r}, Path(sys.argv[1])); version = made.alias('champion'); "
        "print(version, len(made.files(version).model), 'mlflow' in sys.modules)"
    )
    try:
        command = [sys.executable, "-c", program, str(made.folder)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    finally:
        made.folder.chmod(0o755)
    assert answer.split() == ["1", str(len(toy_model.model_file(1))), "False"]


@pytest.mark.parametrize("version", ["3", "v1", "", "champion"])
def test_an_unknown_version_is_refused(made: EmbeddedRegistry, version: str) -> None:
    for ask in (made.version, made.files, lambda one: made.set_alias("champion", one)):
        with pytest.raises(RegistryError, match="it has 1, 2"):
            ask(version)
    assert made.alias("champion") == "1"


@pytest.mark.parametrize("name", ["model.onnx", "manifest.json"])
def test_a_damaged_or_lost_file_is_noticed(made: EmbeddedRegistry, name: str) -> None:
    path = artifact(made, "1", name)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(RegistryError, match=f"version 1: {name} is not the file that was registered"):
        made.files("1")
    path.unlink()
    with pytest.raises(RegistryError, match=f"version 1: {name} cannot be read: .*No such file"):
        made.files("1")


def test_a_registry_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    gone = EmbeddedRegistry(NAME, tmp_path / "registry")
    for use in (gone.versions, lambda: gone.alias("champion"), lambda: gone.set_alias("champion", "1")):
        with pytest.raises(RegistryError, match=r"registry.db does not exist; restore it .* make train"):
            use()
    assert not gone.folder.exists()


@pytest.fixture
def locked(made: EmbeddedRegistry, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedRegistry]:
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.1)
    other = sqlite3.connect(made.database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield made
    other.close()


def test_a_locked_registry_is_an_error_after_a_while(locked: EmbeddedRegistry) -> None:
    for use in (lambda: locked.alias("champion"), lambda: locked.register(candidate(2)), lambda: locked.files("1")):
        with pytest.raises(RegistryError, match=r"registry.db cannot be used: database is locked"):
            use()


def test_what_is_no_database_is_an_error(made: EmbeddedRegistry) -> None:
    made.database.write_bytes(b"no database" * 1000)
    for use in (made.versions, lambda: made.register(candidate(2))):
        with pytest.raises(RegistryError, match=r"registry.db cannot be used: file is not a database"):
            use()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MlflowException("database or disk is full")])
def test_a_full_disk_leaves_the_versions_as_they_were(
    made: EmbeddedRegistry, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(made.client, "create_model_version", fail)
    with pytest.raises(RegistryError, match=r"registry.db .*: .*(No space left|disk is full)"):
        made.register(candidate(3))
    assert [entry.version for entry in made.versions()] == ["1", "2"]


def test_the_settings_and_the_address_say_which_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = toy_parcels.settings(registry={"kind": "server", "name": NAME})
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert isinstance(open_registry(settings), EmbeddedRegistry)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "localhost")
    assert isinstance(open_registry(toy_parcels.settings()), EmbeddedRegistry)
    with pytest.raises(RegistryError, match="MLFLOW_TRACKING_URI is no address of a server, such as http"):
        open_registry(settings)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(RegistryError, match=r"the MLflow server http://127.0.0.1:9 .*refuse"):
        open_registry(settings).alias("champion")


def test_both_registries_do_the_same(made: EmbeddedRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's code against MLflow on SQLite, so without a server."""
    shutil.rmtree(made.folder / "artifacts")
    server = Registry(NAME, "http://127.0.0.1:9")
    server.uri = made.uri
    place = server.client.create_experiment("toy", made.folder.as_uri())  # the default one would use this folder
    monkeypatch.setattr(mlflow_server, "EXPERIMENT", place)
    assert server.register(candidate(3)) == "3"
    assert server.files("3").model == toy_model.model_file(3)
    server.set_alias("champion", "3")
    assert server.versions() == made.versions()
    server.drop_alias("champion")
    assert server.alias("champion") is None
