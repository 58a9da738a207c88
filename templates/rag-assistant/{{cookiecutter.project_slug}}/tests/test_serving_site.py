"""`site/` is whole: the page with recorded answers, which needs no service and asks no other host."""

from __future__ import annotations

import csv
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

ROOT = Path(__file__).resolve().parents[1]
RIGHT, WRONG = "How long is a book lent?", "Who won the match yesterday evening?"


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
    site.write(settings)
    text = Path("site/index.html").read_text(encoding="utf-8")
    named = re.findall(r'<(?:link|script)[^>]*(?:src|href)="(?!data:)([^"]+)"', text)
    assert len(named) >= 3
    assert [name for name in named if not Path("site", name).is_file()] == []
    assert "recorded = true" in Path("site/static/calls.js").read_text(encoding="utf-8")


def test_the_documents_are_recorded_and_without_a_measurement_the_example(settings: Settings) -> None:
    assert site.write(settings) == 1
    found = recorded()
    assert {f"/documents/{one}" for one in ALL} <= set(found)
    assert list(found["answers"]) == [settings.corpus.example] == found["/documents"]["examples"]
    assert found["/about"]["model"] == "quotation"


def test_the_test_questions_are_recorded_and_the_page_begins_with_right_ones(settings: Settings) -> None:
    Path("reports").mkdir()
    with Path("reports/predictions.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["question", "answer_containment"], [WRONG, ""], [RIGHT, "1"]])
    assert site.write(settings) == 2
    found = recorded()
    assert found["/documents"]["examples"] == [RIGHT]
    assert found["answers"][RIGHT]["citations"][0]["document"] == "guides/loans"
    assert found["answers"][WRONG]["abstained"]
