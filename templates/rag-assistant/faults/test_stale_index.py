"""Indexes that were made differently have other fingerprints."""

from types import SimpleNamespace
from typing import Any

import pytest

from assistant.ingestion.ingest import fingerprint


def made(name: str = "small", method: str = "sentences", size: int = 900, overlap: int = 1) -> str:
    settings: Any = SimpleNamespace(chunking=SimpleNamespace(method=method, size=size, overlap=overlap))
    embedder: Any = SimpleNamespace(name=name)
    return fingerprint(settings, embedder)


@pytest.mark.parametrize("other", [{"name": "large"}, {"method": "fixed"}, {"size": 500}, {"overlap": 0}])
def test_each_setting_that_decides_the_index_is_in_its_fingerprint(other: dict[str, Any]) -> None:
    assert made() == made()
    assert made(**other) != made()
