"""Files are replaced all or nothing, and what Git does not have is neither replaced nor removed."""

import io
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from bench.adoption.replacing import AdoptionError, agreed
from telecom import OLD, README, SETTINGS, STAY, files, git, put, write

NEW = STAY | {"data/own.csv"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return write(tmp_path / "project", monkeypatch)


def commit() -> None:
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "start")


def test_work_that_git_does_not_have_is_not_replaced(project: Path) -> None:
    commit()
    (project / "README.md").write_text(README + "More.\n", encoding="utf-8")
    (project / "reports/metrics.json").write_text("{} ", encoding="utf-8")  # it is made again
    before = files(project)
    with pytest.raises(AdoptionError, match=r"^README\.md would be replaced.* commit them first$"):
        put()
    assert files(project) == before
    git("commit", "-qam", "mine")
    put()
    assert set(files(project)) == NEW


def test_what_git_never_had_is_not_removed_and_a_broken_git_is_no_licence(project: Path) -> None:
    git("init", "-q")
    before = files(project)
    with pytest.raises(AdoptionError, match=r"data/churn\.csv\.gz.* commit them first$"):
        put()
    (project / ".git/HEAD").write_text("broken", encoding="utf-8")
    with pytest.raises(AdoptionError, match=r"Git cannot say whether your work is safe \(fatal: "):
        put()
    assert files(project) == before


@pytest.mark.parametrize("former", ["", ".", "..", "docs", "data", "data/..", "pyproject.toml", "../kept", "/tmp"])
def test_whatever_the_settings_call_the_former_data_only_files_of_the_data_are_removed(
    project: Path, tmp_path: Path, former: str
) -> None:
    (tmp_path / "kept").write_text("", encoding="utf-8")
    (project / "reports/my notes.md").write_text("", encoding="utf-8")
    SETTINGS.write_text(OLD.replace("data/churn.csv.gz", former), encoding="utf-8")
    (project / "data/.adopting").mkdir()
    (project / "data/.adopting/removed").write_bytes(former.encode() + b"\nsrc\n\n\xff\n")
    put()
    assert set(files(project)) == NEW | {"data/churn.csv.gz", "reports/my notes.md"}
    assert (tmp_path / "kept").exists()


@pytest.mark.parametrize("name", ["data/churn.csv.gz", "reports/metrics.json"])
def test_the_owners_file_stays_wherever_it_lies(project: Path, name: str) -> None:
    put(source=project / name)
    assert set(files(project)) == NEW | {name}


@pytest.mark.parametrize(("said", "answer"), [("y\n", True), (" YES\n", True), ("no\n", False), ("", False)])
def test_it_asks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str, answer: bool) -> None:
    terminal = io.StringIO(said)
    monkeypatch.setattr("sys.stdin", terminal)
    with pytest.raises(AdoptionError, match="YES=1"):
        agreed("Shown.\n", False)
    assert agreed("Shown \x1b]0;x\x07\r.\n", True)
    assert capsys.readouterr().out == "Shown.\nShown ?]0;x??.\n"
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    assert agreed("Shown.\n", False) == answer
    assert capsys.readouterr().out == "Shown.\nWrite this? [y/N] " + ("" if answer else "Nothing was written.\n")


@pytest.mark.parametrize("stop", range(1, 7))
def test_after_a_kill_the_old_state_works_or_a_second_run_finishes(
    project: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    commit()
    before, moved, move = files(project), 0, os.replace

    def killed(*paths: Path) -> None:
        nonlocal moved
        moved += 1
        if moved == stop:
            raise KeyboardInterrupt
        move(*paths)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            put()
    for name in ("settings.toml", "data/churn.csv.gz"):  # the settings come last, and describe data that are there
        assert files(project)[name] == before[name]
    put()
    assert set(files(project)) == NEW
    assert "We lose 300 a month." in (project / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("stop", range(1, 6))
def test_what_a_kill_left_to_remove_is_removed_by_a_second_run(
    project: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    removed, unlink = 0, Path.unlink

    def killed(path: Path | str, missing_ok: bool = False, **more: Any) -> None:
        nonlocal removed
        removed += Path(path).parent.name != ".adopting"  # where files are for a moment only
        if removed == stop:
            raise KeyboardInterrupt
        unlink(Path(path), missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            put()
    assert b"day = 0" in SETTINGS.read_bytes()
    put()
    assert set(files(project)) == NEW
