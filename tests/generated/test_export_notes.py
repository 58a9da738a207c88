from __future__ import annotations

import json

import pytest
from support import tool

notes = tool("export_notes")


@pytest.mark.slow  # the file changes with a new export alone
def test_the_shipped_file_keeps_what_its_datasheet_says():
    rows = [json.loads(line) for line in notes.TARGET.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == [f"n{number:04}" for number in range(1, 1601)]
    assert all(notes.SPLITS[row["release"]] == row["split"] for row in rows)
    assert all((len(row["text"]) <= notes.SHORT) == (row["length"] == "short") for row in rows)
    seen: dict[tuple[str, ...], set[int]] = {}
    grams = [notes.grams(row["text"]) for row in rows]
    for number, own in enumerate(grams):
        for other in {other for gram in own for other in seen.get(gram, ())}:
            assert len(own & grams[other]) / len(own | grams[other]) < notes.NEAR
        for gram in own:
            seen.setdefault(gram, set()).add(number)
