"""The command line: an answer, and what is loaded for which step."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant import __main__, wiring
from assistant.settings import Settings
from assistant.stores.base import Index
from toy import open_toy
from toy_assistant import make_current
from toy_benchmark import LINES, repository


@pytest.fixture(autouse=True)
def _ready(settings: Settings, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    make_current(settings, index)
    monkeypatch.setattr(__main__, "load_settings", lambda: settings)
    monkeypatch.setattr(wiring, "open_index", open_toy)
    monkeypatch.delenv("ASSISTANT_LLM_URL", raising=False)


def test_an_answer_with_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["ask", "How long is a book lent?"]) == 0
    said = capsys.readouterr().out
    assert "A book is lent for four weeks. A film is lent for one week. [1]" in said
    assert "\n[1] Loans > Periods (guides/loans)\nFurther sources:\n  " in said
    assert __main__.main(["ask", "Who won the match yesterday evening?"]) == 0
    assert "I found no passage that answers this question.\n\nNearest passages:\n  " in capsys.readouterr().out
    for question in ("?", ""):
        assert __main__.main(["ask", question]) == 2
        assert "Error: the question is empty" in capsys.readouterr().err


def test_a_benchmark_too_small_to_measure_fails_no_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = repository(tmp_path, LINES[:1])
    monkeypatch.setattr(__main__, "load_settings", lambda: settings)
    monkeypatch.chdir(tmp_path)
    Path("scaffolder.toml").write_text("[blocks]\n", encoding="utf-8")
    assert __main__.main(["evaluate"]) == 0
    assert "the benchmark has 1 question so far" in capsys.readouterr().out


def test_a_file_of_variables_in_another_encoding_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("A=b", encoding="utf-16")
    assert __main__.main(["ask"]) == 2
    assert capsys.readouterr().err == "Error: .env is not UTF-8 text; save it as UTF-8\n"


def test_what_takes_long_to_load_is_loaded_by_what_needs_it() -> None:
    program = """if True:
        import sys, assistant.__main__
        assert "numpy" not in sys.modules  # OMP_NUM_THREADS has to be set before
        import assistant.serving.app
        assert not {"openai", "matplotlib"} & set(sys.modules)"""
    subprocess.run([sys.executable, "-c", program], cwd=Path(__main__.__file__).parents[1], check=True)
