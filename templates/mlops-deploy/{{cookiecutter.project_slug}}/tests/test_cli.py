"""The commands: what they need, and how they end."""

from pathlib import Path

import pytest

from service.__main__ import COMMANDS, main


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["deploy"], "version"),
        (["monitor", "--day", "soon"], "'soon' is no day; write it as YYYY-MM-DD"),
        (["approve", "2"], "--by"),
        (["fly"], "fly"),
    ],
)
def test_wrong_use_is_explained(arguments: list[str], wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert wrong in capsys.readouterr().err


def test_each_command_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert {name for name, command in COMMANDS.items() if name not in shown or not command.__doc__} == set()


@pytest.mark.parametrize("command", [["train"], ["deploy", "1"], ["up"], ["monitor"], ["evaluate"], ["drill"]])
def test_without_settings_nothing_begins(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    assert "settings.toml does not exist" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
