"""An experiment is measured beside the champion, on outcomes from before its training day, and says what is wrong."""

import shutil
from contextlib import chdir
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import toy_parcels as toy
from service import __main__, bootstrap, data, training
from service.registry import open_registry
from service.reporting.metrics import read_json
from service.settings import Settings

UNTIL = date(2024, 4, 1)
RESULTS, TRIED = Path("reports/experiments.json"), Path("experiments/tried.toml")
SAME = '[training.candidates.again]\nalgorithm = "logistic_regression"\n'


@pytest.fixture(scope="module")
def champion(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Settings]:
    """A folder whose first version is the champion."""
    folder = tmp_path_factory.mktemp("champion")
    with chdir(folder):
        settings = toy.put(folder)
        registry = open_registry(settings)
        registry.set_alias("champion", registry.register(training.train(settings, until=UNTIL, candidate="logistic")))
    return folder, settings


@pytest.fixture
def settings(champion: tuple[Path, Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    folder, found = champion
    monkeypatch.chdir(shutil.copytree(folder, tmp_path / "project"))
    monkeypatch.setattr(bootstrap, "RESAMPLES", 100)
    monkeypatch.setattr(__main__, "load_settings", lambda: found)
    for name in ("docs", "experiments"):
        Path(name).mkdir()
    shutil.copy(toy.ROOT / "docs/experiments.md", "docs/experiments.md")
    return found


def measured(text: str, sql: str | None = None) -> dict[str, Any]:
    put(text, sql)
    assert __main__.main(["experiment", "tried"]) == 0
    found: dict[str, Any] = read_json(RESULTS)["tried"]
    return found


def put(text: str, sql: str | None = None) -> None:
    TRIED.write_text(text, encoding="utf-8")
    if sql is not None:
        TRIED.with_suffix(".sql").write_text(sql, encoding="utf-8")


def test_the_champions_recipe_under_another_name_gains_nothing(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    found = measured(SAME)
    assert (found["gain"], found["ci95"]) == (0, [0, 0])
    gate = training.brier(open_registry(settings).files("1").manifest)
    assert next(iter(found["measures"])) == "Brier score"
    assert found["measures"]["Brier score"] == pytest.approx([gate, gate], abs=1e-4)
    assert "docs/decisions/0001-tried.md" in capsys.readouterr().out
    assert "no clear difference" in Path("docs/experiments.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("settings")
def test_inputs_that_are_left_out_are_missed() -> None:
    found = measured('[[features]]\nname = "speed"\nkind = "categorical"\nexample = "A"\n')
    assert found["ci95"][1] < 0
    served, tried = found["measures"]["Brier score"]
    assert served - tried == pytest.approx(found["gain"], abs=1e-5)


@pytest.mark.usefixtures("settings")
def test_a_question_beside_it_gives_the_rows() -> None:
    assert measured("", toy.JOIN.replace("'-7 days'", "'-2 days'"))["gain"] != 0


def test_only_outcomes_of_the_days_before_the_training_measure(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[str] = []

    def seen(rows: pd.DataFrame, *others: Any) -> Any:
        fitted.extend(rows["known_on"])
        return fit(rows, *others)

    fit = training.fit
    monkeypatch.setattr(training, "fit", seen)
    found = measured(SAME)
    rows = data.training_rows(settings, UNTIL)
    known = rows["known_on"][rows["known_on"] >= "2024-03-18"]
    assert max(fitted) < known.min() <= known.max() < UNTIL.isoformat()
    assert found["measured_on"] == f"{len(known)} outcomes known from {known.min()} to {known.max()}"


WRONG = {
    "[training": "experiments/tried.toml is not valid TOML",
    "": "must have one [training.candidates.…] or other [[features]], and nothing else",
    "[training]\nheld_out_days = 21\n": "must have one [training.candidates.…] or other [[features]]",
    SAME + SAME.replace("again", "more"): "must have one [training.candidates.…] or other [[features]]",
    "[alarm]\ndays = 9\n": "must have one [training.candidates.…] or other [[features]]",
    "[features]\nname = 1\n": "experiments/tried.toml: features: Input should be a valid list",
    SAME.replace("algorithm", "method"): "training.candidates.again.algorithm: Field required",
    SAME + "options = { depth = 3 }\n": "experiments/tried.toml must define a model that can be trained: TrainingError",
}


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_measured_is_said_in_one_sentence(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    refused(text, None, WRONG[text], capsys)


WRONG_SQL = {
    toy.JOIN.replace("ORDER", "WHERE parcels.distance > 5 ORDER"): "tried.sql",
    toy.JOIN.replace("rows JOIN outcomes USING (id) ORDER", "rows JOIN outcomes USING (id) WHERE distance > 5 ORDER"): (
        "experiments/tried.sql gives other rows to measure, or other outcomes, than sql/training_rows.sql"
    ),
    toy.JOIN.replace("outcomes.late,", "1 - outcomes.late AS late,"): "other outcomes, than sql/training_rows.sql",
    toy.JOIN.replace("rows.*,", "rows.*, 'near' AS distance,"): "experiments/tried.toml must define a model",
}


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("sql", WRONG_SQL)
def test_a_question_that_gives_other_rows_is_refused(sql: str, capsys: pytest.CaptureFixture[str]) -> None:
    refused("", sql, WRONG_SQL[sql], capsys)


def refused(text: str, sql: str | None, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(text, sql)
    assert __main__.main(["experiment", "tried"]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert not RESULTS.exists()
    assert not Path("docs/decisions").exists()


def test_a_champion_that_the_settings_no_longer_make_is_no_comparison(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = settings.training.candidates | {"logistic": settings.recipe("boosting")}
    changed = settings.model_copy(update={"training": settings.training.model_copy(update={"candidates": other})})
    monkeypatch.setattr(__main__, "load_settings", lambda: changed)
    refused(SAME, None, "version 1 cannot be trained again as it was", capsys)


def test_without_a_champion_there_is_no_comparison(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    open_registry(settings).drop_alias("champion")
    refused(SAME, None, "no version is the champion yet", capsys)


@pytest.mark.usefixtures("settings")
def test_an_unknown_name_lists_those_that_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    put(SAME)
    assert __main__.main(["experiment", "tired"]) == 2
    assert capsys.readouterr().err.endswith("there is tried.toml\n")
