"""A passage is embedded with what says what it is about."""

from types import SimpleNamespace
from typing import Any

from assistant.ingestion.ingest import in_context


def test_the_headings_above_a_passage_are_embedded_with_it() -> None:
    one: Any = SimpleNamespace(title="Plans", section=("Free", "Limits"), text="It is limited to five users.")
    said = in_context(one)
    assert [word for word in ("Plans", "Free", "Limits", "five users") if word not in said] == []
