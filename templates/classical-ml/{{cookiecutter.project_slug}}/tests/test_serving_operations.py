"""Operating the service: health, metrics, logs, limits, settings, and no training library imported."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from predictor.manifest import Manifest
from predictor.serving.app import Config, create_app
from predictor.serving.model import ModelError
from sample_model import NEVER_SEEN, Row

ROOT = Path(__file__).parents[1]
TRAINING_ONLY = {"matplotlib", "onnx", "pandas", "pandera", "scipy", "skl2onnx", "sklearn", "skops"}


@pytest.fixture
def own_client(config: Config) -> TestClient:
    """A client of a service of its own, for counts that start at nothing."""
    return TestClient(create_app(config), raise_server_exceptions=False)


def test_health(client: TestClient, manifest: Manifest) -> None:
    assert client.get("/health/live").json() == {"status": "alive"}
    assert client.get("/health").json() == {"status": "ready", "model_version": manifest.version}


def test_health_admits_that_the_model_fails(own_client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("predictor.serving.model.Model.scores", lambda *_: 1 / 0)
    answer = own_client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert own_client.get("/health/live").status_code == 200


def test_metrics_count_what_monitoring_needs(own_client: TestClient, row: Row, manifest: Manifest) -> None:
    category = next((item.name for item in manifest.inputs if item.kind == "categorical"), None)
    own_client.post("/predict", json={**row, category: NEVER_SEEN} if category else row)
    text = own_client.get("/metrics").text
    assert 'http_requests_total{method="POST",route="/predict",status="200"} 1.0' in text
    assert "prediction_score_count 1.0" in text
    if category:
        assert 'unlike_training_total{field="' + category + '"} 1.0' in text


def test_the_limit_of_a_body_is_the_configured_one(client: TestClient, config: Config) -> None:
    for size, status in ((config.max_body_bytes, 422), (config.max_body_bytes + 1, 413)):
        answer = client.post("/predict", content=b" " * size, headers={"content-type": "application/json"})
        assert answer.status_code == status


def test_the_example_environment_file_names_every_setting() -> None:
    listed = set(re.findall(r"^#? ?(PREDICTOR_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert listed == {f"PREDICTOR_{name.upper()}" for name in Config.model_fields}


def test_without_a_usable_model_there_is_no_service(artifacts_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        create_app(Config(artifacts=tmp_path))
    manifest = (artifacts_folder / "model.json").read_bytes()
    (tmp_path / "model.json").write_bytes(manifest)
    (tmp_path / "model.onnx").write_bytes(b"another model")
    with pytest.raises(ModelError, match="not the file"):
        create_app(Config(artifacts=tmp_path))
    (tmp_path / "model.json").write_text("{}")
    with pytest.raises(ModelError, match="title"):
        create_app(Config(artifacts=tmp_path))


def test_serving_imports_no_training_library(artifacts_folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from predictor.serving.app import Config, create_app; "
        "create_app(Config(artifacts=Path(sys.argv[1]))); "
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    loaded = set(run_python(program, artifacts_folder).split())
    assert "onnxruntime" in loaded
    assert not loaded & TRAINING_ONLY


def test_a_request_is_one_json_line_without_its_body(artifacts_folder: Path, row: Row) -> None:
    program = (
        "import json, sys; from pathlib import Path; from fastapi.testclient import TestClient; "
        "from predictor.serving.app import Config, create_app; "
        "from predictor.serving.logs import configure_logs; configure_logs('info'); "
        "client = TestClient(create_app(Config(artifacts=Path(sys.argv[1]))), 'http://localhost'); "
        "client.post('/predict', json=json.loads(sys.argv[2]), headers={'x-request-id': 'abc'})"
    )
    marked = {**row, "unknown": "secret"}
    lines = run_python(program, artifacts_folder, json.dumps(marked)).splitlines()
    (line,) = [json.loads(line) for line in lines if "/predict" in line and '"route"' in line]
    assert (line["route"], line["status"], line["request_id"]) == ("/predict", 422, "abc")
    assert line["ms"] > 0
    assert "secret" not in str(lines)


def run_python(program: str, *arguments: object) -> str:
    """Output of a program in a process of its own."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
