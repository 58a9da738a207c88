"""What `make adopt` writes into settings.toml, and which tables the settings do not allow."""

from pathlib import Path

import pandas as pd
import pytest

from predictor.adoption.replacing import AdoptionError
from predictor.settings import load_settings
from table_of_owner import own_file, use
from telecom import files, write


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return write(tmp_path / "project", monkeypatch)


def test_the_settings_say_what_can_be_said_better(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use(own_file(tmp_path))
    text = Path("settings.toml").read_text(encoding="utf-8")
    assert 'title = ""  #' in text
    assert 'entity = "row"  #' in text
    assert "unit" not in text
    assert "name title and entity in settings.toml, commit, then make demo" in capsys.readouterr().out
    numbers = pd.read_csv(own_file(tmp_path)).assign(late=range(60))
    numbers.to_csv(tmp_path / "numbers.csv", index=False)
    use(tmp_path / "numbers.csv")
    text = Path("settings.toml").read_text(encoding="utf-8")
    assert 'unit = ""  #' in text
    assert "# ASSUMPTION: one unit forecast too many is as bad as one too few." in text
    assert (load_settings().cost.false_positive, load_settings().cost.false_negative) == (1, 1)
    assert "name title and entity (and unit)" in capsys.readouterr().out


def test_what_recurs_divides_the_rows_and_warnings_stay_until_they_are_settled(project: Path, tmp_path: Path) -> None:
    table = pd.read_csv(own_file(tmp_path)).assign(age=range(60), sex=["f", "m", "m"] * 20, customer_id=range(60))
    pd.concat([table] * 4).to_csv(tmp_path / "own.csv", index=False)
    use(tmp_path / "own.csv")
    found = load_settings()
    assert found.data.cluster == "customer_id"
    assert "customer_id" not in found.columns
    assert found.data.unsettled == [
        "'age' describes people: are you allowed to use it, and should you?",
        "'sex' describes people: are you allowed to use it, and should you?",
    ]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (["1", "1.0"] * 100, "^this table cannot be used: 1 distinct rows or clusters are too few to divide$"),
        ([*["1"] * 190, *"23456789ab"], "^this table cannot be used: the train split has only one value of late$"),
    ],
)
def test_what_make_data_would_refuse_is_refused(project: Path, tmp_path: Path, inputs: list[str], message: str) -> None:
    before = files(project)
    pd.DataFrame({"x": inputs, "late": ["no"] * 170 + ["yes"] * 30}).to_csv(tmp_path / "own.csv", index=False)
    with pytest.raises(AdoptionError, match=message):
        use(tmp_path / "own.csv")
    assert files(project) == before
