"""Routes of an application, and tests that really drive them."""

from __future__ import annotations

import pytest
from synthetic import GOOD, found

from scaffolder.check.items.endpoint_tests import IntegrationTest, routes
from scaffolder.check.readers.python import Module
from scaffolder.results.finding import State

APP = 'from fastapi import FastAPI\napp = FastAPI()\n@app.post("/predict")\ndef predict(): ...\n@app.get("/health")\ndef health(): ...\n'
HEAD = "from fastapi.testclient import TestClient\nclient = TestClient(app)\n"


def driven(test: str, app: str = APP, head: str = HEAD) -> list[str]:
    files = {"scaffolder.toml": GOOD["scaffolder.toml"], "src/app.py": app, "tests/test_app.py": head + test}
    finding = found(IntegrationTest, files)
    return [each.fact.rpartition(" ")[2] for each in finding.evidence] if finding.state.counts else []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('@app.post("/predict")\ndef f(): ...', [("POST", "/predict")]),
        ('@app.route("/predict", methods=["POST"])\ndef f(): ...', [("", "/predict")]),
        ('router = APIRouter(prefix="/v1")\n@router.get("/items/{id}")\ndef f(): ...', [("GET", "/items/{id}")]),
        ('PATH = "/predict"\n@app.post(PATH)\ndef f(): ...', [("POST", "/predict")]),
        ('@app.get("predict")\ndef f(): ...', []),
    ],
)
def test_routes_in_each_form(code: str, expected: list[tuple[str, str]]) -> None:
    declared = routes(Module("app.py", code))
    assert [(route.method, route.path) for route in declared] == expected


@pytest.mark.parametrize(
    "test",
    [
        'def test_it():\n    assert client.post("/predict", json={}).status_code == 200',
        'def test_it(client):\n    answer = client.post("/predict?reasons=0")\n    answer.raise_for_status()',
        'async def test_it(client):\n    answer = await client.post(f"{base}/predict")\n    assert answer',
        'def test_it():\n    assert client.post("/v1/predict")',
        'URL = "http://localhost:8000/predict"\ndef test_it():\n    assert client.post(URL)',
        'def ask():\n    return client.post("/predict")\ndef test_it():\n    assert ask().json() == {}',
        'class TestIt:\n    def test_it(self):\n        assert self.client.post("/predict")',
    ],
)
def test_a_test_that_drives_the_endpoint(test: str) -> None:
    assert driven(test) == ["/predict"]


@pytest.mark.parametrize(
    "test",
    [
        'def test_it():\n    client.post("/predict")',
        'def test_it():\n    assert client.get("/predict")',
        'def test_it():\n    assert client.get("/health")',
        'def helper():\n    assert client.post("/predict")',
        'import pytest\n@pytest.mark.skip(reason="x")\ndef test_it():\n    assert client.post("/predict")',
        'def test_it():\n    assert client.post("/other/thing")',
        '# assert client.post("/predict")',
    ],
)
def test_a_test_that_does_not(test: str) -> None:
    assert driven(test) == []


def test_a_path_without_a_client_is_no_request_and_a_parameter_matches_any_segment() -> None:
    assert driven('def test_it():\n    assert cache.post("/predict")', head="") == []
    app = 'from flask import Flask\n@app.get("/items/<int:id>")\ndef f(): ...'
    assert driven('def test_it():\n    assert client.get("/items/7")', app) == ["/items/<int:id>"]


def test_a_request_for_the_service_s_state_or_under_an_unknown_prefix_is_no_request_of_any_id() -> None:
    app = "from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/{id}')\ndef f(): ...\n"
    head = "from fastapi.testclient import TestClient\nclient = TestClient(app)\n"
    for path, expected in (("/health", False), ("/tests/4", False), ("/4", True)):
        test = f"{head}def test_it():\n    assert client.get('{path}')\n"
        files = {"scaffolder.toml": GOOD["scaffolder.toml"], "src/app.py": app, "tests/test_app.py": test}
        assert (found(IntegrationTest, files).state is State.DONE) == expected
