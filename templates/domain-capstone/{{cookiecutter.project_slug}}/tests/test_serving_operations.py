"""Operating the service: a real model, health, logs without contents, settings, and the API's own description."""

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import toy_case
from capstone.artifacts import ModelError
from capstone.audit import AuditError
from capstone.manifest import Manifest
from capstone.serving.app import Config, create_app
from printed_logs import printed_logs
from toy_case import SmallDecider

ROOT = Path(__file__).parents[1]


def test_a_trained_model_answers_its_examples(project: Path) -> None:
    client = TestClient(create_app(toy_case.config(project)), raise_server_exceptions=False)
    manifest = Manifest.model_validate_json((project / "artifacts/model.json").read_bytes())
    assert client.get("/model").json() == manifest.model_dump(mode="json")
    assert manifest.examples
    for example in manifest.examples:
        answer = client.post("/cases", json=example)
        assert answer.status_code == 201, answer.text
        assert answer.json()["model_version"] == manifest.version
    assert client.get("/health").json() == {"status": "ready", "model_version": manifest.version}


def test_health_is_that_of_the_model_and_the_log(tmp_path: Path) -> None:
    decider = SmallDecider()
    client = TestClient(create_app(toy_case.config(tmp_path), decider), raise_server_exceptions=False)
    decider.broken = True
    assert client.get("/health").json() == {"status": "not ready", "reason": "ArithmeticError"}
    decider.broken = False
    (tmp_path / "audit.db").unlink()
    assert client.get("/health").json() == {"status": "not ready", "reason": "AuditError"}
    assert client.get("/health/live").status_code == 200


def test_without_a_model_or_a_log_there_is_no_service(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="train a model first"):
        create_app(toy_case.config(tmp_path, artifacts=tmp_path))
    (tmp_path / "audit.db").write_bytes(b"no database" * 1000)
    with pytest.raises(AuditError, match="file is not a database"):
        create_app(toy_case.config(tmp_path), SmallDecider())


def test_the_example_environment_file_names_every_setting() -> None:
    listed = set(re.findall(r"^#? ?(CAPSTONE_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert listed == {f"CAPSTONE_{name.upper()}" for name in Config.model_fields}


def test_a_request_is_one_json_line_without_its_body(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with printed_logs():
        body, headers = {**toy_case.CLEAR, "note": "secret"}, {"x-request-id": "abc"}
        toy_case.client(tmp_path).post("/cases", json=body, headers=headers)
    lines = capsys.readouterr().out.splitlines()
    (line,) = [json.loads(line) for line in lines if '"route"' in line]
    assert (line["route"], line["status"], line["request_id"]) == ("/cases", 201, "abc"), "\n".join(lines)
    assert "secret" not in str(lines)


def test_openapi_states_inputs_bounds_and_policy(tmp_path: Path) -> None:
    document = toy_case.client(tmp_path).get("/openapi.json").json()
    inputs = document["components"]["schemas"]["Inputs"]
    assert inputs["examples"][0] == toy_case.CLEAR
    assert set(inputs["examples"][1]) == {"city", "note"}  # its weight is not known
    assert inputs["required"] == ["city", "note"]
    assert inputs["additionalProperties"] is False
    assert inputs["properties"]["weight"]["description"] == "Weight on the scales. (kg)"
    assert inputs["properties"]["city"]["x-choices"] == ["Basel", "Bern"]
    assert (inputs["properties"]["note"]["minLength"], inputs["properties"]["note"]["maxLength"]) == (1, 1000)
    assert document["components"]["schemas"]["Override"]["required"] == ["action", "answer", "reason"]
    responses = document["paths"]["/cases/{case}/review"]["post"]["responses"]
    assert set(responses) == {"201", "401", "404", "409", "4XX", "5XX"}
    assert responses["409"]["content"]["application/json"]["schema"]["required"] == ["detail"]
    for words in ("missing", "category", "bounds", "unknown field", "audit log"):
        assert words in document["info"]["description"].lower()
