"""`scaffolder contract`: what is in a repository is declared with its place, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Outcome, rendered

from scaffolder.check.contract import CAPABILITIES, PATH, contract
from scaffolder.check.draft import draft
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.formats.toml import load_toml
from scaffolder.template import catalog

Run = Callable[..., Outcome]
METRICS = {
    "metrics": [{"name": "mae", "value": 4.5, "higher_is_better": False}],
    "slices": [{"name": "north", "n": 12, "metric": "mae", "value": 5}],
}
FILES = {
    "README.md": b"# Sea\n\n<!-- measured:results -->\n\n| metric | value |\n| - | - |\n| MAE | 4.5 |\n\n<!-- /measured:results -->\n",
    "app/main.py": b"import os\nfrom fastapi import FastAPI\n",
    "tests/test_main.py": b"import evidently\n",
    "docker/Dockerfile": b"FROM python\n",
    "models/tide.onnx": b"\x08",
    "data/tides.csv": b"hour,level\n1,2\n",
    "reports/metrics.json": json.dumps(METRICS).encode(),
    "reports/predictions.csv": b"station,actual,predicted\na,1,2\n",
}


def drafted(files: dict[str, bytes]) -> tuple[str, Repository]:
    """The draft for these files, and the repository with it."""
    text = draft(Repository(Snapshot.of_files(files)))
    return text, Repository(Snapshot.of_files({**files, PATH: text.encode()}))


def test_what_was_found_is_declared_with_its_place() -> None:
    text, repo = drafted(FILES)
    found = contract(repo)
    assert found
    assert not repo.snapshot.notes
    assert set(found.capabilities) == set(CAPABILITIES) - {"latency", "drift"}, "tests do not count as the project"
    assert found.id == "station"
    assert found.blocks == {"README.md": ("results",)}
    for place in (
        "serves = true  # found: app/main.py:2 imports fastapi",
        "container = true  # found: docker/Dockerfile",
        "model = true  # found: models/tide.onnx",
        "# latency = true  # not found: ",
    ):
        assert f"\n{place}" in text


def test_of_an_empty_repository_nothing_is_declared() -> None:
    text, repo = drafted({"README.md": b"# Nothing\n"})
    found = contract(repo)
    assert found
    assert (dict(found.capabilities), found.id, dict(found.blocks)) == ({}, "", {})
    assert text.count("# not found: ") == len(CAPABILITIES)


@pytest.mark.parametrize("name", catalog.names())
def test_a_generated_repository_is_understood_without_its_contract(name: str) -> None:
    files = {path: data for path, (data, _) in rendered(catalog.bundled(name)).items()}
    own = contract(Repository(Snapshot.of_files(files)))
    _, repo = drafted({path: data for path, data in files.items() if path != PATH})
    found = contract(repo)
    assert own
    assert found
    for capability in ("model", "serves", "container"):
        assert found.capabilities.get(capability) == own.capabilities[capability], capability
    assert set(own.blocks.get("README.md", ())) <= set(found.blocks["README.md"])


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_name_of_a_stranger_leaves_its_comment_or_its_text(column: str, name: str) -> None:
    files = {
        "reports/predictions.csv": f"{column}\n1\n".encode("utf-8", "surrogatepass"),
        f"{name}/Dockerfile".replace("\0", ""): b"FROM python\n",
    }
    text = draft(Repository(Snapshot.of_files(files)))
    found = load_toml(text)
    assert set(found) <= {"contract", "id", "capabilities"}
    assert set(found.get("capabilities", {})) <= set(CAPABILITIES)


def test_the_command_prints_writes_once_and_overwrites_nothing(tmp_path: Path, scaffolder: Run) -> None:
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    printed = scaffolder("contract", tmp_path)
    assert printed.code == 0
    assert not (tmp_path / PATH).exists()
    written = scaffolder("contract", tmp_path, "--write")
    assert written.code == 0
    assert (tmp_path / PATH).read_text() == printed.out
    again = scaffolder("contract", tmp_path, "--write")
    assert again.code == 2
    assert "already" in again.err
    assert (tmp_path / PATH).read_text() == printed.out
    assert scaffolder("contract", tmp_path / "nowhere").code == 2
    rated = json.loads(scaffolder("check", tmp_path, "--format", "json").out)["reports"][0]
    assert rated["score"] is not None
