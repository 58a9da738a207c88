"""`make try`: one template, rendered and tried in an environment that is kept."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import rendered, tool

from scaffolder.template import catalog

tried = tool("try")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder: Path = tried.cache()
    assert folder.is_relative_to(tmp_path)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The default project of a template."""
    folder = tmp_path / "project"
    for path, (data, _) in rendered(catalog.bundled("domain-capstone")).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], catalog.names()),
        (["rag"], catalog.names()),
        (["llm-eval", "compares=prompts"], ["'compares'", "compare        retrievers, rerankers"]),
        (["llm-eval", "compare=prices"], ["'prices'", "classifiers, prompts", 'SET="question=answer ..."']),
        (["llm-eval", "prompts"], ["'prompts' is not an answer", "project_name   any text"]),
    ],
)
def test_wrong_words_get_the_list_of_right_ones(
    words: list[str], said: list[str], cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tried.main(words) == 2
    told = capsys.readouterr().err
    assert [part for part in said if part not in told] == []
    assert not cache.exists()


def test_each_step_gets_a_line_and_only_failed_ones_show_what_they_print(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tried.Outcome(True, "all is well"), tried.Outcome(False, "line 3 is wrong\n")
    assert tried.run({"mypy": lambda: good}) == 0
    assert tried.run({"mypy": lambda: good, "make test": lambda: bad}) == 1
    told = capsys.readouterr().out
    assert (told.count("passed  mypy"), told.count("FAILED  make test")) == (2, 1)
    assert told.endswith("make test failed:\nline 3 is wrong\n")
    assert "all is well" not in told


def test_the_projects_own_makefile_tests_it_in_the_kept_environment(tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    environment.mkdir()
    (environment / tried.READY).touch()
    (tmp_path / "requirements-dev.lock").touch()  # newer
    (tmp_path / "Makefile").write_text(
        "VENV := .venv\ntest: $(VENV)/.ready\n\t@echo $(VENV) $(MAKELEVEL) $$PYTHONPATH\n"
        "$(VENV)/.ready: requirements-dev.lock\n\t@echo installed anew\n"
    )
    done = tried.steps(catalog.bundled("classical-ml"), tmp_path, environment, tmp_path)["make test"]()
    assert done == tried.Outcome(True, f"{environment} 0 {tmp_path / 'src'}\n")
    (tmp_path / "Makefile").write_text("test:\n\t@echo wrong; false\n")
    done = tried.steps(catalog.bundled("classical-ml"), tmp_path, environment, tmp_path)["make test"]()
    assert (done.passed, done.output.splitlines()[0]) == (False, "wrong")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("contract = 1", "contract = 2"), "does not begin with `contract = 1`"),
        (("drift = true", "drifts = true"), "there is no capability 'drifts'"),
        (("drift = true", ""), "drift-check is unverified: scaffolder.toml does not say"),
    ],
)
def test_a_contract_that_does_not_hold_fails(project: Path, changed: tuple[str, str], said: str) -> None:
    assert tried.checked(project) == tried.Outcome(True, "")
    contract = project / "scaffolder.toml"
    text = contract.read_text()
    assert changed[0] in text
    contract.write_text(text.replace(*changed))
    found = tried.checked(project)
    assert not found.passed
    assert said in found.output


def test_an_environment_is_installed_once_however_many_ask(capsys: pytest.CaptureFixture[str]) -> None:
    def python(lock: bytes) -> Path:
        with tried.kept_environment(lock) as folder:
            found: Path = folder / "bin/python"
            assert found.exists()
            return found

    with ThreadPoolExecutor() as pool:
        same = set(pool.map(python, [b""] * 4))
    assert len(same) == 1
    assert capsys.readouterr().out.count("Installing") == 1
    same.pop().unlink()  # the Python that it links to may be gone
    python(b"")
    assert python(b"# another") not in same
    assert capsys.readouterr().out.count("Installing") == 2


def test_what_cannot_be_installed_is_said(cache: Path) -> None:
    with pytest.raises(tried.OutsideError, match="cannot be installed"), tried.kept_environment(b"not a lock\n"):
        pass


def test_what_nobody_has_used_for_long_is_removed(cache: Path) -> None:
    for name in ("old", "used", "new"):
        with tried.locked(cache / "projects" / name) as folder:
            folder.mkdir()
    long_ago = time.time() - tried.KEPT_SECONDS - 60
    for name in ("old", "used"):
        os.utime(cache / f"projects/{name}.lock", (long_ago, long_ago))
    with (cache / "projects/used.lock").open() as file:
        tried.fcntl.flock(file, tried.fcntl.LOCK_SH)
        tried.prune()
    assert {path.name for path in (cache / "projects").iterdir() if path.is_dir()} == {"used", "new"}
