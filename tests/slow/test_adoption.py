"""`make adopt` on files as strangers export them, each from a fresh project to a green one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from adoption_files import KINDS, TO_PARQUET, Kind
from projects import Project, generate, pythons, run
from selection import picked

pytestmark = pytest.mark.template("classical-ml")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project without data, whose environment the others borrow."""
    python = list(pythons().values())[-1]
    project = generate(tmp_path_factory.mktemp("adoption"), "classical-ml", python, use_case="own")
    project.make("setup")
    return project


@pytest.fixture
def fresh(installed: Project, tmp_path: Path) -> Iterator[Project]:
    project = generate(tmp_path, "classical-ml", installed.python, use_case="own")
    (project.path / ".venv").symlink_to(installed.path / ".venv")
    yield project
    (project.path / ".venv").unlink()


def put(kind: Kind, project: Project, folder: Path) -> Path:
    path = folder / kind.name
    kind.write(path, kind.rows())
    if path.suffix == ".parquet":
        table = path.rename(path.with_suffix(".csv"))
        run(project.path / ".venv/bin/python", "-c", TO_PARQUET, table, path, cwd=folder)
    return path


def test_without_data_each_step_names_the_command(installed: Project) -> None:
    assert "make adopt DATA=path/to/file.csv TARGET=column" in installed.make("demo", code=2)
    installed.make("test", "lint")


@pytest.mark.parametrize("kind", picked(KINDS, 2, "classical-ml"), ids=lambda kind: kind.name)
def test_own_data_in_three_commands(kind: Kind, fresh: Project, tmp_path: Path) -> None:
    before = snapshot(fresh)
    words = [f"{key}={value}" for key, value in {"TARGET": "missed", "YES": "1", **kind.words}.items()]
    said = fresh.make("adopt", f"DATA={put(kind, fresh, tmp_path)}", *words, code=2 if kind.refused else 0)
    assert kind.says in said
    assert "Traceback" not in said
    if kind.refused:
        assert snapshot(fresh) == before
        return
    fresh.make("demo", "test")
    for document in ["README.md", "MODEL_CARD.md"]:
        text = fresh.read(document)
        assert not re.search(r"telco|telecom|IBM|churn", text, re.IGNORECASE)
        assert text.count("Not measured yet") <= 1  # the latency, which `make load` measures


def snapshot(project: Project) -> dict[Path, bytes]:
    files = (path for path in project.path.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if not {".venv", ".git", "__pycache__"} & {*path.parts}}
