"""The public card-fraud set (here a small imitation) becomes a data file and matching settings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from predictor import card_fraud, data
from predictor.settings import load_settings


def creditcard(rows: int = 400) -> pd.DataFrame:
    """Columns as in creditcard.csv; the values are noise with a hint in V1."""
    random = np.random.default_rng(0)
    label = (random.random(rows) < 0.2).astype(int)
    components = {name: random.normal(size=rows) for name in card_fraud.COMPONENTS}
    table = pd.DataFrame({"Time": np.sort(random.integers(0, 172_800, rows)).astype(float), **components})
    return table.assign(V1=table["V1"] + label, Amount=random.gamma(2, 40, rows).round(2), Class=label)


def test_the_converted_set_can_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    creditcard().to_csv("creditcard.csv", index=False)
    assert card_fraud.main(["creditcard.csv"]) == 0
    settings = load_settings(card_fraud.SETTINGS)
    report = data.load(settings).report
    assert report.rows == 400
    assert len(settings.features) == 29
    assert not settings.problem.synthetic
    assert report.outcome == pytest.approx(creditcard()["Class"].mean())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda table: table.drop(columns="V7"), "it has no column V7"),
        (lambda table: table.assign(Class=2), "Class has values other than 0 and 1"),
    ],
)
def test_another_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: object, sentence: str
) -> None:
    assert callable(change)
    change(creditcard()).to_csv(tmp_path / "other.csv", index=False)
    assert card_fraud.main([str(tmp_path / "other.csv")]) == 2
    assert sentence in capsys.readouterr().err
    assert card_fraud.main([str(tmp_path / "absent.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err
