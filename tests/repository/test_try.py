"""`make try`: one template, rendered and tried in an environment that is kept."""

from __future__ import annotations

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
