"""`scaffolder contract`: what is in a repository is declared with its place, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Outcome

from scaffolder.check.contract import PATH, contract
from scaffolder.check.draft import draft
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.formats.toml import load_toml

Run = Callable[..., Outcome]
FILES = {
    "README.md": b"# Sea\n",
    "docker/Dockerfile": b"FROM python\n",
    "models/tide.onnx": b"\x08",
    "data/tides.csv": b"hour,level\n1,2\n",
    "reports/metrics.json": b'{"metrics": [{"name": "mae", "value": 4.5, "higher_is_better": false}]}',
    "reports/predictions.csv": b"station,actual,predicted\na,1,2\n",
}


@pytest.mark.parametrize(
    ("files", "declared"),
    [(FILES, {"measures", "predictions", "columns", "model", "container"}), ({"README.md": b"# Nothing\n"}, set())],
)
def test_what_a_file_shows_is_declared_with_its_place_and_nothing_else(
    files: dict[str, bytes], declared: set[str]
) -> None:
    text = draft(Repository(Snapshot.of_files(files)))
    repo = Repository(Snapshot.of_files({**files, PATH: text.encode()}))
    found = contract(repo)
    assert found
    assert not repo.snapshot.notes
    assert set(found.capabilities) == declared
    assert ("\ncontainer = true  # found: docker/Dockerfile\n" in text) == bool(declared)
    assert "\n# serves = true  # if a service answers requests\n" in text


@given(st.text(st.characters(exclude_characters="\0/"), max_size=80))
def test_no_name_of_a_stranger_leaves_its_comment(name: str) -> None:
    content = load_toml(draft(Repository(Snapshot.of_files({f"a{name}/Dockerfile": b"FROM python\n"}))))
    assert content == {"contract": 1, "capabilities": {"container": True}}


def test_the_command_prints_writes_once_and_overwrites_nothing(tmp_path: Path, scaffolder: Run) -> None:
    (tmp_path / "Dockerfile").write_bytes(b"FROM python\n")
    printed = scaffolder("contract", tmp_path)
    assert (printed.code, (tmp_path / PATH).exists()) == (0, False)
    assert scaffolder("contract", tmp_path, "--write").code == 0
    assert (tmp_path / PATH).read_text() == printed.out
    again = scaffolder("contract", tmp_path, "--write")
    assert (again.code, "already" in again.err) == (2, True)
    assert (tmp_path / PATH).read_text() == printed.out
    assert scaffolder("contract", tmp_path / "nowhere").code == 2
