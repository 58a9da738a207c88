"""The commands: what they need, and how they end."""

from datetime import date
from pathlib import Path

import pytest

import toy_parcels as toy
from service import __main__, registry
from service.__main__ import main
from service.monitoring import watch
from watched import Shelf


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


@pytest.mark.parametrize("command", [["train"], ["deploy", "1"], ["up"], ["monitor"], ["evaluate"], ["drill"]])
def test_without_settings_nothing_begins(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    assert "settings.toml does not exist" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("alerts", "code"), [((), 0), (("calibration",), 1)])
def test_monitor_ends_with_1_while_an_alarm_is_open(
    alerts: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(__main__, "load_settings", toy.settings)
    monkeypatch.setattr(watch, "monitor", lambda _, day: watch.Result(False, alerts, f"{day}: measured."))
    assert main(["monitor", "--day", "2024-04-01"]) == code
    assert capsys.readouterr().out == "2024-04-01: measured.\n"


def test_train_takes_the_first_candidate_unless_one_is_named_and_says_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, shelf = toy.put(tmp_path), Shelf(aliases={"champion": "2"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(__main__, "load_settings", lambda: settings)
    monkeypatch.setattr(registry, "open_registry", lambda _: shelf)
    for options, next_step in (
        ([], "Registered version 1. Release it: make deploy VERSION=1\n"),
        (["--candidate", "boosting", "--until", "2024-04-01"], "Registered version 2. It is the champion already.\n"),
    ):
        assert main(["train", *options]) == 0
        assert capsys.readouterr().out == next_step
    assert [(one.manifest.candidate, one.manifest.known_until) for one in shelf.kept] == [
        ("logistic", date(2024, 3, 16)),
        ("boosting", date(2024, 4, 1)),
    ]
