"""`site/` is whole: the page with recorded answers, which needs no service and asks no other host."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant.serving import site
from assistant.settings import Settings
from assistant.stores.base import Index
from toy import ALL, open_toy
from toy_assistant import make_current
from toy_benchmark import LINES, write_benchmark

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _ready(settings: Settings, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_current(settings, index)
    monkeypatch.setattr(site, "open_index", open_toy)
    monkeypatch.setenv("ASSISTANT_LLM_URL", "http://127.0.0.1:9/v1")  # nobody is there, and nobody is asked
    shutil.copytree(ROOT / "web", tmp_path / "web")
    monkeypatch.chdir(tmp_path)


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("site/recorded.json").read_bytes())
    return found


def test_what_the_page_names_lies_beside_it(settings: Settings) -> None:
    site.write(write_benchmark(Path(), settings, []))
    text = Path("site/index.html").read_text(encoding="utf-8")
    named = re.findall(r'<(?:link|script)[^>]*(?:src|href)="(?!data:)([^"]+)"', text)
    assert len(named) >= 3
    assert [name for name in named if not Path("site", name).is_file()] == []
    assert "recorded = true" in Path("site/static/calls.js").read_text(encoding="utf-8")


def test_the_documents_are_recorded_and_without_questions_the_example(settings: Settings) -> None:
    assert site.write(write_benchmark(Path(), settings, [])) == 1
    found = recorded()
    assert {f"/documents/{one}" for one in ALL} <= set(found)
    assert list(found["answers"]) == [settings.corpus.example] == found["/documents"]["examples"]
    assert found["/about"]["model"] == "quotation"


def test_the_examples_and_the_test_questions_are_recorded(settings: Settings) -> None:
    count = site.write(write_benchmark(Path(), settings))
    found, test = recorded(), [line["question"] for line in LINES if line["split"] == "test"]
    examples = found["/documents"]["examples"] + found["/documents"]["missed"]
    assert set(examples) <= {line["question"] for line in LINES if line["split"] == "dev"}
    assert list(found["answers"]) == found["/about"]["questions"] == [*examples, *test]
    assert count == len(examples) + len(test)
    assert found["answers"][examples[0]]["citations"]
