"""After a kill at any moment of `make adopt`, the old state works or a second run finishes."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from former import NEW, files, git, own_file, use, write
from predictor.adoption import documents
from predictor.settings import load_settings


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return write(tmp_path / "project", monkeypatch)


@pytest.mark.parametrize("stop", range(1, 7))
def test_after_a_kill_the_old_state_works_or_a_second_run_finishes(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "start")
    source, before, moved, move = own_file(tmp_path), files(project), 0, os.replace

    def killed(*paths: Path) -> None:
        nonlocal moved
        moved += 1
        if moved == stop:
            raise KeyboardInterrupt
        move(*paths)

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        use(source)
    monkeypatch.undo()
    os.chdir(project)
    monkeypatch.setattr(documents, "OWN", project / "own.md")
    for name in ("settings.toml", "data/churn.csv.gz"):  # the settings come last, and describe data that are there
        assert files(project)[name] == before[name]
    use(source)
    assert set(files(project)) == NEW
    assert "We lose 300 a month." in (project / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("stop", range(1, 5))
def test_what_a_kill_left_to_remove_is_removed_by_a_second_run(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    source, removed, unlink, rmtree = own_file(tmp_path), 0, Path.unlink, shutil.rmtree

    def killed(path: Path | str, missing_ok: bool = False, **more: Any) -> None:
        nonlocal removed
        if isinstance(path, str):  # a temporary folder
            rmtree(path, **more)
            return
        removed += not path.is_absolute() and path.parent.name != ".adopting"  # where files are for a moment only
        if removed == stop:
            raise KeyboardInterrupt
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        patch.setattr("shutil.rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            use(source)
    assert load_settings().problem.target == "late"
    use(source)
    assert set(files(project)) == NEW
