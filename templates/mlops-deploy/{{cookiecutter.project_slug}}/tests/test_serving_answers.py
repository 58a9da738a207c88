"""What the service answers and refuses, and what its API document says of that."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnxruntime
import pytest
from fastapi.testclient import TestClient

import toy_model
from service.manifest import NumericInput
from service.serving.schemas import cautions
from toy_model import INPUTS, ROW


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with toy_model.client(toy_model.registry(tmp_path_factory.mktemp("answers") / "registry")) as running:
        yield running


def test_an_answer_is_the_model_s(client: TestClient) -> None:
    answer = client.post("/predict", json=ROW, headers={"x-request-id": "abc"}).json()
    session = onnxruntime.InferenceSession(toy_model.model_file(1))
    said = session.run(["probabilities"], {"distance": [[21.0]], "carrier": [["Albatros"]]})[0][0][1]
    assert math.isclose(answer.pop("probability"), said, abs_tol=1e-7)
    assert answer == {"id": "abc", "model_version": "1", "warnings": []}


def test_a_batch_has_the_same_answers(client: TestClient) -> None:
    rows = [{**ROW, "distance": days} for days in (0, 60, 120)]
    batch = client.post("/predict/batch", json={"rows": rows}).json()
    assert batch["model_version"] == "1"
    single = [client.post("/predict", json=row).json()["probability"] for row in rows]
    assert [item["probability"] for item in batch["predictions"]] == pytest.approx(single, abs=1e-6)


def test_a_new_category_is_answered_with_a_warning(client: TestClient) -> None:
    answer = client.post("/predict", json={**ROW, "carrier": "Condor"})
    assert answer.status_code == 200
    assert answer.json()["warnings"] == [{"field": "carrier", "reason": "'Condor' was not in the training rows"}]
    assert 'unlike_training_total{field="carrier"} 1.0' in client.get("/metrics").text
    assert not cautions(ROW, toy_model.manifest())


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"distance": 121}, "distance", "less than or equal to 120"),
        ({"distance": -1}, "distance", "greater than or equal to 0"),
        ({"distance": None}, "distance", "valid number"),
        ({"distance": "12"}, "distance", "valid number"),
        ({"distance": True}, "distance", "valid number"),
        ({"carrier": ""}, "carrier", "at least 1 character"),
        ({"carrier": None}, "carrier", "valid string"),
        ({"carier": "Albatros"}, "carier", "not permitted"),
        ({"day": "2016-1-31"}, "day", "isoformat"),
        ({"day": "20160131"}, "day", "write the day as 2027-01-31"),
        ({"day": "2016-02-30"}, "day", "out of range"),
        ({"reference": ""}, "reference", "at least 1 character"),
        ({"reference": 5}, "reference", "valid string"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(
    client: TestClient, changes: dict[str, Any], field: str, reason: str
) -> None:
    answer = client.post("/predict", json={**ROW, **changes})
    assert answer.status_code == 422
    (error,) = answer.json()["detail"]
    assert error["loc"] == ["body", field]
    assert reason in error["msg"]


def test_a_gap_is_accepted_where_the_input_allows_it(tmp_path: Path) -> None:
    made = toy_model.registry(tmp_path / "registry")
    inputs = [NumericInput(name="distance", example=1, nullable=True), INPUTS[1]]
    made.set_alias("champion", made.register(toy_model.candidate(1, inputs=inputs)))
    with toy_model.client(made) as client:
        answer = client.post("/predict", json={"carrier": "Albatros"})
        # This toy cannot answer a gap: a probability that is none is never given as one.
        assert answer.status_code == 500
        assert client.post("/predict", json={**ROW, "distance": 1e6}).status_code == 200


def test_too_many_rows_are_refused(client: TestClient) -> None:
    assert client.post("/predict/batch", json={"rows": [ROW] * 9}).status_code == 422
    assert client.post("/predict/batch", json={"rows": []}).status_code == 422
    named = client.post("/predict/batch", json={"rows": [ROW, {**ROW, "reference": "1"}]}).json()["detail"][0]
    assert named["loc"] == ["body", "rows", 1, "reference"]


def test_the_model_says_what_it_is(client: TestClient) -> None:
    about = client.get("/model").json()
    assert (about["version"], about["slot"]) == ("1", "champion")
    assert about["manifest"]["sql"] == "sql/training_rows.sql"
    assert client.get("/health").json() == {"status": "ready", "model_version": "1", "slot": "champion"}
    assert 'model_info{slot="champion",version="1"} 1.0' in client.get("/metrics").text


def test_the_document_names_every_field_and_every_refusal(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["info"]["version"] == "1"
    request = document["components"]["schemas"]["Request"]
    assert set(request["properties"]) == {*ROW, "reference", "day"}
    assert set(request["required"]) == set(ROW)
    assert request["properties"]["distance"]["maximum"] == 120
    for path in ("/predict", "/predict/batch"):
        assert set(document["paths"][path]["post"]["responses"]) == {"200", "4XX", "5XX"}
    assert set(document["paths"]["/model"]["get"]["responses"]) == {"200", "4XX", "5XX"}
