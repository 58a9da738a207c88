"""The questions in sql/ answer what their first lines say."""

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

import toy_parcels as toy
from service import store
from service.monitoring.questions import MonitoringError, Row, ask, champion, performance

DAY = date(2024, 2, 1)
ANSWER = "INSERT INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


@pytest.fixture(autouse=True)
def _root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(toy.ROOT)


def database(scores: list[float], outcomes: list[int], inputs: Row | None = None) -> sqlite3.Connection:
    """Answers of the champion whose outcome was known on the day before DAY."""
    made = sqlite3.connect(":memory:")
    made.executescript(store.TABLES)
    for number, (score, outcome) in enumerate(zip(scores, outcomes, strict=True)):
        row = (str(number), number, f"b{number}", "2024-01-31", "1", "champion", json.dumps(inputs or {}), score)
        made.execute(ANSWER, row)
        made.execute("INSERT INTO outcomes VALUES (?, ?, ?)", (f"b{number}", "2024-01-31", outcome))
    return made


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 1)), min_size=1, max_size=60))
def test_the_scores_are_those_of_scikit_learn(rows: list[tuple[int, int]]) -> None:
    scores, outcomes = [score / 8 for score, _ in rows], [outcome for _, outcome in rows]
    with closing(database(scores, outcomes)) as made:
        found = performance(made, DAY, 14)
    assert found["n"] == len(rows)
    assert found["brier"] == pytest.approx(brier_score_loss(outcomes, scores, pos_label=1))
    assert found["calibration_gap"] == pytest.approx(np.mean(outcomes) - np.mean(scores))
    if len(set(outcomes)) == 2:
        assert found["auc"] == pytest.approx(roc_auc_score(outcomes, scores))
    else:
        assert found["auc"] is None


def test_without_outcomes_there_are_no_scores() -> None:
    with closing(database([], [])) as made:
        assert performance(made, DAY, 14) == dict.fromkeys(found_names(made)) | {"n": 0}
        assert champion(made, DAY) is None


def found_names(made: sqlite3.Connection) -> list[str]:
    return list(ask(made, "performance")[0])


@pytest.mark.parametrize(
    ("known_on", "counts"),
    [("2024-02-01", False), ("2024-01-31", True), ("2024-01-18", True), ("2024-01-17", False), ("2023-12-31", False)],
)
def test_only_outcomes_of_the_window_count(known_on: str, counts: bool) -> None:
    with closing(database([0.5], [1])) as made:
        made.execute("UPDATE outcomes SET known_on = ?", (known_on,))
        made.execute("UPDATE predictions SET day = '2024-01-01'")
        assert performance(made, DAY, 14)["n"] == counts


def test_an_answer_counts_once_and_for_its_version() -> None:
    with closing(database([0.5, 0.7], [1, 1])) as made:
        made.execute(ANSWER, ("again", 99, "b0", "2024-01-31", "1", "champion", "{}", 0.9))
        made.execute(ANSWER, ("canary", 98, "b1", "2024-01-31", "2", "canary", "{}", 0.1))
        made.execute(ANSWER, ("replay", 97, None, "2024-01-31", "1", "champion", "{}", 0.1))
        assert performance(made, DAY, 14)["mean_score"] == pytest.approx(0.6)  # the first answers of the champion
        assert performance(made, DAY, 14, "2") == performance(made, DAY, 14, "2")
        assert performance(made, DAY, 14, "2")["mean_score"] == pytest.approx(0.1)
        assert champion(made, DAY) == "1"
        assert champion(made, date(2024, 1, 31)) is None  # nothing was asked before that day


def test_the_replay_has_each_row_once_as_it_was_asked_first() -> None:
    with closing(database([0.5, 0.7, 0.9], [1, 0, 1])) as made:
        made.execute("UPDATE predictions SET inputs = json_object('asked', CAST(at AS INTEGER))")
        made.execute(ANSWER, ("again", 99, "b1", "2024-01-31", "1", "champion", '{"asked":99}', 0.9))
        made.execute("UPDATE outcomes SET known_on = '2024-02-01' WHERE reference = 'b2'")  # a day that may not be over
        found = ask(made, "canary_replay", since="2024-01-30", most=5)
    assert [(row["inputs"], row["outcome"]) for row in found] == [('{"asked":0}', 1), ('{"asked":1}', 0)]


def test_slices_have_enough_rows() -> None:
    with closing(database([0.5] * 9, [1] * 9, {"speed": "Online"})) as made:
        made.execute("""UPDATE predictions SET inputs = '{"speed": "Rare"}' WHERE id = '0'""")
        performance(made, DAY, 14)
        found = ask(made, "slices", input="speed", least=2)
    assert [(row["name"], row["slice"], row["n"]) for row in found] == [
        ("calibration_gap", "speed=Online", 8),
        ("brier", "speed=Online", 8),
    ]
    assert [row["value"] for row in found] == [pytest.approx(0.5), pytest.approx(0.25)]


def test_faults_of_the_inputs_are_counted() -> None:
    expected = [
        {"name": "nights", "min": 0, "max": 5},
        {"name": "carrier", "choices": ["Albatros", "Bison"]},
        {"name": "fine", "min": 0, "max": 1},
    ]
    with closing(database([0.5] * 4, [1] * 4, {"nights": 1, "carrier": "Albatros", "fine": 1})) as made:
        for number, text in enumerate(
            ('{"nights": 9, "carrier": "Albatros", "fine": 0}', '{"carrier": "Condor", "fine": 1}')
        ):
            made.execute("UPDATE predictions SET inputs = ? WHERE id = ?", (text, str(number)))
        found = ask(made, "quality", day=DAY.isoformat(), expected=json.dumps(expected))
    assert {(row["name"], row["slice"]): row["value"] for row in found} == {
        ("missing", "nights"): 0.25,
        ("out_of_range", "nights"): 0.25,
        ("unknown", "carrier"): 0.25,
    }


def test_groups_of_calibration_hold_everything() -> None:
    with closing(database([number / 100 for number in range(100)], [0, 1] * 50)) as made:
        performance(made, DAY, 14)
        groups = ask(made, "calibration")
    assert [group["n"] for group in groups] == [10] * 10
    assert groups[0]["mean_score"] == pytest.approx(0.045)


def test_the_distribution_has_a_row_for_each_week_and_bin() -> None:
    with closing(database([0.05, 0.07, 1.0], [0, 0, 1])) as made:
        found = ask(made, "distribution")
    assert [(row["week"], row["bin"], row["n"]) for row in found] == [("2024-01-29", 0, 2), ("2024-01-29", 9, 1)]


def test_problems_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(":memory:")) as empty:
        with pytest.raises(MonitoringError, match=r"no such table.*is var/service.db written by this version"):
            ask(empty, "answers")
        monkeypatch.chdir(tmp_path)
        with pytest.raises(MonitoringError, match="run from the repository's root"):
            ask(empty, "answers")
