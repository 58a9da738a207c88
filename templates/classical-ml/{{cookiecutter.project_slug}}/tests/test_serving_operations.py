"""What running the service needs: health, measurements, logs, limits, headers, settings, a lean import."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from predictor.manifest import Manifest
from predictor.serving.app import Config, create_app
from predictor.serving.config import ConfigError, read_config
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


def test_a_failure_is_answered_without_its_stack_trace(
    own_client: TestClient, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("predictor.serving.service.Service.predict", lambda *_: 1 / 0)
    answer = own_client.post("/predict", json=row, headers={"x-request-id": "abc"})
    assert answer.status_code == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "abc"
    assert "division" not in answer.text
    assert 'route="/predict",status="500"' in own_client.get("/metrics").text


def test_metrics_count_by_route_and_not_by_path(own_client: TestClient, row: Row, manifest: Manifest) -> None:
    category = next((item.name for item in manifest.inputs if item.kind == "categorical"), None)
    own_client.post("/predict", json={**row, category: NEVER_SEEN} if category else row)
    own_client.get("/invented/by/a/client")
    own_client.request("INVENTED", "/")
    own_client.get("/static/style.css")
    text = own_client.get("/metrics").text
    assert 'http_requests_total{method="POST",route="/predict",status="200"} 1.0' in text
    assert 'http_request_duration_seconds_count{route="/predict"} 1.0' in text
    assert 'method="other"' in text
    assert 'route="/static"' in text
    assert "invented" not in text.lower()
    assert "prediction_score_count 1.0" in text
    if category:
        assert 'unlike_training_total{field="' + category + '"} 1.0' in text


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/style.css", "/health"])
def test_security_headers_are_on_every_answer(path: str, client: TestClient) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_a_harmless_request_id_is_kept_and_another_replaced(client: TestClient) -> None:
    assert client.get("/health", headers={"x-request-id": "Ab-1.2_3"}).headers["x-request-id"] == "Ab-1.2_3"
    for bad in ("a b", "x" * 65, '"}{', ""):
        given = client.get("/health", headers={"x-request-id": bad}).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]{32}", given)


def too_large(limit: int) -> Iterator[bytes]:
    yield b"["
    for _ in range(limit // 1000):
        yield b" " * 1000


def test_a_large_body_is_refused_declared_or_chunked(client: TestClient, config: Config) -> None:
    limit = config.max_body_bytes
    for content in (b" " * (limit + 1), too_large(limit)):
        answer = client.post("/predict", content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert str(limit) in answer.json()["detail"]
        assert answer.headers["x-request-id"]
    fits = client.post("/predict", content=b" " * limit, headers={"content-type": "application/json"})
    assert fits.status_code == 422


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREDICTOR_PORT", "9000")
    assert read_config(Config).port == 9000
    monkeypatch.setenv("PREDICTOR_PORT", "many")
    with pytest.raises(ConfigError, match="PREDICTOR_PORT"):
        read_config(Config)


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
        "client = TestClient(create_app(Config(artifacts=Path(sys.argv[1])))); "
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
