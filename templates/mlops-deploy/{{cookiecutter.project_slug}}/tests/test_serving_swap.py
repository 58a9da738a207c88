"""The version changes under load without a request being dropped, and a version that cannot serve is refused."""

import logging
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

import toy_model
from service.manifest import CategoricalInput, NumericInput
from service.model import Model, ModelError
from service.registry import EmbeddedRegistry, RegistryError
from toy_model import INPUTS, ROW, artifact, candidate, wait_for


@pytest.fixture
def made(tmp_path: Path) -> EmbeddedRegistry:
    return toy_model.registry(tmp_path / "registry")


def version(client: TestClient) -> str:
    return str(client.get("/model").json()["version"])


def test_no_request_is_dropped_while_versions_change(made: EmbeddedRegistry) -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with toy_model.client(made) as client, ThreadPoolExecutor(4) as pool:
        said = {}
        for one in ("1", "2"):
            made.set_alias("champion", one)
            wait_for(lambda one=one: version(client) == one)  # type: ignore[misc]
            said[one] = client.post("/predict", json=ROW).json()["probability"]
        answers, ended = list[Response](), threading.Event()

        def ask() -> None:
            while not ended.is_set():
                answers.append(client.post("/predict", json=ROW))

        asking = [pool.submit(ask) for _ in range(4)]
        for one in "121212":
            made.set_alias("champion", one)
            wait_for(lambda one=one: version(client) == one)  # type: ignore[misc]
            enough = len(answers) + 8  # of each caller at least one that it has asked for since
            wait_for(lambda enough=enough: len(answers) > enough)  # type: ignore[misc]
        ended.set()
        assert [each.result() for each in asking] == [None] * 4
    assert {answer.status_code for answer in answers} == {200}
    found = Counter(answer.json()["model_version"] for answer in answers)
    assert set(found) == {"1", "2"}
    assert all(answer.json()["probability"] == said[answer.json()["model_version"]] for answer in answers)


@pytest.mark.parametrize("fault", ["changed", "lost", "no model", "other inputs"])
def test_a_version_that_cannot_serve_is_refused(made: EmbeddedRegistry, fault: str) -> None:
    if fault in ("changed", "lost"):
        bad, path = "2", artifact(made, "2")
        path.write_bytes(b"") if fault == "changed" else path.unlink()
    else:
        bad = made.register(
            {
                "no model": candidate(model=b"no model"),
                "other inputs": candidate(inputs=[INPUTS[0], CategoricalInput(name="a", choices=["b"], example="b")]),
            }[fault]
        )
    with toy_model.client(made) as client:
        made.set_alias("champion", bad)
        wait_for(lambda: "refused" in client.get("/health").json())
        health = client.get("/health")
        assert health.status_code == 200
        assert (health.json()["model_version"], set(health.json()["refused"])) == ("1", {bad})
        assert client.post("/predict", json=ROW).json()["model_version"] == "1"
        made.set_alias("champion", "1")
        wait_for(lambda: "refused" not in client.get("/health").json())
    made.set_alias("champion", bad)
    with pytest.raises((RegistryError, ModelError), match=f"version {bad}"):
        toy_model.client(made)


def test_an_answer_that_is_no_probability_is_refused(made: EmbeddedRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    with toy_model.client(made) as client:
        monkeypatch.setattr(Model, "scores", lambda model, _: [float("nan") if model.version == "2" else 0.5])
        made.set_alias("champion", "2")
        wait_for(lambda: "refused" in client.get("/health").json())
        assert "which is no probability" in client.get("/health").json()["refused"]["2"]
    for answer in (-0.01, 1.01):
        monkeypatch.setattr(Model, "scores", lambda *_, answer=answer: [answer])
        with pytest.raises(ModelError, match=f"it answers {answer} to its own example, which is no probability"):
            Model("2", made.files("2"))


def test_bounds_and_the_document_change_with_the_version(made: EmbeddedRegistry) -> None:
    wider = made.register(candidate(2, inputs=[NumericInput(name="distance", max=400, example=1), INPUTS[1]]))
    with toy_model.client(made) as client:
        assert client.post("/predict", json={**ROW, "distance": 300}).status_code == 422
        made.set_alias("champion", wider)
        wait_for(lambda: version(client) == wider)
        assert client.post("/predict", json={**ROW, "distance": 300}).status_code == 200
        document = client.get("/openapi.json").json()
    assert document["info"]["version"] == wider
    assert document["components"]["schemas"]["Request"]["properties"]["distance"]["maximum"] == 400


def test_it_goes_on_without_its_registry(made: EmbeddedRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    with toy_model.client(made) as client:
        away = made.folder.rename(made.folder.with_name("away"))
        wait_for(lambda: "registry" in client.get("/health").json())
        assert client.post("/predict", json=ROW).status_code == 200
        away.rename(made.folder)
        made.set_alias("champion", "2")
        wait_for(lambda: version(client) == "2")
        made.drop_alias("champion")
        looks, look = list[str](), made.alias

        def seen(name: str) -> str | None:
            looks.append(name)
            return look(name)

        monkeypatch.setattr(made, "alias", seen)
        wait_for(lambda: len(looks) > 1)
        assert client.get("/health").json() == {"status": "ready", "model_version": "2", "slot": "champion"}


def test_a_slot_waits_for_its_first_version(made: EmbeddedRegistry) -> None:
    with toy_model.client(made, slot="canary") as client:
        for path in ("/model", "/", "/health"):
            assert client.get(path).status_code == 503
        refusal = client.post("/predict", json=ROW)
        assert (refusal.status_code, "release one: make deploy" in refusal.json()["detail"]) == (503, True)
        assert client.get("/health/live").status_code == 200
        made.set_alias("challenger", "2")
        wait_for(lambda: client.get("/health").status_code == 200)
        assert client.get("/model").json()["slot"] == "canary"
        assert client.post("/predict", json=ROW).json()["model_version"] == "2"
