"""Write `site/`: the page with recorded answers, for a host that only hands out files."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from shutil import copy, copytree, rmtree
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json

from ..answering.assistant import Assistant
from ..answering.base import QUOTATION
from ..answering.quotation import Quotation
from ..evaluation import benchmark
from ..ingestion.ingest import require_current
from ..settings import Settings
from ..wiring import assemble, open_index
from .api import examples, unfitted
from .schemas import About, Documents
from .web import STATIC

SITE, WEB = Path("site"), Path("web")
UNQUOTED = "/!'()*"  # besides letters, as encodeURIComponent does it


def write(settings: Settings) -> int:
    """Replace `site/` by the page and the answers to its examples and the test questions; returns how many there are.

    A passage is quoted, also where a language model is named, since recording its answers could cost money.

    Raises:
        AssistantError: there is no index, other settings made it, or the benchmark cannot be read.
    """
    index = open_index(settings)
    with closing(index.store):
        require_current(index, settings)
        recorded = record(assemble(settings, index, Quotation(settings.answering)))
    rmtree(SITE, ignore_errors=True)
    copytree(STATIC, SITE / "static")
    copy(WEB / "calls.js", SITE / "static")
    copy(STATIC.with_name("page.html"), SITE / "index.html")
    (SITE / "recorded.json").write_bytes(to_json(recorded))
    return len(recorded["answers"])


def record(assistant: Assistant) -> dict[str, Any]:
    """The service's answers: by address those that the page asks for, by question those to questions."""
    settings, store = assistant.settings, assistant.index.store
    listed = store.documents()
    first, missed = examples(assistant, {one.id for one in listed})
    asked = benchmark.read(Path(settings.evaluation.benchmark))
    questions = list(dict.fromkeys([*first, *missed, *(one.question for one in asked if one.split == "test")]))
    about = About(
        title=settings.corpus.title,
        model=QUOTATION,
        threshold=settings.answering.abstain_below,
        unfitted=unfitted(settings),
        limits=settings.limits,
        suffixes=[],
        token_to_ask=False,
        token_to_change=False,
    )
    return {
        "/about": {**about.model_dump(), "questions": questions},
        "/documents": Documents(documents=listed, facets=store.facets(), examples=first, missed=missed),
        **{"/documents/" + quote(one.id, safe=UNQUOTED): store.document(one.id) for one in listed},
        "answers": {question: assistant.ask(question) for question in questions},
    }
