"""No document holds up or brings down the process that wants it read: it is read within limits, or refused."""

from __future__ import annotations

import pytest

from assistant.documents.text import DocumentError
from assistant.ingestion.folder import Cut, read_and_cut
from assistant.ingestion.sandbox import sandboxed
from assistant.settings import Limits, Settings
from hostile import CASES

SECONDS = 2.0
QUICK = ["ticks after a heading", "ticks and letters", "NUL", "empty", "half a UTF-16 letter"]
QUICK += ["a billion laughs", "pages in a circle", "open brackets in an object", "comments without end", "no archive"]


def is_read_or_refused(settings: Settings, case: str) -> None:
    name, make = CASES[case]
    data = make()
    refusal = ""
    try:
        document, chunks = sandboxed(Limits(document_seconds=SECONDS), Cut, read_and_cut, name, "a", data, settings)
    except DocumentError as error:
        refusal = str(error)
    else:
        assert 0 < len(document.text) <= settings.limits.document_characters
        assert sum(len(one.sentences) for one in chunks) <= settings.limits.document_sentences
    assert refusal.isprintable()
    assert len(refusal) < 400


@pytest.mark.parametrize("case", QUICK)
def test_a_hostile_document_is_read_or_refused(settings: Settings, case: str) -> None:
    is_read_or_refused(settings, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case not in QUICK])
def test_every_hostile_document_is_read_or_refused(settings: Settings, case: str) -> None:
    is_read_or_refused(settings, case)
