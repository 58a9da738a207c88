"""What the endpoint takes, what it refuses and why, and what it answers with a warning."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.testclient import TestClient
from pydantic import BaseModel

from predictor.inputs import CategoricalInput, Input, NumericInput
from predictor.model import Manifest
from predictor.serving.schemas import LARGEST, LONGEST, cautions, row_model, unlike_training, values
from predictor.serving.web import unfit

AGE = NumericInput(
    key="input_0", name="age", description="Age at signing", unit="years", nullable=False, min=0, max=120, typical=40,
    seen=(18, 90), example=50,
)  # fmt: skip
SPENT = NumericInput(key="input_1", name="spent so far", nullable=True, typical=30, seen=(0, 99.5), example=12.5)
CITY = CategoricalInput(
    key="input_2", name="city", nullable=False, choices=["Bern", "Bonn"], typical="Bonn", example="Bern"
)
REGION = CategoricalInput(
    key="input_3", name="region", nullable=True, choices=["north", "south"], typical="north", example="south"
)
INPUTS: list[Input] = [AGE, SPENT, CITY, REGION]
MANIFEST = Manifest.model_construct(entity="customer", inputs=INPUTS)  # what the types need of it
ROW: dict[str, Any] = {"age": 30, "spent so far": 20.5, "city": "Bonn", "region": "north"}


@pytest.fixture
def client() -> TestClient:
    """An endpoint that sends back what it understood."""
    app, row_type = FastAPI(exception_handlers={RequestValidationError: unfit}), row_model(MANIFEST)

    def predict(row: Any) -> Any:
        return values(row)

    predict.__annotations__["row"] = row_type
    app.post("/predict")(predict)
    return TestClient(app)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ROW.items() if key != name}


def refused(client: TestClient, body: Any) -> list[tuple[str, str]]:
    """The fields that are refused, with the reasons."""
    answer = client.post("/predict", content=json.dumps(body), headers={"content-type": "application/json"})
    assert answer.status_code == 422, f"{body} was answered with {answer.status_code}"
    return [(error["loc"][-1], error["msg"]) for error in answer.json()["detail"]]


def test_a_row_is_understood_by_the_names_of_its_columns(client: TestClient) -> None:
    answer = client.post("/predict", json=ROW)
    assert answer.status_code == 200, answer.text
    assert answer.json() == ROW, "a column may have a name such as 'spent so far', so a field needs an alias"


@pytest.mark.parametrize("name", ["spent so far", "region"])
def test_what_had_gaps_in_training_may_be_missing(client: TestClient, name: str) -> None:
    for row in (without(name), {**ROW, name: None}):
        answer = client.post("/predict", json=row)
        assert answer.status_code == 200, answer.text
        assert answer.json()[name] is None, "absent and null both mean missing"


@pytest.mark.parametrize("name", ["age", "city"])
def test_what_had_no_gaps_must_be_given(client: TestClient, name: str) -> None:
    assert [field for field, _ in refused(client, without(name))] == [name]
    assert [field for field, _ in refused(client, {**ROW, name: None})] == [name], "null is no value"


def test_a_misspelt_field_is_refused(client: TestClient) -> None:
    assert "spent_so_far" in dict(refused(client, {**ROW, "spent_so_far": 1})), "else it would count as missing"
    assert "input_0" in dict(refused(client, {**ROW, "input_0": 1})), "the key is a name inside the model"


@pytest.mark.parametrize("age", ["30", True, [30], float("nan"), float("inf"), -0.5, 120.5])
def test_a_number_is_one_within_its_bounds(client: TestClient, age: Any) -> None:
    assert [field for field, _ in refused(client, {**ROW, "age": age})] == ["age"], f"{age!r} is no age"


def test_what_is_no_finite_number_is_called_so(client: TestClient) -> None:
    for name in ("age", "spent so far"):
        ((_, reason),) = refused(client, {**ROW, name: float("nan")})
        assert "finite" in reason, f"{reason!r} does not help who sends NaN"


@pytest.mark.parametrize("age", [0, 120, 17.25])
def test_the_bounds_are_allowed(client: TestClient, age: float) -> None:
    assert client.post("/predict", json={**ROW, "age": age}).status_code == 200


def test_without_bounds_a_number_is_one_that_the_model_can_hold(client: TestClient) -> None:
    assert client.post("/predict", json={**ROW, "spent so far": -LARGEST}).status_code == 200
    for spent in (2 * LARGEST, -2 * LARGEST, float("nan")):
        assert [field for field, _ in refused(client, {**ROW, "spent so far": spent})] == ["spent so far"]


def test_a_category_may_be_new(client: TestClient) -> None:
    for city in ("Rome", "other", "x" * LONGEST):
        assert client.post("/predict", json={**ROW, "city": city}).status_code == 200, "new categories are normal"


@pytest.mark.parametrize("city", ["", "x" * 201, 1, False, ["Bonn"]])
def test_a_category_is_text_of_a_common_length(client: TestClient, city: Any) -> None:
    assert [field for field, _ in refused(client, {**ROW, "city": city})] == ["city"]


@pytest.mark.parametrize("body", [None, [], "row", 3])
def test_a_row_is_an_object(client: TestClient, body: Any) -> None:
    refused(client, body)


def schema(kind: type[BaseModel]) -> Any:
    return kind.model_json_schema(by_alias=True)


def test_the_schema_tells_callers_what_is_taken() -> None:
    found = schema(row_model(MANIFEST))
    assert found["title"] == "Customer"
    assert found["example"] == {item.name: item.example for item in INPUTS}
    assert found["required"] == ["age", "city"]
    fields = found["properties"]
    assert list(fields) == [item.name for item in INPUTS]
    assert "Age at signing" in fields["age"]["description"]
    assert "years" in fields["age"]["description"]
    assert (fields["age"]["minimum"], fields["age"]["maximum"], fields["age"]["examples"]) == (0, 120, [50])
    assert fields["city"]["x-choices"] == ["Bern", "Bonn"], "the page offers these"
    assert "Bern" in fields["city"]["description"]
    assert all(fields[name]["title"] == name for name in fields)


@pytest.mark.parametrize(
    ("item", "value", "reason"),
    [
        (AGE, 90.0, None),
        (AGE, 18, None),
        (AGE, 95.5, "95.5 is outside the range seen in training, 18 to 90"),
        (SPENT, 0, None),
        (SPENT, 100, "100 is outside the range seen in training, 0 to 99.5"),
        (SPENT, None, None),
        (CITY, "Bern", None),
        (CITY, "other", None),
        (CITY, "Rome", "'Rome' is new to the model and treated as 'other'"),
        (CITY, "bern", "'bern' is new to the model and treated as 'other'"),
    ],
)
def test_a_value_that_is_unlike_training_is_named(item: Input, value: Any, reason: str | None) -> None:
    assert unlike_training(value, item) == reason


def test_cautions_name_the_fields_in_the_order_of_the_inputs() -> None:
    assert cautions(ROW, MANIFEST) == []
    found = cautions({**ROW, "region": "east", "city": "Rome", "age": 0}, MANIFEST)
    assert [one.field for one in found] == ["age", "city", "region"]
    assert found[0].reason == "0 is outside the range seen in training, 18 to 90", "0 is a value, and no missing one"
