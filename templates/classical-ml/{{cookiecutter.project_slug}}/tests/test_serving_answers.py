"""The answers of the service, end to end."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

import toy
from predictor.inputs import NumericInput
from predictor.model import Manifest
from predictor.serving.schemas import unlike_training
from toy import NEVER_SEEN, Project, Row
from toy_target import answered, effect


def some(project: Project, count: int, seed: int, unknown: float = 0.0) -> list[Row]:
    return toy.requests(project.settings, toy.table(), count, seed, unknown)


def test_the_example_is_answered_with_reasons(client: TestClient, row: Row, manifest: Manifest) -> None:
    answer = client.post("/predict", json=row).json()
    assert answer["model_version"] == manifest.version
    assert answer["warnings"] == []
    strengths = [abs(reason["effect"]) for reason in answer["reasons"]]
    assert strengths
    assert strengths == sorted(strengths, reverse=True)
    for reason in answer["reasons"]:
        assert reason["value"] == row[reason["feature"]]


def test_a_reason_is_the_change_from_the_typical_value(
    client: TestClient, project: Project, manifest: Manifest
) -> None:
    (row,) = some(project, 1, seed=3)
    answer = client.post("/predict", json=row, params={"reasons": len(manifest.inputs)}).json()
    assert answer["reasons"]
    for reason in answer["reasons"]:
        typical = {item.name: item.typical for item in manifest.inputs}[reason["feature"]]
        assert reason["typical"] == typical
        without = client.post("/predict", json={**row, reason["feature"]: typical}).json()
        assert reason["effect"] == pytest.approx(effect(answer, without), abs=1e-3)


def test_as_many_reasons_as_asked_for(client: TestClient, project: Project, manifest: Manifest) -> None:
    (row,) = some(project, 1, seed=4)
    assert client.post("/predict", json=row, params={"reasons": 0}).json()["reasons"] == []
    assert len(client.post("/predict", json=row, params={"reasons": 1}).json()["reasons"]) == 1
    typical = {item.name: item.typical for item in manifest.inputs}
    assert client.post("/predict", json=typical).json()["reasons"] == []


def test_absent_and_null_mean_the_same(client: TestClient, row: Row, manifest: Manifest) -> None:
    missing = [item.name for item in manifest.inputs if item.nullable]
    assert missing
    absent = {name: value for name, value in row.items() if name not in missing}
    null = {**row, **dict.fromkeys(missing)}
    assert client.post("/predict", json=absent).json() == client.post("/predict", json=null).json()


def test_an_unseen_category_is_answered_and_named(client: TestClient, row: Row) -> None:
    answer = client.post("/predict", json={**row, "plan": NEVER_SEEN}).json()
    reason = f"'{NEVER_SEEN}' is new to the model and treated as 'other'"
    assert answer["warnings"] == [{"field": "plan", "reason": reason}]
    other = client.post("/predict", json={**row, "plan": "other"}).json()
    assert other["warnings"] == []
    assert answered(answer) == answered(other)


def test_a_number_beyond_training_is_named(client: TestClient, row: Row) -> None:
    (warning,) = client.post("/predict", json={**row, "spent": 9999}).json()["warnings"]
    assert warning["field"] == "spent"
    assert warning["reason"].startswith("9999 is outside the range seen in training, ")
    age = NumericInput(key="input_0", name="age", nullable=True, typical=40, seen=(18, 90), example=40)
    assert [unlike_training(value, age) for value in (18, 90, None)] == [None] * 3


def test_simultaneous_requests_keep_their_answers_apart(client: TestClient, project: Project) -> None:
    rows = some(project, 12, seed=6)
    alone = [client.post("/predict", json=row).json() for row in rows]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda row: client.post("/predict", json=row).json(), rows * 3))
    assert together == alone * 3


def test_the_model_is_described_by_its_manifest(client: TestClient, manifest: Manifest) -> None:
    assert client.get("/model").json() == manifest.model_dump(mode="json")


def test_openapi_states_inputs_bounds_and_policy(client: TestClient, manifest: Manifest, row: Row) -> None:
    document = client.get("/openapi.json").json()
    request = document["components"]["schemas"]["Row"]
    assert request["example"] == row
    assert set(request["properties"]) == {item.name for item in manifest.inputs}
    assert set(request["required"]) == {item.name for item in manifest.inputs if not item.nullable}
    for item in manifest.inputs:
        stated = request["properties"][item.name]
        assert item.description in stated["description"]
        if item.kind == "numeric" and item.max is not None:
            assert stated["maximum"] == item.max
    for words in ("missing", "category", "bounds", "unknown field", "Effect of an input", "not causes"):
        assert words.lower() in document["info"]["description"].lower()
