"""The command line: exit codes, and one sentence instead of a traceback."""

import json
from pathlib import Path

import pytest

from capstone.__main__ import STEPS, main
from capstone.settings import load_settings

MORE_THAN_POSSIBLE = "\n[gates]\naccepted = 1.5\n"


def test_the_steps_of_the_demo(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    said = capsys.readouterr().out
    assert "cases are valid" in said
    assert f"Gain over {load_settings().problem.rule}" in said
    assert "request_id" not in said, "the log lines of the answers that were timed"
    latency = json.loads(Path("reports/latency.json").read_text(encoding="utf-8"))
    assert 0 < latency["p50"] <= latency["p95"]
    assert "demo reviews at /review with this token" in said
    assert not Path("var/audit.db").exists(), "they are nobody's cases"


def test_a_failed_gate_is_1_and_is_told_after_the_reports_are_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = project / "settings.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + MORE_THAN_POSSIBLE, encoding="utf-8")
    assert main(["evaluate"]) == 1
    said = capsys.readouterr()
    assert "Gate failed: accepted is" in said.err
    assert said.out.endswith("Nothing to rewrite.\n")
    gates = json.loads(Path("reports/metrics.json").read_text(encoding="utf-8"))["gates"]
    assert [gate["passed"] for gate in gates] == [False]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text + "\n[gates]\ncharm = 1\n", "'charm' is not measured"),
        (lambda text: text + "\n[[broken", "is not valid TOML"),
        (lambda text: text.replace("[problem]", "[problem]\nmood = 1", 1), "settings.toml: problem.mood: Extra inputs"),
    ],
)
def test_wrong_settings_are_2_and_one_sentence(
    project: Path, capsys: pytest.CaptureFixture[str], change: object, said: str
) -> None:
    settings = project / "settings.toml"
    settings.write_text(change(settings.read_text(encoding="utf-8")), encoding="utf-8")  # type: ignore[operator]
    assert main(["evaluate"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_outside_a_project_is_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["data"]) == 2
    assert "settings.toml does not exist" in capsys.readouterr().err


def test_no_step_is_2() -> None:
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2


def test_every_step_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in STEPS)
