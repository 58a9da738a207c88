"""Operating the service: health, metrics, logs, limits, settings, and no training library imported."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from predictor.model import Manifest, ModelError
from predictor.serving.app import Config, create_app
from printed_logs import printed_logs
from toy import NEVER_SEEN, Project, Row

TRAINING_ONLY = {"matplotlib", "onnx", "pandas", "scipy", "skl2onnx", "sklearn"}


@pytest.fixture
def own_client(config: Config) -> TestClient:
    """A client of a service of its own, for counts that start at nothing."""
    return TestClient(create_app(config), raise_server_exceptions=False)


def test_health_is_that_of_the_model(
    own_client: TestClient, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert own_client.get("/health").json() == {"status": "ready", "model_version": manifest.version}
    monkeypatch.setattr("predictor.model.Model.scores", lambda *_: 1 / 0)
    answer = own_client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert own_client.get("/health/live").status_code == 200


def test_metrics_count_what_monitoring_needs(own_client: TestClient, row: Row, manifest: Manifest) -> None:
    category = next(item.name for item in manifest.inputs if item.kind == "categorical")
    own_client.post("/predict", json={**row, category: NEVER_SEEN})
    text = own_client.get("/metrics").text
    assert 'http_requests_total{handler="/predict",status="200"} 1.0' in text
    assert "prediction_score_count 1.0" in text
    assert 'unlike_training_total{field="' + category + '"} 1.0' in text


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("model.json", None, "model.json does not exist; train a model first: make train"),
        ("model.onnx", None, "model.onnx does not exist; train a model first: make train"),
        ("model.json", "{}", "model.json does not fit this code; train again"),
        ("model.json", "no JSON", "model.json does not fit this code; train again"),
        ("model.onnx", "another model", "is not the file that model.json describes; train again"),
    ],
)
def test_without_a_usable_model_there_is_no_service(
    file: str, content: str | None, sentence: str, project: Project, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(project.folder / "artifacts", tmp_path / "artifacts"))
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content)
    with pytest.raises(ModelError, match=re.escape(sentence)):
        create_app(Config(artifacts=folder))


def test_serving_imports_no_training_library(project: Project) -> None:
    program = (
        "import sys; from pathlib import Path; from predictor.serving.app import Config, create_app; "
        "create_app(Config(artifacts=Path(sys.argv[1]))); "
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    loaded = set(run_python(program, project.folder / "artifacts").split())
    assert "onnxruntime" in loaded
    assert not loaded & TRAINING_ONLY


def test_a_request_is_one_json_line_without_its_body(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    with printed_logs():
        client.post("/predict", json={"age": "secret"}, headers={"x-request-id": "abc"})
    lines = capsys.readouterr().out.splitlines()
    (line,) = [json.loads(line) for line in lines if "/predict" in line and '"route"' in line]
    assert (line["route"], line["status"], line["request_id"]) == ("/predict", 422, "abc")
    assert line["ms"] > 0
    assert "secret" not in str(lines)


def run_python(program: str, *arguments: object) -> str:
    """Output of a program in a process of its own."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
