"""The shipped JSON Schema of reports/metrics.json describes the model that generated projects use."""

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_schema_is_that_of_the_shared_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "templates" / "_shared" / "package"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    from reporting.metrics import Report

    shipped = json.loads((ROOT / "scaffolder" / "schemas" / "metrics.schema.json").read_text())
    assert shipped == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **json.loads(json.dumps(Report.model_json_schema())),
    }
