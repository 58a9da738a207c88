"""What the load test asks, and what it reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import loadtest, wiring
from assistant.errors import StaleIndex
from assistant.serving import latency
from assistant.settings import Settings
from assistant.stores.base import Index
from toy import open_toy
from toy_assistant import make_current
from toy_benchmark import write_benchmark
from toy_server import toy_server

FREE = "import os; assert os.environ['ASSISTANT_LLM_URL'] == ''"  # its answers cost nothing


@pytest.fixture
def served(settings: Settings, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The toy corpus stands where the load test looks for an index."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wiring, "open_index", open_toy)
    monkeypatch.setattr(loadtest, "SERVICE", ("-c", f"{FREE}\n{toy_server('ASSISTANT_')[1]}"))
    monkeypatch.setattr(latency, "REQUESTS", 40)
    monkeypatch.setattr(latency, "WARM_UP", 2)
    monkeypatch.setenv("ASSISTANT_TOKEN_TO_ASK", "true")
    monkeypatch.setenv("ASSISTANT_LLM_URL", "http://127.0.0.1:9/v1")  # where each question may cost money
    return settings


@pytest.mark.parametrize("benchmark", [True, False])
def test_the_report_has_every_kind_of_request(
    served: Settings, index: Index, corpus_folder: Path, benchmark: bool
) -> None:
    make_current(served, index)
    Path("data").mkdir()
    Path(served.evaluation.benchmark).touch()
    loadtest.run(write_benchmark(corpus_folder.parent, served) if benchmark else served)
    report = json.loads(Path("reports/load.json").read_text())
    assert (report["embedding"], int(report["passages"])) == ("hash-64", 7)
    assert [set(result["latency"]) for result in report["results"]] == [{"health", "ask"}] * 2


def test_without_an_index_nothing_is_measured(served: Settings) -> None:
    with pytest.raises(StaleIndex, match="make ingest"):
        loadtest.run(served)
