"""What the load test asks, and of which service."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant import loadtest
from assistant.errors import StaleIndex
from assistant.loadtest import never_twice
from assistant.serving import latency, service
from assistant.settings import Settings
from assistant.stores.base import Store
from sample_service import Scripted, make_holder
from toy_benchmark import write_benchmark

BOOK = {"question": "How long is a book lent?"}


def test_no_question_is_asked_twice_by_any_client() -> None:
    requests = never_twice(["a?", "b?", "c?"])
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: list(islice(requests, 50)), range(4)))
    bodies = [request.body for part in taken for request in part]
    assert len(set(bodies)) == 200
    assert {json.dumps({"question": one}).encode() for one in ("a?", "b?", "c?", "a? (1)")} <= set(bodies)


@pytest.fixture
def served(
    settings: Settings, store: Store, corpus_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """The toy corpus stands where the load test looks for an index."""
    changed = write_benchmark(corpus_folder.parent, settings)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loadtest, "load_settings", lambda: changed)
    monkeypatch.setattr(service, "make_assistant", lambda given, **_: make_holder(given, store, Scripted()).get())
    return changed


def lookups(client: TestClient) -> tuple[int, int]:
    """How often the query cache was asked, and how often it knew."""
    cache = client.app.state.service.assistant.retriever.cache  # type: ignore[attr-defined]
    return cache.lookups, cache.found


def test_one_service_remembers_questions_and_the_other_does_not(served: Settings) -> None:
    for factory, found in ((loadtest.uncached, 0), (loadtest.cached, 2)):
        client = TestClient(factory(), "http://localhost")
        for _ in range(3):
            assert client.post("/ask", json=BOOK).status_code == 200
        assert lookups(client) == (3, found)


def test_the_load_is_not_in_the_question_log(served: Settings, tmp_path: Path) -> None:
    assert TestClient(loadtest.cached(), "http://localhost").post("/ask", json=BOOK).status_code == 200
    assert not (tmp_path / "artifacts").exists()


A_SERVICE = (
    "import os, uvicorn, fastapi; app = fastapi.FastAPI(); "
    "app.get('/health')(lambda: {}); app.post('/ask')(lambda: {}); "
    "uvicorn.run(app, port=int(os.environ['UVICORN_PORT']), log_level='error')"
)


def test_the_report_has_every_kind_of_request(served: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loadtest, "_factory", lambda _: ("-c", A_SERVICE))
    monkeypatch.setattr(latency, "REQUESTS", 40)
    monkeypatch.setattr(latency, "WARM_UP", 2)
    loadtest.run()
    report = json.loads(Path("reports/load.json").read_text())
    assert (report["store"], report["embedding"], report["answering"]) == ("sqlite", "hash-64", "extractive")
    for result in report["results"]:
        assert set(result["latency"]) == {"health", "ask", "ask_again"}


def test_without_an_index_nothing_is_measured(served: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise StaleIndex("there is no index yet; run: make ingest")

    monkeypatch.setattr(service, "make_assistant", missing)
    with pytest.raises(StaleIndex, match="make ingest"):
        loadtest.run()
