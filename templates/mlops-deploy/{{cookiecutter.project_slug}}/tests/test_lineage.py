"""One prediction is traced to its version, and from there to commit, data and rows."""

from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

import toy_model
from service.lineage import LineageError, trace
from service.settings import Settings
from service.store import connect

SETTINGS = Settings.model_validate(
    {
        "data": {
            "file": "data/parcels.csv.gz",
            "sha256": "a" * 64,
            "outcomes": "data/outcomes.csv.gz",
            "id": "id",
            "time": "sent_on",
            "known": "known_on",
            "target": "late",
            "unit": "parcel",
        },
        "features": [{"name": "distance", "kind": "numeric", "example": 1}],
        "periods": {
            "train_from": "2015-07-01",
            "train_to": "2015-10-31",
            "reference_from": "2015-11-01",
            "reference_to": "2015-12-31",
        },
        "training": {"candidates": {"logistic": {"algorithm": "logistic_regression"}}},
        "registry": {"name": toy_model.NAME},
    }
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two stored answers, the first of a parcel whose outcome is known."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "training_rows.sql").write_text("SELECT 1")
    made = toy_model.registry(tmp_path / "registry")
    digest = sha256(b"SELECT 1").hexdigest()
    made.set_alias("champion", made.register(toy_model.candidate(2, sql_sha256=digest)))
    with closing(connect()) as database, database:
        row = [1451822400.0, "7", "2016-01-03", "3", "champion", '{"distance": 21.0}', 0.25]
        database.execute("INSERT INTO predictions VALUES ('first', ?, ?, ?, ?, ?, ?, ?)", row)
        database.execute("INSERT INTO predictions VALUES ('second', ?, ?, ?, ?, ?, ?, ?)", [row[0], None, *row[2:]])
        database.execute("INSERT INTO outcomes VALUES ('7', '2016-01-20', 1)")
    return tmp_path


def test_a_prediction_is_traced_to_its_commit_and_rows(project: Path) -> None:
    text = trace("first", SETTINGS)
    for part in (
        "2016-01-03 12:00:00 UTC by the champion, for the day 2016-01-03",
        "0.2500",
        '{"distance": 21.0}',
        "3, logistic (now: champion)",
        f"commit {'b' * 40}",
        f"data/SHA256SUMS, SHA-256 {'a' * 64} (not in this folder)",
        "300 of 2015-07-01 to 2015-10-31, with the outcomes known by 2015-11-01",
        f"sql/training_rows.sql, SHA-256 {sha256(b'SELECT 1').hexdigest()} (the file here)",
        "parcel        7",
        "late = 1, known on 2016-01-20",
    ):
        assert part in text


def test_without_a_reference_there_is_no_parcel(project: Path) -> None:
    text = trace("second", SETTINGS)
    assert "the caller gave no reference" in text
    assert text.endswith("not known")


def test_what_is_gone_is_said(project: Path) -> None:
    with closing(connect()) as database, database:
        database.execute("DELETE FROM outcomes")
        database.execute("UPDATE predictions SET version = '9'")
    text = trace("first", SETTINGS)
    assert "has no version '9'; it has 1, 2, 3" in text
    assert "not known" in text


def test_an_unknown_prediction_is_an_error(project: Path) -> None:
    with pytest.raises(LineageError, match=r"service.db has no prediction 'third'; its id is in the answer"):
        trace("third", SETTINGS)
