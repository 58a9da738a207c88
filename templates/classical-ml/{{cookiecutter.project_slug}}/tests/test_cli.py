"""The command line says in one sentence what is wrong, and sets the exit code."""

import shutil
from pathlib import Path

import pytest

import toy
from predictor import __main__
from predictor.__main__ import STEPS, main
from predictor.reporting.metrics import METRICS, read_json
from predictor.serving import latency
from predictor.serving.latency import LATENCY
from predictor.settings import NO_DATA, Settings, load_settings
from toy import Project
from toy_target import SECTIONS, TARGET

Capture = pytest.CaptureFixture[str]
PROBLEM = toy.toml({"problem": SECTIONS["problem"]}) + "\n"


@pytest.mark.parametrize("step", [one for one in STEPS if one != "demo"])  # which says its first step before
def test_outside_a_repository_there_is_one_sentence(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([step]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("step", [one for one in STEPS if one not in ("serve", "site")])  # they need a model first
def test_without_data_each_step_names_the_one_that_brings_them(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    assert main([step]) == 2
    assert capsys.readouterr().err == f"Error: {NO_DATA}\n"
    assert "scaffolder adopt --data" in NO_DATA


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[problem]\ntarget = ", "settings.toml is not valid TOML: "),
        ('[problem]\nname = "x"', "settings.toml: problem.target: Field required"),
        (f"{PROBLEM}label = 1", "settings.toml: problem.label: Extra inputs are not permitted"),
        (f'{PROBLEM}[data]\nfile = "x"\n[columns]', "settings.toml: columns: "),
        (
            f'{PROBLEM}[data]\nfile = "x"\n[columns]\nage = "colour"',
            "settings.toml: columns.age.kind: ",
        ),
        (
            f'{PROBLEM}[data]\nfile = "x"\ntest_share = 1\n[columns]\na = "numeric"',
            "data.test_share: ",
        ),
    ],
)
def test_unusable_settings_name_the_key(
    text: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    assert main(["train"]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_what_is_left_out_of_the_settings_has_a_default(tmp_path: Path) -> None:
    text = f'{PROBLEM}[data]\nfile = "x"\n[columns]\nage = "numeric"\n'
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    found = load_settings(tmp_path / "settings.toml")
    assert (found.title, found.training.folds) == (TARGET.capitalize(), 5)
    assert found.names("numeric") == ["age"]
    assert found == Settings.model_validate(found.model_dump())


def run(folder: Path, chosen: Settings, *steps: str) -> list[int]:
    (folder / "settings.toml").write_text(toy.toml(chosen.model_dump(exclude_none=True)), encoding="utf-8")
    with toy.few_resamples(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(latency, "ANSWERS", 20)
        return [main([step]) for step in steps]


def test_each_step_says_what_it_did(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scaffolder.toml").write_text("[blocks]\n", encoding="utf-8")
    toy.put(tmp_path, toy.table())
    assert run(tmp_path, project.settings, "data", "train", "evaluate", "report") == [0] * 4
    said = capsys.readouterr().out
    assert "data/toy.csv.gz: 400 rows are valid; 240 train, 80 validation, 80 test." in said
    assert "(served)" in said
    assert "Scores on the test rows, with 95% intervals:" in said
    assert said.endswith("Nothing to rewrite.\n")
    taken = read_json(LATENCY)
    assert 0 < taken["p50"] <= taken["p95"]
    assert "request_id" not in said, "the log lines of the answers that were timed"


@pytest.mark.parametrize("steps", [("evaluate", "report"), ("demo",)])
def test_a_failed_gate_is_exit_code_1_and_can_be_reported(
    steps: tuple[str, ...], project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    folder = Path(shutil.copytree(project.folder, tmp_path / "copy"))
    monkeypatch.chdir(folder)
    (folder / "scaffolder.toml").write_text('[blocks]\n"README.md" = ["gates"]\n', encoding="utf-8")
    (folder / "README.md").write_text("<!-- measured:gates -->\n<!-- /measured:gates -->\n", encoding="utf-8")
    (folder / METRICS).unlink()
    refusing = project.settings.model_copy(update={"gates": {"expected_cost": -1.0}})
    assert run(folder, refusing, *steps) == [1, 0][: len(steps)]
    said = capsys.readouterr()
    assert said.err.startswith("Gate failed: expected_cost is ")
    assert said.err.endswith("but the gate asks for at most -1.\n")
    assert "**1 of 1 gate failed.**" in (folder / "README.md").read_text(encoding="utf-8")


def test_a_mistake_in_the_code_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Settings:
        raise ValueError("a bug")

    monkeypatch.setattr(__main__, "load_settings", broken)
    with pytest.raises(ValueError, match="a bug"):
        main(["train"])
