"""The command line says in one sentence what is wrong, and sets the exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from predictor.__main__ import STEPS, main


@pytest.mark.parametrize("step", sorted(set(STEPS) - {"serve", "load"}))
def test_outside_a_repository_there_is_one_sentence(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([step]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_unusable_settings_name_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "settings.toml").write_text("[problem]\nname = 1\n")
    assert main(["train"]) == 2
    assert "settings.toml: problem.name" in capsys.readouterr().err


def test_a_mistake_in_the_code_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        raise ValueError("a bug")

    monkeypatch.setitem(STEPS, "train", broken)
    with pytest.raises(ValueError, match="a bug"):
        main(["train"])
