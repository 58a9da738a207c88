"""The command line says in one sentence what is wrong, and its exit code tells a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.__main__ import STEPS, filters, main
from assistant.serving.app import Config
from assistant.settings import OVERRIDES, PREFIX

ROOT = Path(__file__).parents[1]
NEEDS = {"ask": ["Why?"], "search": ["Why?"]}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("step", sorted(STEPS))
def test_outside_a_repository_there_is_one_sentence(
    step: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([step, *NEEDS.get(step, [])]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Error: settings.toml does not exist")
    assert said.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_unusable_settings_name_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "settings.toml").write_text("[corpus]\ntitle = 1\n")
    assert main(["ingest"]) == 2
    assert "settings.toml: corpus.title" in capsys.readouterr().err


def test_the_environment_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_STORE", "")
    monkeypatch.delenv("ASSISTANT_STORE")
    (tmp_path / ".env").write_text("ASSISTANT_STORE=oracle\n")
    (tmp_path / "settings.toml").write_text('[corpus]\ntitle = "x"\n[answering]\nabstain_below = 0.5\n')
    assert main(["tune"]) == 2
    assert "ASSISTANT_STORE" in capsys.readouterr().err


def test_a_mistake_in_the_code_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise ValueError("a bug")

    monkeypatch.setitem(STEPS, "tune", broken)
    with pytest.raises(ValueError, match="a bug"):
        main(["tune"])


def test_filters_of_one_field_are_alternatives() -> None:
    pairs = [("kind", "topics"), ("python", "3.13"), ("kind", "modules")]
    assert filters(pairs) == {"kind": ["topics", "modules"], "python": ["3.13"]}


@pytest.mark.parametrize("text", ["kind", "=x", "kind=", ""])
def test_a_filter_has_a_field_and_a_value(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["ask", "Why?", "--where", text])
    assert "write field=value" in capsys.readouterr().err


def test_the_example_environment_file_names_every_variable() -> None:
    listed = re.findall(r"^(?:# )?(ASSISTANT_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    fields = {PREFIX + name.upper() for name in Config.model_fields}
    code = "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    named = set(re.findall(r'"(ASSISTANT_\w+_(?:URL|KEY))"', code))
    assert sorted(listed) == sorted(fields | named | {PREFIX + name for name in OVERRIDES})
