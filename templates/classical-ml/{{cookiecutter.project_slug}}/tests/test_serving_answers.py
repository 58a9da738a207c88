"""The answers of the service, end to end."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from predictor.manifest import Manifest, NumericInput
from predictor.serving.schemas import unlike_training
from predictor.settings import Settings
from sample_model import NEVER_SEEN, Row, sample_rows


def first(manifest: Manifest, kind: str, *, nullable: bool | None = None) -> str:
    """The name of the first input of a kind."""
    for item in manifest.inputs:
        if item.kind == kind and nullable in (None, item.nullable):
            return item.name
    pytest.skip(f"this model has no such {kind} input")


def test_the_example_is_answered_with_reasons(client: TestClient, row: Row, manifest: Manifest) -> None:
    answer = client.post("/predict", json=row).json()
    assert answer["model_version"] == manifest.version
    assert answer["warnings"] == []
    strengths = [abs(reason["effect"]) for reason in answer["reasons"]]
    assert strengths == sorted(strengths, reverse=True)
    assert len(strengths) <= 5
    for reason in answer["reasons"]:
        assert reason["value"] == row[reason["feature"]]


def test_the_answer_follows_from_the_score(client: TestClient, row: Row, manifest: Manifest) -> None:
    answer = client.post("/predict", json=row).json()
    outcome = manifest.outcome
    if outcome.kind == "probability":
        assert 0 <= answer["probability"] <= 1
        assert answer["threshold"] == outcome.threshold
        assert answer["decision"] == (answer["probability"] >= outcome.threshold)
    else:
        assert answer["low"] == pytest.approx(answer["value"] - outcome.below)
        assert answer["high"] == pytest.approx(answer["value"] + outcome.above)
        assert answer["plan"] == pytest.approx(answer["value"] + outcome.margin)
        assert (answer["coverage"], answer["unit"]) == (outcome.coverage, outcome.unit)


def test_a_reason_is_the_change_from_the_typical_value(
    client: TestClient, manifest: Manifest, settings: Settings
) -> None:
    row = sample_rows(settings, 1, seed=3)[0]
    everything = {"reasons": len(manifest.inputs)}
    answer = client.post("/predict", json=row, params=everything).json()
    for reason in answer["reasons"]:
        typical = {item.name: item.typical for item in manifest.inputs}[reason["feature"]]
        assert reason["typical"] == typical
        without = client.post("/predict", json={**row, reason["feature"]: typical}).json()
        assert reason["effect"] == pytest.approx(_scale(answer) - _scale(without), abs=1e-3)


def _scale(answer: Row) -> float:
    if "probability" not in answer:
        return float(answer["value"])
    return math.log(answer["probability"] / (1 - answer["probability"]))


def test_as_many_reasons_as_asked_for(client: TestClient, settings: Settings) -> None:
    row = sample_rows(settings, 1, seed=4)[0]
    assert client.post("/predict", json=row, params={"reasons": 0}).json()["reasons"] == []
    assert len(client.post("/predict", json=row, params={"reasons": 1}).json()["reasons"]) == 1


def test_a_typical_row_has_no_reasons(client: TestClient, manifest: Manifest) -> None:
    typical = {item.name: item.typical for item in manifest.inputs}
    assert client.post("/predict", json=typical).json()["reasons"] == []


def test_absent_and_null_mean_the_same(client: TestClient, row: Row, manifest: Manifest) -> None:
    missing = [item.name for item in manifest.inputs if item.nullable]
    absent = {name: value for name, value in row.items() if name not in missing}
    null = {**row, **dict.fromkeys(missing)}
    assert client.post("/predict", json=absent).json() == client.post("/predict", json=null).json()


def test_an_unseen_category_is_answered_and_named(client: TestClient, row: Row, manifest: Manifest) -> None:
    name = first(manifest, "categorical")
    answer = client.post("/predict", json={**row, name: NEVER_SEEN}).json()
    reason = f"'{NEVER_SEEN}' is new to the model and treated as 'other'"
    assert answer["warnings"] == [{"field": name, "reason": reason}]
    other = client.post("/predict", json={**row, name: "other"}).json()
    assert other["warnings"] == []
    for key in ("probability", "value"):
        assert answer.get(key) == other.get(key)


def test_a_number_beyond_training_is_named() -> None:
    age = NumericInput(name="age", description="", nullable=True, typical=40, seen=(18, 90), example=40)
    assert unlike_training(18, age) is None
    assert unlike_training(None, age) is None
    assert unlike_training(91, age) == "91 is outside the range seen in training, 18 to 90"


def test_a_batch_answers_as_single_requests_do(client: TestClient, settings: Settings) -> None:
    rows = sample_rows(settings, 8, seed=5, unknown=0.2)
    batch = client.post("/predict/batch", json={"rows": rows}, params={"reasons": 3}).json()["predictions"]
    assert batch == [client.post("/predict", json=row, params={"reasons": 3}).json() for row in rows]


def test_a_batch_gives_no_reasons_unless_asked(client: TestClient, row: Row) -> None:
    (answer,) = client.post("/predict/batch", json={"rows": [row]}).json()["predictions"]
    assert answer["reasons"] == []


def test_simultaneous_requests_keep_their_answers_apart(client: TestClient, settings: Settings) -> None:
    rows = sample_rows(settings, 12, seed=6)
    alone = [client.post("/predict", json=row).json() for row in rows]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda row: client.post("/predict", json=row).json(), rows * 3))
    assert together == alone * 3


def test_the_model_is_described(client: TestClient, manifest: Manifest) -> None:
    about = client.get("/model").json()
    for name in ("version", "algorithm", "data_sha256", "trained_rows", "synthetic", "target", "commit"):
        assert about[name] == getattr(manifest, name)
    assert [item["name"] for item in about["inputs"]] == [item.name for item in manifest.inputs]
    assert "not causes" in about["explanation"]


def test_openapi_states_inputs_bounds_and_policy(client: TestClient, manifest: Manifest, row: Row) -> None:
    document = client.get("/openapi.json").json()
    request = document["components"]["schemas"]["Row"]
    assert request["example"] == row
    assert set(request["properties"]) == {item.name for item in manifest.inputs}
    assert set(request.get("required", [])) == {item.name for item in manifest.inputs if not item.nullable}
    for item in manifest.inputs:
        stated = request["properties"][item.name]
        assert item.description in stated["description"]
        if item.kind == "numeric" and item.max is not None:
            assert f'"maximum": {item.max}' in str(stated).replace("'", '"')
    for word in ("missing", "category", "bounds", "unknown field", "Effect of an input"):
        assert word.lower() in document["info"]["description"].lower()
