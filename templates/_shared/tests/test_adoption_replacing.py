"""Files are replaced all or nothing, and what Git does not have is neither replaced nor removed."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from any_package.adoption.replacing import AdoptionError, agreed
from telecom import OLD, README, SETTINGS, STAY, files, git, put, write

NEW = STAY | {"data/own.csv"}
STEPS = 14  # that change a file: 5 are written beside, 5 put in their places, 4 removed


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


def test_what_git_is_told_to_ignore_is_not_replaced(project: Path) -> None:
    git("init", "-q")
    (project / ".git/info/exclude").write_text("README.md\ndata/\n", encoding="utf-8")
    git("add", "-A")
    git("commit", "-qm", "start")
    with pytest.raises(AdoptionError, match=r"README\.md, .*data/churn\.csv\.gz.* commit them first$"):
        put()


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


def put_until(at: int, error: BaseException, *, dead: bool = False) -> None:
    """Adopt data, but step number `at` fails with the error; if the process is `dead`, all later ones do, too."""
    count = 0

    def failing(step: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == at or (dead and count > at):
                raise error
            return step(*arguments, **named)

        return wrapped

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((Path, "write_bytes"), (Path, "replace"), (Path, "unlink"), (shutil, "rmtree")):
            patch.setattr(owner, name, failing(getattr(owner, name)))
        put()


@pytest.mark.parametrize("at", range(1, STEPS + 1))
def test_if_a_step_fails_all_is_as_it_was(project: Path, at: int) -> None:
    before = files(project)
    with pytest.raises(AdoptionError, match=r"^reports/x: No, so nothing was changed$"):
        put_until(at, PermissionError(13, "No", "reports/x"))
    assert files(project) == before
    with pytest.raises(AdoptionError, match=r"^data/\.adopting: Full, so"):
        put_until(at, OSError(28, "Full"))
    assert files(project) == before
    with pytest.raises(KeyboardInterrupt):
        put_until(at, KeyboardInterrupt())
    assert files(project) == before


@pytest.mark.parametrize("at", range(1, STEPS + 2))
def test_after_a_kill_the_settings_are_the_old_ones_or_all_is_new_and_a_second_run_finishes(
    project: Path, at: int
) -> None:
    commit()
    with pytest.raises(KeyboardInterrupt):
        put_until(at, KeyboardInterrupt(), dead=True)
    if SETTINGS.read_text(encoding="utf-8") != OLD:
        assert {name for name in files(project) if ".adopting" not in name} == NEW
    put()
    assert set(files(project)) == NEW
    assert "We lose 300 a month." in (project / "README.md").read_text(encoding="utf-8")


def test_what_the_owner_wrote_after_a_kill_is_not_replaced(project: Path) -> None:
    commit()
    with pytest.raises(KeyboardInterrupt):
        put_until(STEPS, KeyboardInterrupt(), dead=True)
    SETTINGS.write_text(f"{OLD}# mine\n", encoding="utf-8")
    with pytest.raises(AdoptionError, match=r"^settings\.toml would be replaced"):
        put()
