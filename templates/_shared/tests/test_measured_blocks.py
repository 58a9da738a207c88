"""If this breaks, `make report` changes what its owner wrote, or leaves old numbers in the documents."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from any_package.reporting import blocks
from any_package.reporting.metrics import METRICS, ReportError, write_json

OPEN, CLOSE = "<!-- measured:one -->\n", "<!-- /measured:one -->\n"


@pytest.fixture(autouse=True)
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one document, which must have the block `one`."""
    monkeypatch.chdir(tmp_path)
    blocks.CONTRACT.write_text('[blocks]\n"page.md" = ["one"]\n')
    path = Path("page.md")
    path.write_text(f"Mine.\n{OPEN}old\n{CLOSE}Mine, too.\n")
    return path


def test_only_the_block_changes(page: Path) -> None:
    assert blocks.update({"one": "new", "of-no-document": ""}) == [page]
    assert page.read_text() == f"Mine.\n{OPEN}new\n{CLOSE}Mine, too.\n"
    assert blocks.update({"one": "new"}) == []


@pytest.mark.parametrize("text", ["no marks\n", OPEN, CLOSE + OPEN, OPEN + OPEN + CLOSE, (OPEN + CLOSE) * 2])
def test_wrong_marks_are_named_and_nothing_is_written(text: str, page: Path) -> None:
    page.write_text(text)
    with pytest.raises(ReportError, match=r"^page\.md: block 'one' must have the lines"):
        blocks.update({"one": "new"})
    assert page.read_text() == text
    assert not blocks.STAMPS.exists()


def test_a_block_is_stamped_with_its_text_and_its_metrics() -> None:
    write_json(METRICS, {"metrics": [{"name": "recall", "value": 0.81234}, {"name": "cost", "value": 12.5}]})
    blocks.update({"one": "It finds 0.812\nof all.\n"})
    stamp = {
        "sha256": hashlib.sha256(b"It finds 0.812\nof all.").hexdigest(),
        "metrics": ["recall"],
        "metrics_sha256": hashlib.sha256(METRICS.read_bytes().strip()).hexdigest(),
    }
    assert json.loads(blocks.STAMPS.read_text("utf-8")) == {"page.md": {"one": stamp}}
