"""How a command ends: with the right exit code, and without a traceback where its input is to blame."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import typer

from any_package.exits import exit_code, gate_code
from any_package.reporting.metrics import ReportError


def raising(error: BaseException) -> Callable[[], int]:
    def step() -> int:
        raise error

    return step


@pytest.mark.parametrize("code", [0, 1])
def test_a_step_says_how_it_ended(code: int) -> None:
    assert exit_code(lambda: code) == code


@pytest.mark.parametrize(("failures", "code"), [([], 0), (["brier is 0.3.", "roc_auc is 0.5."], 1)])
def test_each_failed_gate_is_told(failures: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert gate_code(failures) == code
    assert capsys.readouterr().err == "".join(f"Gate failed: {sentence}\n" for sentence in failures)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ReportError("no metric 'f1'"), "no metric 'f1'"),
        (PermissionError(13, "Permission denied", "a.csv"), "Permission denied: 'a.csv'"),
        (OSError("full"), "full"),
    ],
)
def test_bad_input_is_told_in_one_sentence(error: Exception, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(raising(error)) == 2
    assert capsys.readouterr().err == f"Error: {sentence}\n"


@pytest.mark.parametrize("error", [ValueError("of another package"), KeyError("x")])
def test_a_bug_keeps_its_traceback(error: Exception) -> None:
    with pytest.raises(type(error)):
        exit_code(raising(error))


def test_ctrl_c_is_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


@pytest.mark.parametrize("words", [["-x"], ["further"]])
def test_a_wrong_word_is_told_in_one_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    app = typer.Typer(rich_markup_mode=None)
    app.command()(lambda: None)
    assert exit_code(lambda: int(app(words, standalone_mode=False) or 0)) == 2
    said = capsys.readouterr().err
    assert (said.startswith("Error: "), said.count("\n")) == (True, 1)
